"""The line that a reader has to change is the one that is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import SourcePosition
from apex_guardrails.sources.offline.property_lines import property_position

PROGRAM = """\
import pulumi_gcp as gcp

def settings():
    return gcp.sql.Settings(
        ip_configuration=gcp.sql.IpConfiguration(
            ipv4_enabled=True,
            ssl_mode="ENCRYPTED_ONLY",
        ),
    )

gcp.sql.DatabaseInstance(
    "db",
    settings=settings(),
    labels={"app": "a"},
)
gcp.compute.Firewall(
    "wall",
    source_ranges=["0.0.0.0/0"],
    labels={"app": "b"},
)
gcp.compute.Firewall("other", **{"sourceRanges": []})
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return str(file)


@pytest.mark.parametrize(
    ("registered", "path", "line"),
    [
        (11, "settings.ipConfiguration.ipv4Enabled", 6),  # in a helper of the same file
        (16, "sourceRanges[0]", 18),  # in the call itself, though another one has it too
        (21, "sourceRanges", 21),  # by its name on the wire
        (11, "labels", 14),
        (11, 'labels["app"]', 14),
        (11, "sourceRanges", None),  # twice in the file, and not in the call
        (11, "settings.tier", None),  # nowhere: it was left out
        (3, "ipv4Enabled", 6),  # no call begins there
    ],
)
def test_it_is_found_in_the_call_or_once_in_the_file(
    program: str, registered: int, path: str, line: int | None
) -> None:
    found = property_position(SourcePosition(program, registered), path)

    assert found == (None if line is None else SourcePosition(program, line))


def test_without_a_position_a_path_or_a_readable_file_there_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def (:\n")

    assert property_position(None, "labels") is None
    assert property_position(SourcePosition(str(broken), 1), "") is None
    assert property_position(SourcePosition(str(broken), 1), "labels") is None
    assert property_position(SourcePosition(str(tmp_path / "gone.py"), 1), "labels") is None
    assert property_position(SourcePosition("/program/index.ts", 1), "labels") is None


@given(st.integers(0, 40), st.lists(st.sampled_from(["settings", "tier", "app"]), min_size=1))
def test_whatever_is_asked_it_names_a_line_of_the_file(line: int, steps: list[str]) -> None:
    file = str(Path(__file__))
    found = property_position(SourcePosition(file, line), ".".join(steps))

    assert found is None or 1 <= found.line <= len(Path(file).read_text().splitlines())
