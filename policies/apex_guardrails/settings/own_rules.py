"""The folders of own rules that `policy-pack.yaml` names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from os.path import normpath
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import AfterValidator

from apex_guardrails.model import Rule
from apex_guardrails.support.errors import OwnRulesError, UsageError
from apex_guardrails.support.paths import inside, leads_into
from apex_guardrails.support.yaml_files import line_of, read_yaml

KEY: Final = "own_rules"
STOCK: Final = "stock_policies"
REGO: Final = "rego_policies"

_MEMBER: Final = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<member>[A-Za-z_]\w*)")


def _beside(folder: str) -> str:
    return inside(folder, "expected a folder beside this file or below it, such as ./our-rules")


def _beside_or_installed(policies: str) -> str:
    if _MEMBER.fullmatch(policies):
        return policies
    return inside(
        policies, "expected a file or folder below this file's folder, or an installed module:name"
    )


OwnRules = Annotated[str, AfterValidator(_beside)]
StockPolicies = Annotated[str, AfterValidator(_beside_or_installed)]


def known_by(path: Path | None, rules: Sequence[Rule]) -> Sequence[Rule]:
    """Rules, with those of the folders that a settings file names; nothing else in it counts.

    Args:
        path: the file; `None` where there is none.
        rules: the pack's.

    Raises:
        UsageError: the file cannot be read, or there is no such folder.
        OwnRulesError: a folder is broken.
    """
    if path is None:
        return rules
    content, node = read_yaml(path)
    return joined(path, content, node, rules)


def joined(
    path: Path, content: Any, node: yaml.Node | None, rules: Iterable[Rule]
) -> Sequence[Rule]:
    """The same for a file that was read.

    Whoever owns the file owns the folders: they are below its own.
    """

    def where(key: str, number: int) -> str:
        return f"{path}:{line_of(node, (key, number))}: {key}.{number}"

    def named(key: str, read: Callable[[str], str]) -> Iterable[tuple[str, str]]:
        """What a key names, each once, with its place."""
        seen = set()
        for number, name in _named(content, key, read):
            if normpath(name) in seen:
                raise UsageError(f"{where(key, number)}: {name} is named twice; take one out")
            seen.add(normpath(name))
            yield name, where(key, number)

    folders = [_folder(path, name, place) for name, place in named(KEY, _beside)]
    stock = list(named(STOCK, _beside_or_installed))
    # Only where there are such rules is there anything to load them with.
    if folders:
        from apex_guardrails.pack.own_rules import with_own_rules

        rules = with_own_rules(rules, folders)
    if stock:
        rules = _with_stock(path, stock, rules)
    for name, place in named(REGO, _beside):
        rules = _with_rego(_folder(path, name, place), place, rules)
    return tuple(rules)


def _with_stock(
    path: Path, named: Iterable[tuple[str, str]], rules: Iterable[Rule]
) -> Sequence[Rule]:
    from apex_guardrails.stock.packs import pack_in
    from apex_guardrails.stock.process import Place
    from apex_guardrails.stock.rules import stock_rules

    for name, where in named:
        member = _MEMBER.fullmatch(name)
        if member:
            place = Place(path.parent, name, member["module"], member["member"], where)
        else:
            found = _below(path, path.parent / name, where)
            place = Place(found, name, where=where, pack=pack_in(found, where))
        rules = _with(stock_rules(place), where, rules)
    return tuple(rules)


def _with_rego(folder: Path, where: str, rules: Iterable[Rule]) -> Sequence[Rule]:
    from apex_guardrails.rego.conftest import PROGRAM, find
    from apex_guardrails.rego.rules import rego_rules

    program = find()
    if program is None:
        raise UsageError(
            f"{where}: there is no {PROGRAM} on PATH, which asks policies in Rego; install it, or "
            f"take {REGO} out"
        )
    return _with(rego_rules(folder, program), where, rules)


def _with(policies: Iterable[Rule], where: str, rules: Iterable[Rule]) -> Sequence[Rule]:
    """Rules, with policies of another kind, which have no cases, among them."""
    from apex_guardrails.pack.rules import take_for_proven

    known = {rule.id: rule for rule in rules}
    for rule in policies:
        first = known.setdefault(rule.id, rule)
        if first is not rule:
            raise OwnRulesError(f"{where}: the rule {rule.id} is already in {first.module}")
        take_for_proven([rule])
    return [known[rule_id] for rule_id in sorted(known)]


def _named(content: Any, key: str, read: Callable[[str], str]) -> Iterable[tuple[int, str]]:
    """What is well-formed; what is not is said with the file's other mistakes."""
    given = content.get(key) if isinstance(content, dict) else None
    for number, name in enumerate(given if isinstance(given, list) else ()):
        if isinstance(name, str):
            with suppress(ValueError):
                yield number, read(name)


def _below(path: Path, named: Path, where: str) -> Path:
    """A file or folder that is there, and below the folder of the settings."""
    if not named.exists():
        raise UsageError(f"{where}: {named}: there is no such file or folder")
    if not leads_into(named, path.parent):
        raise UsageError(f"{where}: {named}: leads out of the folder of {path.name}")
    return named


def _folder(path: Path, name: str, where: str) -> Path:
    folder = path.parent / name
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "there is no such folder"
        raise UsageError(f"{where}: {folder}: {what}")
    return _below(path, folder, where)
