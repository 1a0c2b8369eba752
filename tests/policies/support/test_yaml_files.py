"""YAML files that people write: what is refused, and where they are told it is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import LARGEST, line_of, parse, read_yaml


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    depth: int = 0


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    inner: Inner = Inner()
    by_key: dict[str, Inner] = Field(default_factory=dict)
    listed: list[Inner] = Field(default_factory=list)


def file_with(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path) -> Outer:
    content, node = read_yaml(path)
    return parse(path, Outer, content, node)


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(path)
    return str(caught.value)


def test_a_valid_file(tmp_path: Path) -> None:
    path = file_with(tmp_path, "name: a\ninner: {depth: 2}\n")

    assert read(path) == Outer(name="a", inner=Inner(depth=2))


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    assert read_yaml(file_with(tmp_path, "# only a comment\n")) == (None, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "file.yaml: is empty; expected name"),
        ("- a\n", "file.yaml:1: expected keys and values, found a list"),
        ("text\n", "file.yaml:1: expected keys and values, found a string"),
        ("name: a\nname: b\n", ":2: not valid YAML: the key 'name' is repeated"),
        ("name: a\n\tinner: b\n", ":2: not valid YAML: a tab; lines are indented with spaces"),
        ("inner:\n\tdepth: 1\n", ":2: not valid YAML: a tab; lines are indented with spaces"),
        ("name: [a\n", "not valid YAML: expected ',' or ']', but got the end of the file"),
        ("name: a\n---\nname: b\n", "not valid YAML"),
        ("? [a, b]\n: c\n", ":1: not valid YAML: a key must be text"),
        ("name: !!python/object:os.system a\n", ":1: not valid YAML"),
        ("name: !!int x\n", "not valid YAML"),
        (b"name: a\nother: \xff\n", ":2: is not UTF-8 text"),
        ("name: a\nother: \x00\n", ":2: not valid YAML"),
        ("inner: {}\n", "file.yaml: name: is missing"),
        ("nam: a\nname: b\n", ':1: nam: unknown key, did you mean "name"?'),
        ("name: a\ninner:\n  dept: 1\n", ':3: inner.dept: unknown key, did you mean "depth"?'),
        (
            "name: a\nby_key:\n  x:\n    dept: 1\n",
            ":4: by_key.x.dept: unknown key, did you mean",
        ),
        ("name: a\nlisted:\n- depth: 1\n- dept: 1\n", ":4: listed.1.dept: unknown key"),
        ("name: a\ninner:\n  depth: deep\n", ":3: inner.depth: expected a whole number"),
        ("name: [a]\n", ":1: name: expected text, found a list"),
        ("name:\n", ":1: name: expected text, found nothing"),
    ],
)
def test_a_mistake_says_where_and_what(tmp_path: Path, content: str, message: str) -> None:
    assert message in refused(file_with(tmp_path, content))


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    lines = refused(file_with(tmp_path, "inner: {depth: x}\nother: 1\n")).splitlines()

    assert len(lines) == 3


def test_a_value_is_never_shown(tmp_path: Path) -> None:
    assert "hush" not in refused(file_with(tmp_path, "name: a\ninner: {depth: hush}\n"))


def test_aliases_that_explode(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert "its aliases expand to more than" in refused(file_with(tmp_path, "\n".join(levels)))


def test_an_alias_that_contains_itself(tmp_path: Path) -> None:
    assert ":1: an alias contains itself" in refused(file_with(tmp_path, "name: &a [*a]\n"))


def test_a_file_that_is_nested_too_deeply(tmp_path: Path) -> None:
    assert "nested too deeply" in refused(file_with(tmp_path, "[" * 5000))


def test_a_file_that_is_far_too_large(tmp_path: Path) -> None:
    assert "the limit is" in refused(file_with(tmp_path, b"#" * (LARGEST + 1)))


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "none.yaml")
    assert "cannot be read" in refused(tmp_path)


def test_merge_keys_are_taken_in(tmp_path: Path) -> None:
    path = file_with(tmp_path, "base: &base {a: 1}\nmore:\n  <<: *base\n  b: 2\n")

    assert read_yaml(path)[0]["more"] == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("name",), 1),
        (("inner", "depth"), 3),
        (("listed", 1, "depth"), 6),
        (("inner", "none", "at", "all"), 2),
        (("listed", 7), 4),
        (("name", "below"), 1),
        (("none",), None),
    ],
)
def test_the_line_of_a_key(tmp_path: Path, keys: tuple[str | int, ...], line: int | None) -> None:
    content = "name: a\ninner:\n  depth: 1\nlisted:\n- depth: 1\n- depth: 2\n"
    _, node = read_yaml(file_with(tmp_path, content))

    assert line_of(node, keys) == line


def test_the_nearest_name() -> None:
    assert nearest("labls", ["labels", "name"]) == ', did you mean "labels"?'
    assert nearest("something", ["labels", "name"]) == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.text(alphabet="ab:-[]{}&*!?<>|#'\" \n\t,0."), st.binary()))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode(errors="surrogatepass")
    )
    with suppress(UsageError):
        read(path)


PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(alphabet="abc é:#-")),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(alphabet="abc"), inner)),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLAIN)
def test_what_another_writer_writes_is_read_back(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "round.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    assert read_yaml(path)[0] == content


def test_a_pipe_without_a_writer_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "file.yaml")
    assert refused(tmp_path / "file.yaml").endswith("file.yaml: is a pipe, not a file")


def test_a_pipe_of_a_shell_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"name: a\n")
    os.close(writer)
    assert read(Path(f"/dev/fd/{reader}")) == Outer(name="a")
    os.close(reader)


def test_a_device_without_an_end_is_read_to_the_most() -> None:
    assert refused(Path("/dev/zero")) == "/dev/zero: has 4,194,305 bytes; the limit is 4,194,304"
