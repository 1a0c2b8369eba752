"""What is read of `pulumi preview --json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.model import UNKNOWN, Secret, SourcePosition
from apex_guardrails.sources.from_file import FileForm
from apex_guardrails.support.errors import UsageError
from tests.policies.sources.previews.files import CONFIG, digest, named, step, told
from tests.policies.state_files import FIREWALL, NETWORK, OPEN, USER, urn

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_preview(tmp_path: Path) -> None:
    vpc = urn(NETWORK, "vpc")
    read = told(
        tmp_path,
        digest(
            step(NETWORK, "vpc", {"name": "vpc", "__defaults": ["name"]}),
            step(
                FIREWALL,
                "f",
                {**OPEN, "network": UNKNOWN_TEXT},
                dependencies=[vpc],
                propertyDependencies={"network": [vpc], "allows": None},
                protect=True,
            ),
            step(USER, "u", {"password": "[secret]", "tags": ["[secret]"]}),
        ),
    )
    assert (read.form, read.is_complete) == (FileForm.PULUMI_PREVIEW, True)
    stack = read.stack
    assert (stack.name, stack.project, stack.is_deployed) == ("dev", "judged", False)
    rule = named(read, "f")
    assert rule.value["network"] is UNKNOWN
    assert rule.refers_to("network", NETWORK)
    assert rule.dependencies == {vpc}
    assert rule.is_protected
    user = named(read, "u")
    assert user.value == {"password": Secret(UNKNOWN), "tags": [Secret(UNKNOWN)]}
    # The provider of the config is in no step.
    assert rule.provider == {"project": "a-project", "accessToken": Secret(UNKNOWN)}
    assert named(read, "default_10_2_0").type.token == "pulumi:providers:gcp"
    assert stack.config == {key: CONFIG[key] for key in CONFIG if key != "gcp:accessToken"}
    assert "gcp:accessToken" in stack.secret_config.values
    assert stack.outputs is None


def test_a_provider_of_the_programs_own(tmp_path: Path) -> None:
    token = "pulumi:providers:gcp"
    read = told(
        tmp_path,
        digest(
            step(token, "eu", {"region": UNKNOWN_TEXT}, provider=""),
            step(NETWORK, "vpc", {}, provider=f"{urn(token, 'eu')}::{UNKNOWN_TEXT}"),
        ),
    )
    vpc = named(read, "vpc")
    assert vpc.provider == {"region": UNKNOWN}
    # Where a provider's config is not known, the engine leaves its check out.
    assert vpc.value["autoCreateSubnetworks"] is True
    assert vpc.value["name"].startswith("vpc-")


def test_each_operation(tmp_path: Path) -> None:
    gone = {"op": "delete", "urn": urn(NETWORK, "gone"), "oldState": {}}
    twice = {"op": "delete-replaced", "urn": urn(NETWORK, "new"), "oldState": {}}
    read = told(
        tmp_path,
        digest(
            step(NETWORK, "same", op="same"),
            step(NETWORK, "changed", op="update"),
            step(NETWORK, "taken", op="import"),
            step(NETWORK, "new", {"name": "first"}, op="create-replacement"),
            step(NETWORK, "new", {"name": "second"}, op="replace"),
            twice,
            gone,
            step(NETWORK, "found", op="read", external=True),
            step("pulumi:pulumi:StackReference", "other", op="read", external=True),
            step(NETWORK, "refreshed", {"name": "before"}, op="refresh"),
            step(NETWORK, "refreshed", {"name": "after"}, op="update"),
            step(NETWORK, "waits", op="same", delete=True),
            changeSummary={"same": 1, "create": 1},
        ),
    )
    names = {item.name for item in read.stack.deployed()}
    assert names == {"same", "changed", "taken", "new", "refreshed"}
    assert {item.name for item in read.stack if item.is_imported} == {"taken"}
    assert named(read, "new").value["name"] == "second"
    assert named(read, "refreshed").value["name"] == "after"
    assert read.stack.read == {NETWORK: 1}
    assert read.notes == ["not evaluated: 1 resource that the update deletes"]
    assert read.is_complete


def test_what_stays_and_is_not_told(tmp_path: Path) -> None:
    read = told(tmp_path, digest(changeSummary={"same": 3, "create": 1}))
    assert not read.is_complete
    [note] = read.notes
    assert note.startswith("3 resources that the update leaves as it is are not in the file")
    assert "pulumi preview --json --show-sames" in note


def test_messages(tmp_path: Path) -> None:
    said = [
        {"severity": "info", "message": "hello\nworld\n\n"},
        {"severity": "warning", "message": "old"},
        {"message": "no severity"},
        {"severity": "error", "message": "it broke\nin line 3\n"},
    ]
    read = told(tmp_path, digest(diagnostics=said))
    assert read.output == ["hello", "world", "old", "no severity"]
    assert read.errors == ["it broke\nin line 3"]
    assert not read.is_complete
    many = told(tmp_path, digest(diagnostics=[{"message": "x\n" * 1000, "severity": "info"}]))
    assert len(many.output) == 200


def test_a_preview_that_did_not_end(tmp_path: Path) -> None:
    document = digest(step(NETWORK, "vpc"))
    del document["changeSummary"]
    read = told(tmp_path, document)
    assert read.errors == ["the preview was ended before it was done, or its file was cut off"]
    assert not read.is_complete


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"sourcePosition": "project:///infra/a.py#12"}, SourcePosition("infra/a.py", 12)),
        ({"sourcePosition": "project:///a%20b.ts#12,7"}, SourcePosition("a b.ts", 12)),
        (
            {
                "stackTrace": [
                    {},
                    {"sourcePosition": "project:///.venv/lib/site-packages/x.py#1"},
                    {"sourcePosition": "project:///node_modules/x.js#1"},
                    {"sourcePosition": "project:///../x.py#1"},
                    {"sourcePosition": "file:///etc/passwd#1"},
                    {"sourcePosition": "project:///own.py#5"},
                ],
                "sourcePosition": "project:///other.py#6",
            },
            SourcePosition("own.py", 5),
        ),
        ({"sourcePosition": "project:///a.py"}, None),
        ({"sourcePosition": "project:///a.py#x"}, None),
        ({"sourcePosition": "project:///a.py#0"}, None),
        ({"sourcePosition": "project://[a.py#1"}, None),
        ({"sourcePosition": "project://#1"}, None),
        ({"sourcePosition": 1, "stackTrace": 1}, None),
    ],
)
def test_where_a_resource_stands(
    tmp_path: Path, members: dict[str, Any], expected: SourcePosition | None
) -> None:
    assert (
        named(told(tmp_path, digest(step(NETWORK, "vpc", **members))), "vpc").position == expected
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"steps": {}}, "steps: expected a list, not an object"),
        ({"steps": [1]}, "steps[0]: expected an object, not a number"),
        ({"steps": [{"op": "create"}]}, "steps[0]: urn: expected a text, not nothing"),
        ({"config": {"a": 1}}, "config: a: expected a text, not a number"),
        ({"changeSummary": {"same": "3"}}, "changeSummary: same: expected a whole number, not a"),
        ({"changeSummary": {"same": True}}, "changeSummary: same: expected a whole number, not tr"),
        ({"diagnostics": [1]}, "diagnostics[0]: expected an object, not a number"),
        (
            {"steps": [{**step(NETWORK, "a"), "urn": urn(NETWORK, "b")}]},
            f"the resource {urn(NETWORK, 'b')}: urn: expected the one of its step, not a text",
        ),
        (
            {"steps": [step(NETWORK, "a", inputs=3)]},
            f"the resource {urn(NETWORK, 'a')} ({urn(NETWORK, 'a')}): inputs: expected an object",
        ),
    ],
)
def test_what_is_not_what_pulumi_writes(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        told(tmp_path, {**digest(), **changed})
    assert str(caught.value).startswith(f"{tmp_path}/preview.json: {said}")
    assert str(caught.value).endswith("or terraform show -json PLAN > FILE")
