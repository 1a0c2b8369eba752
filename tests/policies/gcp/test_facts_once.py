"""Facts of Google Cloud that have a name are spelled out nowhere else."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from apex_guardrails import gcp
from apex_guardrails.gcp import run_annotations, types
from apex_guardrails.gcp.everybody import PUBLIC
from apex_guardrails.gcp.run import INVOKER_ROLE
from apex_guardrails.provider.schema import tokens

NAMES = {name: token for name, token in vars(types).items() if name.isupper()}
PACKAGE = Path(next(iter(gcp.__path__))).parent
FILES = sorted(
    path
    for package in ("cost", "gcp", "network", "provider", "reports", "rules")
    for path in (PACKAGE / package).rglob("*.py")
    if path != Path(types.__file__)
)


def name_of(token: str) -> str:
    """`gcp:cloudrunv2/workerPool:WorkerPool` is `CLOUDRUNV2_WORKER_POOL`."""
    _, place, kind = token.split(":")
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+", kind)
    return "_".join([place.partition("/")[0], *words]).upper()


def texts(path: Path) -> Iterator[ast.Constant]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def test_a_name_follows_from_its_token() -> None:
    assert {name: name_of(token) for name, token in NAMES.items()} == {name: name for name in NAMES}


def test_every_type_is_the_providers() -> None:
    assert set(NAMES.values()) - set(tokens()) == set()


def test_names_stand_in_order() -> None:
    assert list(NAMES) == sorted(NAMES)


def test_a_type_is_named_by_its_constant() -> None:
    spelled = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: write {name_of(str(node.value))}, of gcp.types"
        for path in FILES
        for node in texts(path)
        if node.value in NAMES.values()
    ]
    assert spelled == []


def test_members_roles_and_annotations_are_named_by_their_constants() -> None:
    home = {
        **dict.fromkeys(PUBLIC, "gcp/everybody.py"),
        INVOKER_ROLE: "gcp/run.py",
        **{
            text: "gcp/run_annotations.py"
            for name, text in vars(run_annotations).items()
            if name.isupper()
        },
    }
    spelled = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.value!r} has a name in {where}"
        for path in FILES
        for node in texts(path)
        if (where := home.get(str(node.value))) and not path.match(where)
    ]
    assert spelled == []


def test_a_type_that_two_files_name_has_a_constant() -> None:
    known = set(tokens())
    files = Counter(
        token for path in FILES for token in {str(node.value) for node in texts(path)} & known
    )
    assert [token for token, count in files.items() if count > 1] == []
