"""The file of a state: its encoding, and what is wrong with it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from apex_guardrails.sources.documents import STANDARD_INPUT
from apex_guardrails.sources.state import read_state
from tests.policies.sources.state.reading import refused
from tests.policies.state_files import (
    NETWORK,
    exported,
    resource,
)


def test_standard_input_and_other_encodings(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(exported(resource(NETWORK, "über")), ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        given = SimpleNamespace(buffer=io.BytesIO(text.encode(encoding)))
        monkeypatch.setattr("sys.stdin", given)
        assert [item.name for item in read_state(STANDARD_INPUT).stack] == ["über"]
    monkeypatch.setattr(
        "sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"version": 3, "deployment": null}'))
    )
    assert read_state(STANDARD_INPUT).stack.name == "stdin"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", ": is empty"),
        (b" \n", ": is empty"),
        (b"\x1f\x8b\x08", ": is compressed: gunzip it first"),
        (b'{"a": "\xff"}', ": is not UTF-8 text"),
        (b'{\n"a": tru}', ":2:6: not valid JSON: Expecting value"),
        (b'{"a": 1,', ": the file ends too early: it was cut off"),
        (b'{"a": "b', ": the file ends too early: it was cut off"),
        (b'{"a": NaN}', ": not valid JSON: NaN is not a number in JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", ": not valid JSON: a number has thousands of digits"),
        (
            b'{"a": 1,\n"b": [{"a": "}", "c": 1}, {"a,": "a"}],\n\n"a": 2}',
            ":4: the key a is repeated",
        ),
        (b'{"a": 1, "\\u0061": 2}', ":1: the key a is repeated in one object, so that one of"),
        (
            b'{"x": [{\n"k": "\\ud800",\n"k": 2}]}',
            ":3: the key k is repeated in one object (first",
        ),
        (b"[" * 100_000, ": is nested too deeply to be a state"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, data: bytes, what: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(data)
    said = refused(file)
    assert said.startswith(f"{file}:")
    assert what in said


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "none.json: the file does not exist; write one" in refused(tmp_path / "none.json")
    assert "cannot be read: Is a directory" in refused(tmp_path)


def test_what_has_no_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apex_guardrails.sources.documents.file.LARGEST", 1000)
    assert "/dev/zero: is larger than 1,000 bytes, so it is not a state" in refused(
        Path("/dev/zero")
    )


def test_standard_input_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert "-: standard input is closed; pipe the state into it" in refused(STANDARD_INPUT)
