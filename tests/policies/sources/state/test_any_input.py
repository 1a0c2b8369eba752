"""Whatever a file holds, it is read or refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apex_guardrails.decide import decide
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.sources.state import State, read_state
from apex_guardrails.support.errors import UsageError
from apex_guardrails.wire import ASSET, OUTPUT, SECRET, SIGNATURE
from tests.policies.any_input import anything, places
from tests.policies.sources.state.reading import PROVIDER, UNKNOWN_TEXT, refused
from tests.policies.state_files import (
    FIREWALL,
    NETWORK,
    OPEN,
    USER,
    encrypted,
    exported,
    in_clear,
    resource,
    root,
    urn,
    written,
)

SOUND = exported(
    root(url="https://x"),
    resource(PROVIDER, "p", {"project": "p"}),
    resource(
        FIREWALL,
        "f",
        {**OPEN, "description": in_clear("d")},
        parent=urn("pulumi:pulumi:Stack", "judged-dev"),
        provider=f"{urn(PROVIDER, 'p')}::id-of-p",
        dependencies=[urn(NETWORK, "vpc")],
        propertyDependencies={"network": [urn(NETWORK, "vpc")]},
        protect=True,
    ),
    resource(NETWORK, "vpc", external=True, delete=False),
    resource(USER, "u", {"password": encrypted(), "x": {SIGNATURE: ASSET, "text": "t"}}),
    pending_operations=[],
)


values = anything(
    [UNKNOWN_TEXT, SECRET, ASSET, OUTPUT, "urn:pulumi:a::b::c::d", "\ud800"],
    [SIGNATURE, "plaintext", "value"],
)


def read_or_refused(file: Path) -> State | str:
    """The state in a file, or why it is refused."""
    try:
        return read_state(file)
    except UsageError as error:
        return str(error)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(list(places(SOUND))), values), min_size=1, max_size=4))
def test_whatever_is_changed_it_is_read_or_refused(
    tmp_path: Path, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    document: Any = copy.deepcopy(SOUND)
    for (*above, last), value in ((at, value) for at, value in changes if at):
        holder = document
        for step in above:
            is_there = isinstance(holder, dict | list) and step in (
                holder if isinstance(holder, dict) else range(len(holder))
            )
            holder = holder[step] if is_there else None
        if isinstance(holder, dict) or (isinstance(holder, list) and last in range(len(holder))):
            holder[last] = value
    file = written(tmp_path / "x.json", document)
    read = read_or_refused(file)
    if isinstance(read, State):
        # It can be judged, too.
        decide(read.stack, enforce(PolicyPackSettings(), known_rules(), read.stack.name))
    else:
        assert read.startswith(f"{file}: ")
        assert "\n" not in read


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(min_value=0, max_value=len(json.dumps(SOUND)) - 1))
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(SOUND)[:length], "utf-8")
    assert "; write one with: pulumi stack export" in refused(file)
