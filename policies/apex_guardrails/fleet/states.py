"""Finds the states of stacks in folders and buckets, in the layout of Pulumi's own backends.

Layout: `pkg/backend/diy/store.go`, `state.go` and `stack_tags.go` of Pulumi v3.259.0: a checkpoint
is `.pulumi/stacks/PROJECT/STACK.json`, or without the project in old backends, with `.gz` or `.zst`
behind it where it is compressed, and `.pulumi-tags` in the place of `.json` has the stack's tags.
Of two that differ in compression alone, the one that was written last counts.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from apex_guardrails.fleet.places import PATIENCE, Place, located, split_at_pattern
from apex_guardrails.fleet.tables import TABLES, VERSION_FILE, WORK
from apex_guardrails.support.errors import UsageError

_LAYOUT: Final = re.compile(r"(?:(?P<base>.*)/)?\.pulumi/stacks/(?P<rest>.+)")
_STATE: Final = re.compile(r"(?P<stack>.+)\.json(?:\.gz|\.zst)?")
_BESIDE: Final = (".bak", ".attrs", ".pulumi-tags")
"""What Pulumi and its client write beside states."""

_TAGS: Final = ".pulumi-tags"
_STACKS: Final = ".pulumi/stacks"
_LISTED_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class StateObject:
    """Where the state of one stack is.

    Attributes:
        place: the bucket.
        path: in it.
        size: bytes as they are stored.
        modified: when it was written.
        backend: the address of the backend, without credentials.
        project: as its path says; "" where it does not.
        stack: as its path says.
        has_tags: whether the stack has tags.
        is_state: whether it has the name of a state.
    """

    place: Place
    path: str
    size: int
    modified: datetime | None
    backend: str
    project: str
    stack: str
    has_tags: bool = False
    is_state: bool = True

    @property
    def address(self) -> str:
        """Where it is, as people know it."""
        return self.place.address(self.path)

    @property
    def tags_path(self) -> str:
        """Where the stack's tags are."""
        return f"{self.path.rpartition('.json')[0]}{_TAGS}"

    def is_of(self, shard: int, shards: int) -> bool:
        """Whether it belongs to a shard: the same in every run, whatever else there is."""
        digest = hashlib.sha256(self.address.encode()).digest()
        return int.from_bytes(digest[:8], "big") % shards == shard


def find_states(sources: Sequence[str], patience: float = PATIENCE) -> list[StateObject]:
    """The states in folders and buckets, each once, sorted by address.

    Args:
        sources: paths, patterns and addresses.
        patience: seconds for which a bucket is asked again.

    Raises:
        UsageError: one is no address, is not there, or cannot be listed.
    """
    found: dict[str, StateObject] = {}
    for source in sources:
        for item in _states_of(source, patience):
            found.setdefault(item.address, item)
    return [found[address] for address in sorted(found)]


def _states_of(source: str, patience: float) -> Iterator[StateObject]:
    place, path = located(source, patience)
    root, pattern = path, ""
    if not (place.is_local and Path(f"/{path}").exists()):
        root, pattern = split_at_pattern(path)
    if place.is_local:
        file = Path(f"/{root}")
        if not file.exists():
            raise UsageError(f"{source}: there is no such file or folder")
        if file.is_file():
            about = file.stat()
            modified = datetime.fromtimestamp(about.st_mtime).astimezone()
            yield from _kept([_Listed(root, about.st_size, modified)], place, root, "")
            return
    objects: list[_Listed] = []
    if not pattern:
        objects = _listed(place, f"{root}/{_STACKS}".lstrip("/"))
    yield from _kept(objects or _listed(place, root), place, root, pattern)


@dataclass(frozen=True, slots=True)
class _Listed:
    path: str
    size: int
    modified: datetime | None


def _listed(place: Place, prefix: str) -> list[_Listed]:
    """Everything below a prefix.

    Raises:
        UsageError: it cannot be listed.
    """
    import obstore
    from obstore.exceptions import BaseError

    found: list[_Listed] = []
    try:
        for chunk in obstore.list(place.store(), prefix or None, chunk_size=_LISTED_AT_ONCE):
            found += [_Listed(it["path"], it["size"], it["last_modified"]) for it in chunk]
    except FileNotFoundError:
        return []
    except (BaseError, OSError, ValueError) as error:
        raise UsageError(
            f"{place.address(prefix)}: cannot be listed: {reason(error)}\n"
            "  credentials are taken from the environment, as the cloud's own tools set it"
        ) from None
    return found


def reason(error: BaseException) -> str:
    """The first line of what obstore says, without what it knows of its own inside."""
    text = str(error).partition("\n\nDebug source:")[0].strip()
    return " ".join(text.split()) or type(error).__name__


def _kept(
    objects: Sequence[_Listed], place: Place, root: str, pattern: str
) -> Iterator[StateObject]:
    """The states among objects, of two that are of one stack the newer one."""
    fits = _fitting(root, pattern)
    objects = _without_results(objects)
    tags = {item.path for item in objects if item.path.endswith(_TAGS)}
    newest: dict[tuple[str, str, str], StateObject] = {}
    for item in objects:
        base = fits(item.path)
        state = None if base is None else _state(item, place, base, tags)
        if state is None:
            continue
        if not (state.is_state and _LAYOUT.fullmatch(state.path)):
            yield state
            continue
        key = (state.backend, state.project, state.stack)
        other = newest.get(key)
        if other is None or _age(other) <= _age(state):
            newest[key] = state
    yield from newest.values()


def _without_results(objects: Sequence[_Listed]) -> Sequence[_Listed]:
    """Objects without what `apex fleet audit` itself has written among them."""
    above = [it.path.removesuffix(VERSION_FILE) for it in objects if _is_ours(it.path)]
    if not above:
        return objects
    ours = tuple(
        f"{folder}{inner}"
        for folder in above
        for inner in (f"{WORK}/", *(f"{table}/day=" for table in TABLES))
    )
    return [it for it in objects if not _is_ours(it.path) and not it.path.startswith(ours)]


def _is_ours(path: str) -> bool:
    return path.rpartition("/")[2] == VERSION_FILE


def _age(state: StateObject) -> Any:
    return (state.modified is not None, state.modified, state.path)


def _fitting(root: str, pattern: str) -> Callable[[str], str | None]:
    """Gives the folder that a source names, of which a path is a part; `None` where none is."""
    if not pattern:
        return lambda _: root
    depth = pattern.count("/") + 1
    head = f"{root}/" if root else ""
    if "**" in pattern:
        whole = re.compile(fnmatch.translate(pattern))
        return lambda path: root if whole.fullmatch(path.removeprefix(head)) else None

    def fits(path: str) -> str | None:
        parts = path.removeprefix(head).split("/")
        named = parts[:depth]
        wanted = pattern.split("/")
        if len(named) < depth or not all(map(fnmatch.fnmatchcase, named, wanted)):
            return None
        return head + "/".join(named)

    return fits


def _state(item: _Listed, place: Place, base: str, tags: set[str]) -> StateObject | None:
    """What an object is: a state, something else where states are, or nothing to speak of."""
    path = item.path
    name = path.rpartition("/")[2]
    if name.endswith(_BESIDE):
        return None
    state = _STATE.fullmatch(name)
    layout = _LAYOUT.fullmatch(path)
    about = (item.size, item.modified)
    if layout is None:
        hidden = any(part.startswith(".") for part in path.removeprefix(base).split("/"))
        if hidden or (state is None and path != base):
            return None
        folder = path.rpartition("/")[0] if path == base else base
        stack = state["stack"] if state else name
        return StateObject(place, path, *about, place.address(folder), "", stack)
    backend = place.address(layout["base"] or "")
    *above, _ = layout["rest"].split("/")
    project = above[0] if above else ""
    if state is None or len(above) > 1:
        return StateObject(place, path, *about, backend, project, name, is_state=False)
    stack = state["stack"]
    has_tags = f"{path.rpartition('.json')[0]}{_TAGS}" in tags
    return StateObject(place, path, *about, backend, project, stack, has_tags=has_tags)
