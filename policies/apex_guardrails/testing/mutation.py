"""A mutation check: would a rule's cases see that the rule was changed?

In each mutant one condition is negated, one `and` is an `or`, one `yield` does nothing, or one
default is another. Cases that all still go as they say are too few: one is missing.
"""

from __future__ import annotations

import ast
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import process_time
from types import CodeType, FrameType, ModuleType
from typing import Final

from apex_guardrails.model import Rule
from apex_guardrails.rules import rules_of
from apex_guardrails.testing.cases import Reading, run_cases

PATIENCE_SECONDS: Final = 5.0
"""A mutant that computes for so much longer than what it was made of never ends, on any machine:
that is seen, too. It is the process's own time."""

_NEGATED: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module.

    Attributes:
        line: where, counted from 1.
        change: what was written, and what is written instead.
    """

    module: str
    path: Path
    line: int
    change: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: no case sees {self.change}"


class _NeverEndsError(BaseException):
    """The cases of a mutant take too long. No `Exception`: that would be a defect of the rule."""


def survivors(
    module: str, dependents: Sequence[str] = (), readings: Sequence[Reading] = (dict,)
) -> list[Mutant]:
    """The mutants of a module that no case of its rules, or of its dependents' rules, sees.

    Args:
        module: The name of a module with rules, or of one that rules are made with.
        dependents: The modules that import it, each after those that it imports itself.
        readings: How the cases' inputs are read, one way after the other.

    Must be called in the main thread: a mutant that never ends is stopped by a signal.

    Raises:
        ValueError: the cases do not even go as they say without any change.
    """
    path = Path(import_module(module).__file__ or "")
    tree = ast.parse(path.read_text("utf-8"))
    others = {name: _code(name) for name in dependents}
    began = process_time()
    if _is_seen({module: _code(module), **others}, readings):
        raise ValueError(f"{module}: the cases fail without any change")
    patience = PATIENCE_SECONDS + 3 * (process_time() - began)
    found = []
    for line, change, codes in _mutated(tree, path, vars(import_module(module))):
        if not any(_is_seen({module: code, **others}, readings, patience) for code in codes):
            found.append(Mutant(module, path, line, change))
    return found


def dependents_of(modules: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """By module, those of the others that import it, directly or through one another."""
    imported = {name: _imports(name) for name in modules}
    order = list(_ordered(imported))
    found: dict[str, list[str]] = {}
    for name in imported:
        reached = {name}
        for other in order:
            if imported[other] & reached:
                reached.add(other)
        found[name] = [other for other in order if other in reached and other != name]
    return found


def _imports(module: str) -> set[str]:
    tree = ast.parse(Path(import_module(module).__file__ or "").read_text("utf-8"))
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    }


def _ordered(imported: Mapping[str, set[str]]) -> Iterator[str]:
    """The modules, each after those that it imports."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name not in done:
            done.add(name)
            for other in sorted(imported[name] & imported.keys()):
                yield from visit(other)
            yield name

    for name in imported:
        yield from visit(name)


def _code(module: str) -> CodeType:
    path = import_module(module).__file__ or ""
    return compile(Path(path).read_text("utf-8"), path, "exec")


def _is_seen(
    replaced: Mapping[str, CodeType], readings: Sequence[Reading], patience: float = 0
) -> bool:
    """Whether a case goes otherwise, or nothing goes at all, with modules in place of others.

    Args:
        replaced: the modules, by name.
        readings: how the cases' inputs are read, one way after the other.
        patience: the seconds that it may compute; without end if 0.
    """
    with _bounded(patience), _loaded(replaced) as load:
        try:
            rules = load()
            return any(True for read in readings for _ in run_cases(rules, read))
        except (Exception, _NeverEndsError):  # noqa: BLE001 a module that cannot be loaded is seen
            return True


@contextmanager
def _loaded(replaced: Mapping[str, CodeType]) -> Iterator[Callable[[], list[Rule]]]:
    """A function that makes modules anew and returns their rules; later the old ones are back."""
    originals = {name: sys.modules[name] for name in replaced}

    def load() -> list[Rule]:
        rules: list[Rule] = []
        for name, code in replaced.items():
            module = ModuleType(name)
            module.__file__ = originals[name].__file__
            _install(name, module)
            exec(code, vars(module))  # noqa: S102 the pack's own source, less one detail
            rules += rules_of(module)
        return rules

    try:
        yield load
    finally:
        for name, original in originals.items():
            _install(name, original)


def _install(name: str, module: ModuleType) -> None:
    package, _, last = name.rpartition(".")
    sys.modules[name] = module
    if package:
        setattr(sys.modules[package], last, module)


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _NeverEndsError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _mutated(
    tree: ast.Module, path: Path, named: Mapping[str, object]
) -> Iterator[tuple[int, str, Iterator[CodeType]]]:
    """Every change of a module: the line, the change, and the module with it.

    A default that has a name, in this module or another, is changed where it is used.

    A default that is a text is replaced by each of the texts that the module compares with, and by
    one that it does not know: it is enough that one of them is seen.
    """
    texts = _compared_texts(tree)

    def compiled(
        parent: ast.AST, name: str, index: int | None, node: ast.AST, instead: Sequence[ast.AST]
    ) -> Iterator[CodeType]:
        for other in instead:
            _put(parent, name, index, ast.fix_missing_locations(ast.copy_location(other, node)))
            code = compile(tree, str(path), "exec")
            _put(parent, name, index, node)
            yield code

    for parent, name, index, node in _sites(tree):
        line = getattr(node, "lineno", 0)
        meant = _constant(node, named) if _is_default(parent, name) else node
        for instead in _replacements(parent, name, meant):
            change = _change(parent, node, _shortened(instead))
            yield line, change, compiled(parent, name, index, node, [instead])
        if _is_default(parent, name) and isinstance(meant, ast.Constant):
            others = [ast.Constant(text) for text in texts if text != meant.value]
            if isinstance(meant.value, str) and others:
                change = _change(parent, node, "another text")
                others.append(ast.Constant("another text"))
                yield line, change, compiled(parent, name, index, node, others)


def _constant(node: ast.AST, named: Mapping[str, object]) -> ast.AST:
    """What a name stands for, where that is a text, a number or a yes or no."""
    value = named.get(node.id) if isinstance(node, ast.Name) else None
    return ast.Constant(value) if isinstance(value, str | int | float) else node


def _change(parent: ast.AST, node: ast.AST, instead: str) -> str:
    if isinstance(node, ast.Expr):
        return f"that `{_shortened(node)}` is dropped"
    named = f"{parent.arg}=" if isinstance(parent, ast.keyword) else ""
    return f"that `{named}{_shortened(node)}` is `{instead}`"


def _shortened(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def _sites(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below, with where it hangs; nothing of what makes the cases."""
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_about_cases(child):
                yield node, name, index, child
                yield from _sites(child)


def _is_about_cases(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "CASES" for target in node.targets)
    if isinstance(node, ast.FunctionDef):
        return node.returns is not None and "Case" in ast.unparse(node.returns)
    return False


def _compared_texts(tree: ast.Module) -> list[str]:
    """The texts that a module compares with: another default matters where it is one of them."""
    return sorted(
        {
            text.value
            for _, _, _, node in _sites(tree)
            if isinstance(node, ast.Compare | ast.Tuple | ast.Set)
            for text in ast.iter_child_nodes(node)
            if isinstance(text, ast.Constant) and isinstance(text.value, str)
        }
    )


def _replacements(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        # The function stays a generator, and its variables stay what they are.
        yield ast.If(test=ast.Constant(value=False), body=[node], orelse=[])
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        negated = _NEGATED[type(node.ops[0])]()
        yield ast.Compare(left=node.left, ops=[negated], comparators=node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(parent, ast.BoolOp):
        return  # the last word of `or ""` is no condition
    elif isinstance(node, ast.expr) and _is_condition(parent, name):
        yield ast.UnaryOp(ast.Not(), node)
    elif isinstance(node, ast.expr) and _is_default(parent, name):
        yield from _other_values(node)


def _is_condition(parent: ast.AST, name: str) -> bool:
    return (
        (isinstance(parent, ast.If | ast.IfExp | ast.While) and name == "test")
        or (isinstance(parent, ast.comprehension) and name == "ifs")
        or (isinstance(parent, ast.BoolOp) and name == "values")
    )


def _is_default(parent: ast.AST, name: str) -> bool:
    """What a path is when it is omitted, or a parameter of a rule when it is not set."""
    if isinstance(parent, ast.keyword):
        return name == "value" and parent.arg in ("omitted", "default")
    is_field = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "Field"
    return is_field and name == "args"


def _other_values(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple):
        for index in range(len(node.elts)):
            yield ast.Tuple(node.elts[:index] + node.elts[index + 1 :], ast.Load())
    elif not isinstance(node, ast.Constant):
        return
    elif isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(value=node.value + 1)
