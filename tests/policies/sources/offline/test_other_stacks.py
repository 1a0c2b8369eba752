"""What a program gets of other stacks: outputs from settings, from files, or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.sources.offline.other_stacks import OtherStacks, without_secrets
from apex_guardrails.sources.stack_outputs import read_outputs
from apex_guardrails.wire import SECRET, SIGNATURE
from tests.policies.judged import RAW, Apex, judged
from tests.policies.state_files import encrypted, exported, in_clear, root, written

READER = (
    RAW
    + """
    base = pulumi.StackReference("base", stack_name=f"{pulumi.get_organization()}/base/prod")
    Raw("reader", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", {
        "location": "us-central1", "repository": "app", "role": "roles/artifactregistry.reader",
        "member": base.%s("reader")})
"""
)
OUTPUTS = "offline: {stacks: {acme/base/prod: %s}}\n"
UNDECIDED = "waits for the outputs of the stack organization/base/prod (member)"


ALLOWED = (0, "dev may be deployed")
PUBLIC = (1, "high violation: Artifact Registry IAM has no public member")


@pytest.mark.parametrize("method", ["get_output", "require_output"])
@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("{reader: 'group:team@example.com'}", ALLOWED),
        ("{reader: allUsers}", PUBLIC),
        ("{reader: null, other: a}", (1, UNDECIDED)),
        ("{reader: 'group:team@example.com', other: null}", ALLOWED),
    ],
)
def test_settings_say_what_another_stack_gives_out(
    apex: Apex, tmp_path: Path, method: str, outputs: str, expected: tuple[int, str]
) -> None:
    files = {"policy-pack.yaml": OUTPUTS % outputs}
    apex.preview(judged(tmp_path, READER % method, files=files)).expect(*expected)


def test_without_them_the_message_names_the_stack_and_the_setting(
    apex: Apex, tmp_path: Path
) -> None:
    apex.preview(judged(tmp_path, READER % "get_output")).expect(
        1,
        UNDECIDED,
        "give the stack's outputs in policy-pack.yaml (offline.stacks)",
        "note: the outputs of the stack organization/base/prod are not known here; offline.stacks "
        "in the settings gives them, and so does the stack's own program in the same repository",
    )


@pytest.mark.parametrize("outputs", ["{}", "{token: null}"])
def test_an_output_that_is_required_and_not_there_is_the_programs_error(
    apex: Apex, tmp_path: Path, outputs: str
) -> None:
    files = {"policy-pack.yaml": OUTPUTS % outputs}
    apex.preview(judged(tmp_path, READER % "require_output", files=files)).expect(3, "reader")


PROMPT = """
    import pulumi

    base = pulumi.StackReference("acme/base/prod")

    async def details():
        for name in ("zone", "token", "none"):
            told = await base.get_output_details(name)
            print(name, told.value, told.secret_value)

    pulumi.export("done", details())
    pulumi.export("token", base.get_output("token"))
"""


def test_details_are_given_in_the_plain_form(apex: Apex, tmp_path: Path) -> None:
    outputs = {"zone": "b", "token": {SIGNATURE: SECRET, "value": "v"}}
    files = {
        "policy-pack.yaml": OUTPUTS % "outputs.json",
        "outputs.json": json.dumps(outputs),
    }
    apex.preview(judged(tmp_path, PROMPT, files=files)).expect(
        3,
        "zone b None",
        "__main__.py:8: the output token of the stack acme/base/prod is asked for in its plain "
        "form, and is not known here",
    )
    files["policy-pack.yaml"] = OUTPUTS % "{zone: b, token: c}"
    apex.preview(judged(tmp_path, PROMPT, files=files)).expect(0, "token c None", "none None None")


def test_a_resource_that_is_a_reference_gives_outputs(apex: Apex, tmp_path: Path) -> None:
    program = (
        RAW
        + """
    class Reference(pulumi.CustomResource):
        outputs: pulumi.Output[dict]

        def __init__(self, name, stack):
            super().__init__("pulumi:pulumi:StackReference", name,
                             {"name": stack, "outputs": None})

    base = Reference("base", "acme/base/prod")
    base.outputs.apply(lambda outputs: print("zone", outputs["zone"]))
    Reference("other", base.urn.apply(lambda _: "acme/other/prod"))
    Reference("unnamed", Raw("vpc", "gcp:compute/network:Network", {}).id)
"""
    )
    files = {"policy-pack.yaml": OUTPUTS % "{zone: b}"}
    outcome = apex.preview(judged(tmp_path, program, files=files)).expect(0, "zone b")
    assert "the outputs of the stack acme/other/prod are not known here" in outcome.out


SECRETS: dict[str, Any] = {
    "zone": "b",
    "hosts": ["a", encrypted()],
    "token": encrypted(),
    "shown": in_clear("a text"),
}
KNOWN = {
    "zone": "b",
    "hosts": ["a", Secret(UNKNOWN)],
    "token": Secret(UNKNOWN),
    "shown": Secret(UNKNOWN),
}


def test_a_state_gives_outputs_without_the_values_of_secrets(tmp_path: Path) -> None:
    file = tmp_path / "base.json"
    assert read_outputs(written(file, exported(root(**SECRETS)))) == KNOWN
    assert read_outputs(written(file, exported())) == {}


def test_what_pulumi_prints_gives_outputs_too(tmp_path: Path) -> None:
    file = written(tmp_path / "base.json", {"zone": "b", "token": "[secret]"})
    assert read_outputs(file) == {"zone": "b", "token": Secret(UNKNOWN)}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (OUTPUTS % "[a]", "1: offline.stacks.acme/base/prod: expected outputs by name, or a file"),
        (
            "offline: {stacks: {a/b/c/d: {}}}",
            "offline.stacks.a/b/c/d: expected the name of a stack: organization/project/stack",
        ),
        (OUTPUTS % "none.json", "offline.stacks.acme/base/prod: "),
        (OUTPUTS % "none.json", "none.json: the file does not exist"),
        (
            OUTPUTS % "list.json",
            "list.json: is not an object of outputs; write it with: pulumi stack output",
        ),
    ],
)
def test_settings_that_are_wrong_are_refused(
    apex: Apex, tmp_path: Path, settings: str, said: str
) -> None:
    files = {"policy-pack.yaml": settings, "list.json": "[]"}
    apex.preview(judged(tmp_path, "", files=files)).expect_only(2, said)


@pytest.mark.parametrize(
    ("reference", "known", "is_found"),
    [
        ("acme/base/prod", "acme/base/prod", True),
        ("organization/base/prod", "acme/base/prod", True),
        ("base/prod", "acme/base/prod", True),
        ("acme/prod", "acme/own/prod", True),
        ("prod", "own/prod", True),
        ("acme/base/prod", "base/prod", True),
        ("acme/own/prod", "prod", True),
        ("other/base/prod", "acme/base/prod", False),
        ("acme/base/dev", "acme/base/prod", False),
        ("acme/prod", "acme/base/prod", False),
        ("prod", "acme/base/prod", False),
        ("a/b/c/d", "b/c", False),
    ],
)
def test_a_stack_is_found_by_every_spelling_of_its_name(
    reference: str, known: str, *, is_found: bool
) -> None:
    others = OtherStacks("own", {known: {"a": 1}})
    assert (others.outputs(reference) is not None) is is_found


def test_of_two_that_may_be_meant_none_is_taken() -> None:
    others = OtherStacks("own", {"a/base/prod": {"a": 1}, "b/base/prod": {"b": 1}})
    assert others.outputs("organization/base/prod") is None
    assert others.outputs("a/base/prod") == {"a": 1}
    assert others.outputs("base/prod") is None


VALUES = st.recursive(
    st.text() | st.integers() | st.just(UNKNOWN) | st.text().map(Secret),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | inner.map(Secret),
)


@given(VALUES)
def test_no_secret_value_is_left(value: Any) -> None:
    def secrets(item: Any) -> list[Any]:
        if isinstance(item, str | int) or item is UNKNOWN:
            return []
        if isinstance(item, Secret):
            return [item.value]
        members = item.values() if isinstance(item, dict) else item
        return [found for member in members for found in secrets(member)]

    before, after = secrets(value), secrets(without_secrets(value))
    assert len(after) == len(before)
    assert all(found is UNKNOWN for found in after)
