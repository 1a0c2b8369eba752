"""Where a program is changed, and where it is left to people, by language."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import SourcePosition
from apex_guardrails.sources.offline.edits import ByHandError, apply, forget, program_file
from apex_guardrails.sources.offline.edits.brackets import Brackets
from apex_guardrails.sources.offline.edits.edit import Edit, replacements

BUCKET = "gcp:storage/bucket:Bucket"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
UNIFORM = {"uniformBucketLevelAccess": True}
SSL = {"settings.ipConfiguration.sslMode": "ENCRYPTED_ONLY"}
OWNER = {"labels.owner": "platform"}


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget()


def changed(  # noqa: PLR0913 each is a fact of its own
    folder: Path,
    name: str,
    text: str,
    assignments: dict[str, Any],
    *,
    token: str = BUCKET,
    line: int = 1,
) -> str:
    """What a program becomes; the resource "data" is registered on a line."""
    file = folder / name
    file.write_text(text)
    urn = f"urn:pulumi:dev::shop::{token}::data"
    program = program_file(str(file), file.parent)
    call = program.call(SourcePosition(str(file), line), urn)
    return apply(program.content, program.edits(call, urn, assignments)).decode()


PYTHON = {
    "a literal": (
        'Bucket("data", uniform_bucket_level_access=False)',
        UNIFORM,
        'Bucket("data", uniform_bucket_level_access=True)',
    ),
    "left out": ('Bucket("data")', UNIFORM, 'Bucket("data", uniform_bucket_level_access=True)'),
    "nothing": (
        'Bucket("data", labels=None)',
        OWNER,
        'Bucket("data", labels={"owner": "platform"})',
    ),
    "an empty dict": (
        'Bucket("data", labels={})',
        OWNER,
        'Bucket("data", labels={"owner": "platform"})',
    ),
    "a key": (
        'Bucket("data", labels={"owner": ""})',
        OWNER,
        'Bucket("data", labels={"owner": "platform"})',
    ),
    "a comma behind": (
        'Bucket("data", location="EU",)',
        UNIFORM,
        'Bucket("data", location="EU", uniform_bucket_level_access=True,)',
    ),
    "options": (
        'Bucket("data", ResourceOptions(protect=True))',
        UNIFORM,
        'Bucket("data", ResourceOptions(protect=True), uniform_bucket_level_access=True)',
    ),
    "arguments": (
        'Bucket("data", args=BucketArgs(location="EU"))',
        UNIFORM,
        'Bucket("data", args=BucketArgs(location="EU", uniform_bucket_level_access=True))',
    ),
    "one of two on a line": (
        'Bucket("other"); Bucket("data")',
        UNIFORM,
        'Bucket("other"); Bucket("data", uniform_bucket_level_access=True)',
    ),
    "behind what is unpacked": (
        'Bucket("data", labels={**COMMON, "owner": "x"})',
        OWNER,
        'Bucket("data", labels={**COMMON, "owner": "platform"})',
    ),
}


@pytest.mark.parametrize(("before", "assignments", "after"), PYTHON.values(), ids=PYTHON)
def test_python(tmp_path: Path, before: str, assignments: dict[str, Any], after: str) -> None:
    assert changed(tmp_path, "main.py", before, assignments) == after


def test_python_on_several_lines(tmp_path: Path) -> None:
    text = dedent("""\
        DatabaseInstance(
            "data",
            settings={
                "tier": "x",  # small, for now
                "ip_configuration": DatabaseInstanceSettingsIpConfigurationArgs(
                    ipv4_enabled=False  # private
                ),
            },
        )
    """)
    after = changed(
        tmp_path, "main.py", text, {**SSL, "settings.deletionProtectionEnabled": True}, token=SQL
    )

    assert after == text.replace(
        "False  # private", 'False,  # private\n            ssl_mode="ENCRYPTED_ONLY"'
    ).replace(
        "        ),\n    },", '        ),\n        "deletion_protection_enabled": True,\n    },'
    )


PYTHON_BY_HAND = {
    "a variable": 'Bucket("data", labels=LABELS)',
    "unpacked": 'Bucket("data", **COMMON)',
    "unpacked behind": 'Bucket("data", labels={"owner": "x", **COMMON})',
    "arguments from elsewhere": 'Bucket("data", args)',
    "in parentheses": 'Bucket("data", location=("EU"))',
    "two of a name": 'Bucket("data"); Bucket("data")',
    "another class": 'Folder("data")',
    "a list": 'Bucket("data", labels=[])',
    "a key that is made": 'Bucket("data", labels={key: "x"})',
}


@pytest.mark.parametrize("text", PYTHON_BY_HAND.values(), ids=PYTHON_BY_HAND)
def test_python_by_hand(tmp_path: Path, text: str) -> None:
    with pytest.raises(ByHandError):
        changed(tmp_path, "main.py", text, OWNER)


TYPESCRIPT = {
    "a literal": (
        'new gcp.storage.Bucket("data", { uniformBucketLevelAccess: false });',
        UNIFORM,
        'new gcp.storage.Bucket("data", { uniformBucketLevelAccess: true });',
    ),
    "left out": (
        'new gcp.storage.Bucket("data", { location: "EU" }, { protect: true });',
        UNIFORM,
        (
            'new gcp.storage.Bucket("data", { location: "EU", uniformBucketLevelAccess: true }, '
            "{ protect: true });"
        ),
    ),
    "no inputs": (
        'new Bucket("data");',
        UNIFORM,
        'new Bucket("data", { uniformBucketLevelAccess: true });',
    ),
    "empty": (
        'new Bucket("data", {});',
        OWNER,
        'new Bucket("data", { labels: { owner: "platform" } });',
    ),
    "nothing": (
        'new Bucket("data", { labels: undefined });',
        OWNER,
        'new Bucket("data", { labels: { owner: "platform" } });',
    ),
    "a quoted key": (
        """new Bucket('data', { labels: { 'owner': 'x' } });""",
        OWNER,
        """new Bucket('data', { labels: { 'owner': "platform" } });""",
    ),
}


@pytest.mark.parametrize("name", ["index.ts", "index.js"])
@pytest.mark.parametrize(("before", "assignments", "after"), TYPESCRIPT.values(), ids=TYPESCRIPT)
def test_typescript(
    tmp_path: Path, name: str, before: str, assignments: dict[str, Any], after: str
) -> None:
    assert changed(tmp_path, name, before, assignments) == after


TYPESCRIPT_BY_HAND = {
    "a variable": 'new Bucket("data", { labels });',
    "spread": 'new Bucket("data", { ...common });',
    "spread behind": 'new Bucket("data", { labels: { owner: "x", ...common } });',
    "inputs from elsewhere": 'new Bucket("data", args);',
    "all from elsewhere": "new Bucket(...given);",
    "a computed key": 'new Bucket("data", { [key]: 1 });',
    "not valid": 'new Bucket("data", {',
    "a cast": 'new Bucket("data", { labels: {} as any });',
}


@pytest.mark.parametrize("text", TYPESCRIPT_BY_HAND.values(), ids=TYPESCRIPT_BY_HAND)
def test_typescript_by_hand(tmp_path: Path, text: str) -> None:
    with pytest.raises(ByHandError):
        changed(tmp_path, "index.ts", text, OWNER)


GO = 'package main\n\nimport "github.com/pulumi/pulumi/sdk/v3/go/pulumi"\n\nfunc f() {{\n\t{}\n}}\n'
IN_GO = {
    "a literal": (
        (
            'storage.NewBucket(ctx, "data", &storage.BucketArgs{UniformBucketLevelAccess: '
            "pulumi.Bool(false)})"
        ),
        UNIFORM,
        (
            'storage.NewBucket(ctx, "data", &storage.BucketArgs{UniformBucketLevelAccess: '
            "pulumi.Bool(true)})"
        ),
    ),
    "nil": (
        'storage.NewBucket(ctx, "data", nil)',
        UNIFORM,
        (
            'storage.NewBucket(ctx, "data", &storage.BucketArgs{UniformBucketLevelAccess: '
            "pulumi.Bool(true)})"
        ),
    ),
    "a map": (
        'storage.NewBucket(ctx, name, &storage.BucketArgs{Labels: pulumi.StringMap{"a": x}})',
        OWNER,
        (
            'storage.NewBucket(ctx, name, &storage.BucketArgs{Labels: pulumi.StringMap{"a": x, '
            '"owner": pulumi.String("platform")}})'
        ),
    ),
    "a map that is missing": (
        'storage.NewBucket(ctx, "data", &storage.BucketArgs{})',
        OWNER,
        (
            'storage.NewBucket(ctx, "data", &storage.BucketArgs{Labels: pulumi.StringMap{"owner": '
            'pulumi.String("platform")}})'
        ),
    ),
}


@pytest.mark.parametrize(("before", "assignments", "after"), IN_GO.values(), ids=IN_GO)
def test_go(tmp_path: Path, before: str, assignments: dict[str, Any], after: str) -> None:
    made = changed(tmp_path, "main.go", GO.format(before), assignments, line=6)
    assert made == GO.format(after)


def test_go_makes_the_types_of_what_is_missing(tmp_path: Path) -> None:
    text = GO.format('sql.NewDatabaseInstance(ctx, "data", &sql.DatabaseInstanceArgs{})')
    made = changed(tmp_path, "main.go", text, SSL, token=SQL, line=6)

    assert (
        "DatabaseInstanceArgs{Settings: &sql.DatabaseInstanceSettingsArgs{IpConfiguration: "
        '&sql.DatabaseInstanceSettingsIpConfigurationArgs{SslMode: pulumi.String("ENCRYPTED_ONLY")'
        in made
    )
    text = GO.format('compute.NewSubnetwork(ctx, "data", nil)')
    made = changed(tmp_path, "other.go", text, {"logConfig": {}}, token=SUBNET, line=6)
    assert "&compute.SubnetworkArgs{LogConfig: &compute.SubnetworkLogConfigArgs{}}" in made


GO_BY_HAND = {
    "a variable": 'storage.NewBucket(ctx, "data", args)',
    "labels from elsewhere": 'storage.NewBucket(ctx, "data", &storage.BucketArgs{Labels: labels})',
    "another map": 'storage.NewBucket(ctx, "data", &storage.BucketArgs{Labels: own.Map{}})',
    "an output": 'storage.NewBucket(ctx, "data", &storage.BucketArgs{Labels: pulumi.ToMap(x)})',
    "another type": (
        'storage.NewBucket(ctx, "data", &storage.BucketArgs{Labels: '
        'pulumi.StringMap{"owner": pulumi.Int(1)}})'
    ),
}


@pytest.mark.parametrize("text", GO_BY_HAND.values(), ids=GO_BY_HAND)
def test_go_by_hand(tmp_path: Path, text: str) -> None:
    with pytest.raises(ByHandError):
        changed(tmp_path, "main.go", GO.format(text), OWNER, line=6)


def test_go_without_pulumi_under_its_usual_name(tmp_path: Path) -> None:
    text = GO.replace('import "', 'import p "x').format('storage.NewBucket(ctx, "data", nil)')
    with pytest.raises(ByHandError):
        changed(tmp_path, "main.go", text, OWNER, line=6)


IN_YAML = {
    "a literal": (
        "type: gcp:storage:Bucket\n    properties:\n      uniformBucketLevelAccess: false\n",
        UNIFORM,
    ),
    "left out": ("type: gcp:storage:Bucket\n    properties:\n      location: EU\n", UNIFORM),
    "no inputs": ("type: gcp:storage:Bucket\n", UNIFORM),
    "in one line": ("{type: 'gcp:storage:Bucket', properties: {location: EU}}\n", OWNER),
    "empty": ("type: gcp:storage:Bucket\n    properties: {}\n", OWNER),
    "quoted": (
        "type: gcp:storage:Bucket\n    properties: {labels: {owner: 'x # y'}} # why\n",
        OWNER,
    ),
}


@pytest.mark.parametrize(("resource", "assignments"), IN_YAML.values(), ids=IN_YAML)
def test_yaml(tmp_path: Path, resource: str, assignments: dict[str, Any]) -> None:
    start = "" if resource.startswith("{") else "\n    "
    text = f"name: ü\nresources:\n  data: {start}{resource}  other: {{type: x}}\n"
    made = changed(tmp_path, "Pulumi.yaml", text, assignments, line=3)

    before, after = yaml.safe_load(text), yaml.safe_load(made)
    inputs = before["resources"]["data"].setdefault("properties", {})
    if assignments is OWNER:
        inputs.setdefault("labels", {})["owner"] = "platform"
    else:
        inputs["uniformBucketLevelAccess"] = True
    assert after == before
    assert ("# why" in made) is ("# why" in text)


def test_json(tmp_path: Path) -> None:
    text = '{"resources": {\n"data": {"type": "gcp:storage:Bucket", "properties": {"a": 1}}}}'
    made = changed(tmp_path, "Pulumi.json", text, OWNER, line=2)
    assert '"properties": {"labels": {"owner": "platform"}, "a": 1}' in made


YAML_BY_HAND = {
    "interpolated": "properties: {labels: {owner: '${who}'}}",
    "an alias": "properties: *common",
    "an anchor": "properties: &all {location: EU}",
    "merged": "properties: {<<: *common}",
    "a function": "properties: {labels: {'fn::invoke': {}}}",
    "a block of text": "properties:\n      labels:\n        owner: |\n          x",
}


@pytest.mark.parametrize("properties", YAML_BY_HAND.values(), ids=YAML_BY_HAND)
def test_yaml_by_hand(tmp_path: Path, properties: str) -> None:
    text = (
        "common: &common {a: b}\nresources:\n  data:\n    type: gcp:storage:Bucket\n"
        f"    {properties}\n"
    )
    with pytest.raises(ByHandError):
        changed(tmp_path, "Pulumi.yaml", text, OWNER, line=3)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("main.py", b"def"),
        ("main.py", b"\xff"),
        ("main.py", b"\xef\xbb\xbfx = 1"),
        ("main.go", b"not go"),
        ("Pulumi.yaml", b"a: ["),
        ("Main.java", b"class Main {}"),
        ("missing.py", None),
        ("node_modules/index.ts", b"x"),
    ],
)
def test_what_cannot_be_changed(tmp_path: Path, name: str, content: bytes | None) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ByHandError):
        program_file(str(file), tmp_path)


comments = st.sampled_from(["", "# c, d", "#(", " "])
items = st.lists(st.sampled_from(["a=1", "b=[1, 2]", "c='#,'", "d=f(1)"]), max_size=4, unique=True)


@given(items=items, comment=comments, is_split=st.booleans(), has_comma=st.booleans())
def test_what_is_added_is_added_once_and_nothing_else_changes(
    items: list[str], comment: str, *, is_split: bool, has_comma: bool
) -> None:
    separator = "\n    " if is_split else " "
    ending = "," if has_comma and items else ""
    text = f"f({separator}{f',{separator}'.join(items)}{ending}"
    text += f"  {comment}\n)" if comment else ")"
    call = ast.parse(text).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    spans = []
    for word in call.value.keywords:
        start = text.index(f"{word.arg}=")
        spans.append((start, start + len(ast.get_source_segment(text, word) or "")))
    try:
        edits = Brackets(text.encode(), (2, len(text) - 1), spans, rb"#[^\n]*").add(["x=9", "y=8"])
    except ByHandError:
        assert not items
        return
    made = ast.parse(apply(text.encode(), edits).decode()).body[0]

    assert isinstance(made, ast.Expr)
    assert isinstance(made.value, ast.Call)
    written = [ast.unparse(word.value) for word in made.value.keywords]
    assert written == [*(ast.unparse(word.value) for word in call.value.keywords), "9", "8"]


def test_what_lies_elsewhere_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "main.py"
    file.write_text("x = 1")
    with pytest.raises(ByHandError, match="outside of"):
        program_file(str(file), tmp_path / "shop")


def test_where_the_repository_lies_does_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / "vendor" / "shop"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("x = 1")
    assert program_file(str(folder / "main.py"), folder).content == b"x = 1"


def test_columns_are_characters() -> None:
    content = "ü = 1\né = 2\n".encode()
    start = content.index(b"2")

    [found] = replacements("f.py", content, [Edit(start, start + 1, "3")])

    assert (found.start_line, found.start_column, found.end_line, found.end_column) == (2, 5, 2, 6)
