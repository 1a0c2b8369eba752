"""The skeleton of a waiver finds its place in every settings file that people write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.editor.waiver import skeleton
from apex_guardrails.model import Waiver
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import load
from apex_guardrails.support.errors import UsageError

RULE = "sql-no-public-ip"
PATH = Path("policy-pack.yaml")
OTHER = "policy: run-service-not-public, resource: api, reason: r, owner: o, expires: 2027-01-31"
FILES = [
    "",
    "# only a comment\n",
    "version: 1\n",
    "version: 1",
    "waivers:\n",
    "waivers: # to come\nrules: {}\n",
    "waivers: []\n",
    "waivers: [] # none\nversion: 1\n",
    "waivers: [\n]\nversion: 1\n",
    "waivers: null\nrules: {}\n",
    f"waivers: [{{{OTHER}}}]\n",
    f"waivers:\n- {{{OTHER}}}\nrules: {{}}\n",
    f"rules: {{}}\nwaivers:\n    - {{{OTHER}}}\n\n# the end\n",
    f"waivers:\n  # ours\n  - {OTHER.replace(', ', chr(10) + '    ')}\nversion: 1\n",
    "version: 1\r\nrules: {}\r\n",
]


def urn(name: str) -> str:
    return f"urn:pulumi:dev::shop::gcp:sql/databaseInstance:DatabaseInstance::{name}"


def written(text: str, name: str) -> str:
    """A file's text with the skeleton in it."""
    found = skeleton(PATH, text, RULE, urn(name))
    lines = text.split("\n")
    start, end = (
        sum(len(line) + 1 for line in lines[:line]) + column
        for line, column in (found.start, found.end)
    )
    return text[:start] + found.text + text[end:]


def read(text: str) -> dict[str, Any]:
    return yaml.safe_load(text) or {}


@pytest.mark.parametrize("text", FILES)
def test_it_is_one_waiver_more_and_nothing_else(text: str, tmp_path: Path) -> None:
    before, after = read(text), read(written(text, "db"))
    waivers = after.pop("waivers")
    (new,) = (item for item in waivers if item["policy"] == RULE)
    resource = "gcp:sql/databaseInstance:DatabaseInstance::db"
    assert new == {"policy": RULE, "resource": resource, "reason": "", "owner": "", "expires": ""}
    assert [item for item in waivers if item is not new] == (before.pop("waivers", None) or [])
    assert {"version": 1, **before} == {"version": 1, **after}
    file = tmp_path / "policy-pack.yaml"
    file.write_text(written(text, "db"), "utf-8")
    with pytest.raises(UsageError, match=r"waivers\.\d\.owner"):
        load(file, known_rules(), datetime.now(UTC).date())


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "- a\n",
        "waivers: everything\n",
        "rules: [\n",
        "a: 1\na: 2\n",
        f"waivers: &ours\n- {{{OTHER}}}\n",
        "  version: 1\n  rules: {}\n",
        "version: 1\n...\n",
    ],
)
def test_where_it_has_no_place_nothing_is_written(text: str) -> None:
    with pytest.raises(UsageError, match=r"policy-pack\.yaml"):
        skeleton(PATH, text, RULE, urn("db"))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    .map(str.strip)
    .filter(lambda name: name and "::" not in name)
)
def test_it_covers_the_one_resource_whatever_its_name(name: str) -> None:
    (new,) = read(written("version: 1\n", name))["waivers"]
    signed = {**new, "reason": "r", "owner": "o", "expires": "2027-01-31"}
    waiver = Waiver.model_validate(signed)
    assert waiver.covers(RULE, urn(name))
    assert not waiver.covers(RULE, urn(f"{name}x"))
    assert not waiver.covers(RULE, urn(name).replace("databaseInstance:", "database:"))


def test_where_another_has_its_type_and_name_it_is_the_urn() -> None:
    other = urn("db").replace("gcp:sql", "ours:index:Shop$gcp:sql")
    assert (
        f'resource: "{urn("db")}"' in skeleton(PATH, "", RULE, urn("db"), [urn("db"), other]).text
    )
