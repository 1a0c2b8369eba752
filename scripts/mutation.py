"""Changes the rules in one detail at a time; every change must make one of their cases fail.

    make mutation                                        # every rule
    make mutation ARGS="sql-no-public-ip sql-ssl-enforced"
    make mutation ARGS="--changed-since origin/main"

A change that makes no difference is listed, with its reason, in
tests/policies/rules/equivalent-mutants.yaml. The exit code is 1 where a change goes unseen, or
where an entry of the list is about none.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import yaml
from google.protobuf.struct_pb2 import Struct

from apex_guardrails import gcp
from apex_guardrails.model.value import Value
from apex_guardrails.rules import all_rules, families
from apex_guardrails.testing.mutation import Mutant, dependents_of, survivors
from apex_guardrails.wire import WireMapping, write_struct

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "tests/policies/rules/equivalent-mutants.yaml"


@dataclass(frozen=True)
class Equivalent:
    """A change that makes no difference, and why."""

    file: str
    change: str
    reason: str


def modules() -> list[str]:
    """The modules that decide: those with rules, and those that rules are made with."""
    helpers = [
        item.name
        for package in (gcp, families)
        for item in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    return list(dict.fromkeys((*helpers, *(rule.module for rule in all_rules()))))


def changed_since(revision: str) -> set[Path]:
    """The files that differ from a revision, those not committed yet among them."""
    listed = subprocess.run(
        ["git", "diff", "--name-only", revision, "--"],  # noqa: S607 git is where the shell finds it
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {ROOT / line for line in listed.splitlines()}


def chosen(rules: Sequence[str], revision: str | None) -> list[str]:
    """The modules to be changed."""
    wanted = {rule.module for rule in all_rules() if rule.id in rules}
    unknown = set(rules) - {rule.id for rule in all_rules()}
    if unknown:
        sys.exit(f"mutation: there is no such rule: {', '.join(sorted(unknown))}")
    everything = modules()
    if revision is not None:
        changed = changed_since(revision)
        wanted |= {name for name in everything if _path(name) in changed}
    return [name for name in everything if name in wanted or not (rules or revision)]


def _path(module: str) -> Path:
    return ROOT / "policies" / f"{module.replace('.', '/')}.py"


def over_the_wire(inputs: Mapping[str, Value]) -> WireMapping:
    """Inputs as the engine sends them, so that what looks at a message's bytes is seen too."""
    return WireMapping(Struct.FromString(write_struct(inputs).SerializeToString()))


def unseen(names: Iterable[str]) -> list[Mutant]:
    """The changes of modules that no case sees."""
    names = list(names)
    dependents = dependents_of(modules())
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = pool.map(
            survivors, names, [dependents[name] for name in names], repeat((dict, over_the_wire))
        )
        return [mutant for mutants in found for mutant in mutants]


def main() -> int:
    """Prints every change that goes unseen."""
    parser = argparse.ArgumentParser(prog="mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rules", nargs="*", help="rule ids; all rules if left out")
    parser.add_argument(
        "--changed-since", metavar="REVISION", help="only files that differ from it"
    )
    given = parser.parse_args()
    names = chosen(given.rules, given.changed_since)
    listed = [Equivalent(**entry) for entry in yaml.safe_load(EQUIVALENT.read_text("utf-8")) or ()]
    excused = {(entry.file, entry.change) for entry in listed}
    found = [(str(item.path.relative_to(ROOT)), item) for item in unseen(names)]
    failures = [
        f"{file}:{item.line}: no case sees {item.change}"
        for file, item in found
        if (file, item.change) not in excused
    ]
    checked = {str(_path(name).relative_to(ROOT)) for name in names}
    there = {(file, item.change) for file, item in found}
    failures += [
        f"{EQUIVALENT.relative_to(ROOT)}: {entry.file} has no such change unseen: {entry.change}"
        for entry in listed
        if (entry.file in checked or not (ROOT / entry.file).exists())
        and (entry.file, entry.change) not in there
    ]
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{len(names)} files changed in every detail, {len(failures)} changes unseen")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
