"""An exported state becomes the stack that it describes, or one clear error."""

from __future__ import annotations

import copy
import gc
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.decide import decide
from policies.errors import UsageError
from policies.model import UNKNOWN, Asset, Origin, Resource, ResourceReference, Secret
from policies.pack import known_rules
from policies.settings import enforce, load
from policies.sources.state import STANDARD_INPUT, State, read_state
from policies.sources.wire import ARCHIVE, ASSET, OUTPUT, RESOURCE, SECRET, SIGNATURE
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

PROVIDER = "pulumi:providers:gcp"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RANDOM = "random:index/randomString:RandomString"


def state(tmp_path: Path, *resources: Any, **members: Any) -> State:
    return read_state(written(tmp_path / "dev.json", exported(*resources, **members)))


def one(tmp_path: Path, **inputs: Any) -> Resource:
    """The one resource of a state, with these inputs."""
    return next(iter(state(tmp_path, resource(FIREWALL, "f", inputs)).stack))


def refused(file: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_state(file)
    return str(caught.value)


# -- what a state says -----------------------------------------------------------------------------


def test_resources_are_what_they_are_in_the_program(tmp_path: Path) -> None:
    component = resource("acme:index:Network", "net", custom=False, provider=None)
    provider = resource(PROVIDER, "default", {"defaultLabels": '{"a": "b"}', "__internal": {}})
    vpc = resource(
        NETWORK,
        "vpc",
        {"name": "vpc", "__defaults": ["name"], "a": [{"__defaults": [], "b": 1}]},
        parent=component["urn"],
        protect=True,
        provider=f"{provider['urn']}::{provider['id']}",
    )
    rule = resource(
        FIREWALL,
        "open",
        OPEN,
        dependencies=[vpc["urn"]],
        propertyDependencies={"network": [vpc["urn"]], "allows": None},
    )
    stack = state(tmp_path, root(url="https://x"), component, provider, vpc, rule).stack

    assert (stack.name, stack.project, stack.has_config) == ("dev", "judged", False)
    assert stack.outputs is not None
    assert stack.outputs.get("url") == "https://x"
    [network] = stack.of_type(NETWORK)
    [firewall] = stack.of_type(FIREWALL)
    # What the provider filled in is no input.
    assert network.value == {"name": "vpc", "a": [{"b": 1}]}
    assert network.outputs == {"name": "vpc", "a": [{"b": 1}]}
    assert network.is_protected
    assert not firewall.is_protected
    assert network.parent == component["urn"]
    assert network.provider_input("defaultLabels") == {"a": "b"}
    assert firewall.provider == {}
    assert firewall.dependencies == {vpc["urn"]}
    assert list(firewall.referred("network", NETWORK)) == [network]
    assert firewall.refers_to("network", NETWORK)
    assert not firewall.refers_to("allows", NETWORK)
    assert not stack.resources[component["urn"]].custom


def test_one_of_two_providers_with_a_name_is_the_one_with_the_id(tmp_path: Path) -> None:
    old = resource(PROVIDER, "p", {"project": "old"}, id="1", delete=True)
    new = resource(PROVIDER, "p", {"project": "new"}, id="2")
    reference = {"provider": f"{new['urn']}::2"}
    [network] = state(tmp_path, old, new, resource(NETWORK, "n", **reference)).stack.of_type(
        NETWORK
    )
    assert network.provider == {"project": "new"}


def test_the_type_may_be_in_the_urn_alone(tmp_path: Path) -> None:
    inside = {"urn": f"urn:pulumi:dev::judged::acme:index:C${NETWORK}::vpc"}
    [found] = state(tmp_path, inside).stack
    assert found.type.token == NETWORK
    assert found.value == {}


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        (encrypted(), Secret(UNKNOWN)),
        (in_clear({"a": [1]}), Secret({"a": [1]})),
        (in_clear({"a": encrypted()}), Secret({"a": Secret(UNKNOWN)})),
        (in_clear(UNKNOWN_TEXT), Secret(UNKNOWN)),
        ({SIGNATURE: SECRET}, Secret(UNKNOWN)),
        ({SIGNATURE: SECRET, "plaintext": "no JSON"}, Secret(UNKNOWN)),
        ({SIGNATURE: SECRET, "plaintext": "[" * 100_000}, Secret(UNKNOWN)),
        ({SIGNATURE: ASSET, "hash": "h", "text": "t"}, Asset("t", None, None)),
        ({SIGNATURE: ASSET, "hash": "h"}, Asset(None, None, None)),
        ({SIGNATURE: ARCHIVE, "path": "p"}, Asset(None, "p", None)),
        (
            {SIGNATURE: ARCHIVE, "assets": {"x": {SIGNATURE: ASSET, "uri": "u"}}},
            {"assets": {"x": Asset(None, None, "u")}},
        ),
        ({SIGNATURE: RESOURCE, "urn": "u", "id": ""}, ResourceReference("u")),
        ({SIGNATURE: OUTPUT, "value": 1}, 1),
        ({SIGNATURE: OUTPUT, "value": 1, "secret": True}, Secret(1)),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        (UNKNOWN_TEXT, UNKNOWN),
        ([UNKNOWN_TEXT], [UNKNOWN]),
        ({UNKNOWN_TEXT: 1}, {UNKNOWN_TEXT: 1}),
        (
            {SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "7ff0000000000000"},
            float("inf"),
        ),
        ({SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "x"}, UNKNOWN),
        (
            {SIGNATURE: "803fd3297a5875dc03ca845dda5d2a98", "value": "Yf8="},
            "a\N{REPLACEMENT CHARACTER}",
        ),
        ({SIGNATURE: "803fd3297a5875dc03ca845dda5d2a98", "value": "?"}, UNKNOWN),
        ({SIGNATURE: "what a newer Pulumi wrote"}, UNKNOWN),
        ({SIGNATURE: ["no", "signature"]}, UNKNOWN),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
    ],
)
def test_special_values(tmp_path: Path, written_as: Any, read_as: Any) -> None:
    value = one(tmp_path, a=written_as, b="b").value
    assert value == {"a": read_as, "b": "b"}


def test_every_text_is_in_the_serialized_inputs(tmp_path: Path) -> None:
    texts = ['a "quoted"\ntext', "über", "x" * 70_000]
    found = one(tmp_path, a=texts[0], b=[{"c": texts[1]}], d=in_clear(texts[2]))
    assert found.serialized is not None
    for text in texts:
        assert text.encode() in found.serialized
    assert found.serialized is found.serialized
    assert found.secret_texts == {texts[2]}


# -- what is not judged, and said ------------------------------------------------------------------


def test_what_does_not_exist_as_it_stands_there_is_left_out_and_noted(tmp_path: Path) -> None:
    found = state(
        tmp_path,
        resource(NETWORK, "vpc"),
        resource(NETWORK, "vpc", delete=True),
        resource(NETWORK, "read", external=True),
        resource(NETWORK, "read too", external=True),
        resource(NETWORK, "replaced", pendingReplacement=True),
        pending_operations=[{"resource": resource(NETWORK, "half"), "type": "creating"}],
    )
    assert [item.name for item in found.stack] == ["vpc"]
    assert found.notes[0].endswith("dev.json, of 2026-11-25T12:00:00Z")
    assert found.notes[1:] == [
        (
            "1 operation of an interrupted update: what came of it is not in the state "
            "(pulumi refresh)"
        ),
        "not judged: 2 resources that the program only reads",
        "not judged: 1 resource that the next update deletes",
        "not judged: 1 resource deleted already, that the next update makes again",
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"version": 3},
        {"version": 3, "deployment": None},
        {"version": 3, "deployment": {"manifest": {"time": 3}}},
        {"version": 3, "deployment": {"manifest": None, "resources": None}},
        {"version": 4, "features": [], "deployment": {"resources": []}},
        {"version": 3, "checkpoint": None},
        {"version": 3, "checkpoint": {"latest": None}},
    ],
)
def test_a_stack_without_resources_has_the_name_of_its_file(tmp_path: Path, document: Any) -> None:
    found = read_state(written(tmp_path / "production.json", document))
    assert list(found.stack) == []
    assert (found.stack.name, found.stack.project) == ("production", "")


def test_a_checkpoint_of_the_file_backend(tmp_path: Path) -> None:
    latest = exported(root("dev"), resource(NETWORK, "vpc"))["deployment"]
    document = {"version": 3, "checkpoint": {"stack": "organization/judged/dev", "latest": latest}}
    found = read_state(written(tmp_path / "x.json", document))
    assert [item.name for item in found.stack] == ["judged-dev", "vpc"]
    document["checkpoint"] = {"stack": "organization/judged/empty"}
    assert read_state(written(tmp_path / "x.json", document)).stack.name == "empty"


def test_an_old_state_says_dependencies_of_the_whole_resource(tmp_path: Path) -> None:
    rule = resource(FIREWALL, "f", OPEN, dependencies=[urn(NETWORK, "vpc")])
    for version, refers in ((2, True), (3, False)):
        found = state(tmp_path, resource(NETWORK, "vpc"), rule, version=version)
        [firewall] = found.stack.of_type(FIREWALL)
        assert firewall.refers_to("network", NETWORK) is refers


def test_features_that_nobody_knows_are_noted(tmp_path: Path) -> None:
    document = {**exported(version=4), "features": ["views", "telepathy"]}
    notes = read_state(written(tmp_path / "dev.json", document)).notes
    assert "the state uses what apex does not know (telepathy): it may be misread" in notes


def test_standard_input_and_other_encodings(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(exported(resource(NETWORK, "über")), ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        given = SimpleNamespace(buffer=io.BytesIO(text.encode(encoding)))
        monkeypatch.setattr("sys.stdin", given)
        assert [item.name for item in read_state(STANDARD_INPUT).stack] == ["über"]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"version": 3}')))
    assert read_state(STANDARD_INPUT).stack.name == "stdin"


def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path) -> None:
    assert gc.isenabled()
    state(tmp_path)
    assert gc.isenabled()
    gc.disable()
    try:
        state(tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()


# -- credentials -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "origin"),
    [
        (encrypted(), Origin.COMPUTED),
        (in_clear("correct horse"), Origin.SECRET),
        ("correct horse", Origin.LITERAL),
        ("", Origin.OMITTED),
    ],
)
def test_a_secret_may_come_from_anywhere(tmp_path: Path, password: Any, origin: Origin) -> None:
    [user] = state(tmp_path, resource(USER, "u", {"password": password})).stack
    assert user.origin("password") is origin


@pytest.mark.parametrize("mark", [in_clear, lambda value: value])
def test_a_value_made_from_an_output_is_computed(tmp_path: Path, mark: Any) -> None:
    made = resource(RANDOM, "r", outputs={"result": "generated"})
    user = resource(
        USER, "u", {"password": mark("generated")}, propertyDependencies={"password": [made["urn"]]}
    )
    [found] = state(tmp_path, made, user).stack.of_type(USER)
    assert found.origin("password") is Origin.COMPUTED


# -- what is no state ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ([], "a list"),
        ("text", "a text"),
        (None, "nothing"),
        (3, "a number"),
        ({}, "an empty object"),
        ({"a": 1, "b": 2}, "an object with the keys a, b"),
        ({"manifest": {}, "resourcePlans": {}}, "a plan of `pulumi preview --save-plan`"),
        ({"version": 1, "plan": {}}, "a plan of `pulumi preview --save-plan`"),
        ({"steps": [], "changeSummary": {}}, "the output of `pulumi preview --json`"),
        ({"format_version": "1.2", "planned_values": {}}, "a Terraform plan"),
        ({"version": 4, "terraform_version": "1.9", "resources": []}, "a state of Terraform"),
        ({"manifest": {}, "resources": []}, "a deployment without the envelope"),
        ({"deployment": {}}, "an object with a deployment and without its version"),
        ({"version": True, "deployment": {}}, "an object with a deployment and without its"),
        ({SIGNATURE: SECRET, "ciphertext": "x"}, "one of Pulumi's special values"),
    ],
)
def test_something_else_is_named(tmp_path: Path, document: Any, what: str) -> None:
    said = refused(written(tmp_path / "x.json", document))
    assert said.startswith(f"{tmp_path}/x.json: is {what}")
    assert "not a stack's state; write one with: pulumi stack export" in said


def test_a_version_that_is_too_new(tmp_path: Path) -> None:
    said = refused(written(tmp_path / "x.json", exported(version=5)))
    assert "x.json: is a state of version 5; the newest that apex knows is 4" in said


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
        (b'{"a": NaN}', ": not valid JSON: NaN is no number in JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", ": not valid JSON: "),
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


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"inputs": []}, ": inputs: expected an object, not a list"),
        ({"inputs": encrypted()}, ": inputs: expected an object, not one of Pulumi's special"),
        ({"outputs": "x"}, ": outputs: expected an object, not a text"),
        ({"type": 3}, ": type: expected a text, not a number"),
        ({"custom": "yes"}, ": custom: expected true or false, not a text"),
        ({"delete": 1}, ": delete: expected true or false, not a number"),
        ({"parent": False}, ": parent: expected a text, not true or false"),
        ({"provider": {}}, ": provider: expected a text, not an object"),
        ({"dependencies": "x"}, ": dependencies: expected a list, not a text"),
        ({"dependencies": [1]}, ": dependencies: expected a list of texts, not a number"),
        ({"propertyDependencies": []}, ": propertyDependencies: expected an object, not a list"),
        ({"propertyDependencies": {"a": "x"}}, ": propertyDependencies.a: expected a list, not"),
        ({"propertyDependencies": {"a": [None]}}, ": propertyDependencies.a: expected a list of"),
    ],
)
def test_a_wrong_type_names_the_resource(tmp_path: Path, members: Any, said: str) -> None:
    broken = resource(NETWORK, "vpc", **members)
    file = written(tmp_path / "x.json", exported(root(), broken))
    assert f"{file}: resources[1] ({broken['urn']}){said}" in refused(file)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (exported(3), ": resources[0]: expected an object, not a number"),
        (exported({}), ": resources[0]: urn: expected a text, not nothing"),
        (exported({"urn": "x"}), ": resources[0]: urn: 'x' is no URN"),
        (exported({"urn": "urn:pulumi:\n::a::b"}), "urn: 'urn:pulumi:\\n::a::b' is no URN"),
        (exported(resources={}), ": deployment: resources: expected a list, not an object"),
        (exported(pending_operations=1), ": deployment: pending_operations: expected a list"),
        ({"version": 3, "deployment": []}, ": deployment: expected an object, not a list"),
        ({"version": 3, "checkpoint": []}, ": checkpoint: expected an object, not a list"),
        ({"version": 3, "checkpoint": {"stack": 1}}, ": checkpoint: stack: expected a text"),
        ({"version": 4, "features": "x", "deployment": {}}, ": features: expected a list, not"),
        (
            exported(resource(NETWORK, "a"), resource(NETWORK, "a")),
            f": resources[1]: a second resource with the URN {urn(NETWORK, 'a')}",
        ),
    ],
)
def test_a_wrong_form_names_the_place(tmp_path: Path, document: Any, said: str) -> None:
    assert said in refused(written(tmp_path / "x.json", document))


# -- whatever else is in it ------------------------------------------------------------------------

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


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield at
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, member in value.items() if isinstance(value, dict) else ():
        yield from places(member, (*at, key))


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from([UNKNOWN_TEXT, SECRET, ASSET, OUTPUT, "urn:pulumi:a::b::c::d", "\ud800"]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=3), st.sampled_from([SIGNATURE, "plaintext", "value"])),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=5,
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
@given(st.lists(st.tuples(st.sampled_from(list(places(SOUND))), anything), min_size=1, max_size=4))
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
        decide(read.stack, enforce(load(None, known_rules()), known_rules(), read.stack.name))
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
