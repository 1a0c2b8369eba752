"""The form of a file is recognised, and whatever it holds, it is read or refused."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apex_guardrails.decide import decide
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.sources.from_file import FromFile, Names, read_file
from apex_guardrails.support.errors import UsageError
from tests.policies.any_input import anything, places
from tests.policies.sources.plan.plans import Item, plan, ref, state
from tests.policies.sources.previews.files import digest, events, step
from tests.policies.state_files import FIREWALL, NETWORK, OPEN, exported, root

NAMES = Names("dev", "terraform")
NEXT = "write one with: pulumi preview --json > FILE, or terraform show -json PLAN > FILE"


def refused(file: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_file(file, NAMES)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", f"is empty; {NEXT}"),
        (b"[]", f"is a list, not a preview or plan; {NEXT}"),
        (b"{}", f"is an empty object, not a preview or plan; {NEXT}"),
        (
            b'{"a": 1, "b": 2}',
            'is an object with the keys "a", "b", not a preview or plan; ',
        ),
        (b"\xff\xfe\xfa", f"is not UTF-8 text, so it is not a preview or plan; {NEXT}"),
        (b"\x1f\x8b\x08", "is compressed: gunzip it first"),
        (json.dumps(exported(root())).encode(), "is a stack's state: judge it with apex audit"),
        (b'{"resourcePlans": {}, "manifest": {}}', "is a plan of pulumi preview --save-plan; give"),
        (b'{"verdict": "", "findings": []}', "is a judgement: render it with apex report --from"),
        (
            b'{"@level":"info","@message":"x"}\n{"@level":"info","@message":"y"}\n',
            "is the log of terraform plan -json; give the plan itself (-out) as terraform show",
        ),
        (
            b'{"version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "x"}',
            "is Terraform's own state file; give that of terraform show -json",
        ),
        (b'{"format_version": "1.0", "provider_schemas": {}}', "is an object with the keys"),
        (b'{"steps": [', "1:12: the file ends too early: it was cut off"),
        (b'{"steps": [], "steps": []}', "1: the key steps is repeated in one object"),
        (b"[" * 100_000, "is nested too deeply to be a preview or plan"),
        (
            b'{"steps": ' + b"[" * 150 + b"]" * 150 + b"}",
            "is nested more than 100 levels deep, which no tool writes",
        ),
        (b'{"steps": [' + b"9" * 5000 + b"]}", "not valid JSON: a number has thousands of digits"),
        (b'{"steps": [NaN]}', "not valid JSON: NaN is not a number in JSON"),
    ],
)
def test_what_is_no_preview_and_no_plan(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    message = refused(file)
    assert message.startswith((f"{file}: {said}", f"{file}:{said}"))
    assert "\n" not in message


def test_a_plan_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "plan.out"
    file.write_bytes(b"PK\x03\x04rest")
    assert refused(file) == (
        f"{file}: is a saved plan of Terraform; write its JSON with: "
        f"terraform show -json {file} > plan.json"
    )
    assert refused(tmp_path / "none").startswith(f"{tmp_path}/none: the file does not exist")


def test_an_event_log_that_was_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "log"
    lines = [json.dumps(event) for event in events(step(NETWORK, "vpc"))]
    file.write_text("\n".join(lines)[:-5])
    assert f"{file}:{len(lines)}:" in refused(file)
    file.write_text(f"{lines[0]}\n3\n")
    assert refused(file).startswith(f"{file}: is a number, not a preview or plan")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(json.dumps(digest()).encode("utf-16"))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=data))
    assert read_file(Path("-"), NAMES).stack.project == "judged"


MODULE = {
    "m": {
        "expressions": {"network": ref("google_compute_network.v.id", "google_compute_network.v")},
        "for_each_expression": ref("local.x"),
        "module": {"outputs": {"o": {"expression": ref("var.network")}}, "resources": []},
    }
}
SOUND = {
    "digest": digest(step(NETWORK, "vpc"), step(FIREWALL, "f", OPEN)),
    "events": {"events": events(step(NETWORK, "vpc"), step(FIREWALL, "f", OPEN), url="x")},
    "plan": plan(
        Item("google_compute_network.v", {"name": "v"}),
        Item(
            "google_compute_firewall.f",
            {"allow": [{"protocol": "tcp"}], "source_ranges": ["0.0.0.0/0", None]},
            unknown={"id": True, "network": True, "source_ranges": [False, True]},
            sensitive={"allow": [{"protocol": True}]},
            expressions={"network": ref("module.m.o", "module.m", "local.x"), "allow": [{}]},
        ),
        Item('module.m["k"].google_sql_user.u[0]', {"password": "p"}),
        Item("data.google_project.p", {"number": 1}, actions=["read"]),
        calls=MODULE,
        variables={"v": {"value": "x"}},
        output_changes={"o": {"after_unknown": True}},
    ),
    "state": state(Item("google_compute_network.v", {"name": "v", "id": "v"}), outputs={"o": {}}),
}


values = anything(
    ["[secret]", "var.v", "module.m.o", 'a.b["c"]', "local.x", "\ud800", "1.0"],
    ["references", "metadata", "values"],
)
changes = st.sampled_from(
    [(form, at) for form, document in SOUND.items() for at in places(document) if at]
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(changes, values), min_size=1, max_size=3))
def test_whatever_is_changed_it_is_read_or_refused(
    tmp_path: Path, changed: list[tuple[tuple[str, tuple[Any, ...]], Any]]
) -> None:
    form = changed[0][0][0]
    document: Any = copy.deepcopy(SOUND[form])
    for (of, (*above, last)), value in changed:
        holder: Any = document if of == form else None
        for key in above:
            is_there = isinstance(holder, dict | list) and key in (
                holder if isinstance(holder, dict) else range(len(holder))
            )
            holder = holder[key] if is_there else None
        if isinstance(holder, dict) or (isinstance(holder, list) and last in range(len(holder))):
            holder[last] = value
    file = tmp_path / "x.json"
    lines = document.get("events") if form == "events" else None
    texts = map(json.dumps, lines if isinstance(lines, list) else [document])
    file.write_text("\n".join(texts), "utf-8")
    read = read_or_refused(file)
    if isinstance(read, str):
        assert read.startswith(f"{file}:")
        assert "\n" not in read
    else:
        # It can be judged, too.
        enforced = enforce(PolicyPackSettings(), known_rules(), read.stack.name)
        assert not decide(read.stack, enforced).errors


def read_or_refused(file: Path) -> FromFile | str:
    """What is in a file, or why it is refused."""
    try:
        return read_file(file, NAMES)
    except UsageError as error:
        return str(error)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    text = json.dumps(SOUND[data.draw(st.sampled_from(["digest", "plan", "state"]))])
    file = tmp_path / "x.json"
    file.write_text(text[: data.draw(st.integers(0, len(text) - 1))], "utf-8")
    assert f"; {NEXT}" in refused(file)
