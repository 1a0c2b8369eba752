"""`apex preview --all`: the programs of a repository, side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policies.judged import GCP, RAW, Apex, project_file, write

VPC = RAW + '    Raw("vpc", "gcp:compute/network:Network", {"autoCreateSubnetworks": False})\n'
READER = (
    RAW
    + """
    base = pulumi.StackReference(f"{pulumi.get_organization()}/base/{pulumi.get_stack()}")
    Raw("reader", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", {
        "location": "us-central1", "repository": "app", "role": "roles/artifactregistry.reader",
        "member": base.get_output("reader")})
    pulumi.export("location", "europe-west1")
"""
)
BASE = """
    import pulumi

    pulumi.export("reader", "allUsers")
    pulumi.export("token", pulumi.Config().require_secret("token"))
"""


def repository(folder: Path, **programs: str) -> Path:
    """Programs side by side, each a project of its folder's name with the stack dev."""
    for name, program in programs.items():
        content = {
            "Pulumi.yaml": project_file().replace("name: judged", f"name: {name}", 1),
            "Pulumi.dev.yaml": GCP,
            "__main__.py": program,
        }
        write(folder / name, content)
    return folder


def test_every_program_is_judged_and_the_worst_code_counts(apex: Apex, tmp_path: Path) -> None:
    folder = repository(tmp_path, good=VPC, bad=READER, broken="raise SystemExit(4)", invalid="")
    (folder / "invalid" / "Pulumi.yaml").write_text("name: invalid\n", "utf-8")
    outcome = apex.preview(folder, "--all")
    outcome.expect(
        2,
        "apex: invalid/Pulumi.yaml: runtime: is missing",
        "program  stack\nbad      dev    may not be deployed: 1 mandatory finding (",
        "\nbroken   dev    not evaluated completely: the program failed (",
        "\ngood     dev    may be deployed (",
        "\ninvalid  dev    not evaluated: ",
    )
    assert outcome.out.index("bad, stack dev") < outcome.out.index("good, stack dev")


@pytest.mark.parametrize(
    ("programs", "options", "code"),
    [
        ({"good": VPC, "bad": READER}, (), 1),
        ({"good": VPC, "bad": READER}, ("--soft-fail",), 0),
        ({"broken": "raise SystemExit(4)", "bad": READER}, ("--soft-fail",), 3),
        ({"good": VPC}, (), 0),
    ],
)
def test_the_exit_code_is_the_worst(
    apex: Apex, tmp_path: Path, programs: dict[str, str], options: tuple[str, ...], code: int
) -> None:
    apex.preview(repository(tmp_path, **programs), "--all", *options).expect(code)


def test_programs_are_looked_for_below_a_folder_and_not_among_what_others_wrote(
    apex: Apex, tmp_path: Path
) -> None:
    folder = repository(tmp_path / "repository", good=VPC)
    for place in ("node_modules/a", ".git/b", "env/c", "good/deeper"):
        write(folder / place, {"Pulumi.yaml": project_file(), "__main__.py": VPC})
    write(folder / "env", {"pyvenv.cfg": ""})
    write(folder / "good", {"Pulumi.prod.yaml": GCP})
    outcome = apex.preview(tmp_path, "--all", "repository").expect(0)
    table = outcome.out[outcome.out.index("program      stack") :].splitlines()
    assert [line.split()[:2] for line in table] == [
        ["program", "stack"],
        ["good", "dev"],
        ["good", "prod"],
        ["good/deeper", "dev"],
    ]
    outcome = apex.preview(folder, "--all", "--stack", "prod").expect(0)
    assert "\ngood         prod   may be" in outcome.out
    assert "\ngood/deeper  prod   may be" in outcome.out
    assert "\ngood         dev" not in outcome.out


def test_each_program_has_a_folder_for_its_reports(apex: Apex, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repository", one=VPC, two=VPC)
    write(folder / "two", {"policy-pack.yaml": "reports: {directory: build, formats: [json]}\n"})
    apex.writing(folder, "preview", "--all", "--output-dir", "../out", "--format", "json").expect(0)
    out = tmp_path / "out"
    files = sorted(str(file.relative_to(out)) for file in out.rglob("*.*"))
    assert files == ["one/one.dev.json", "two/two.dev.json"]
    assert (folder / "two" / "build" / "two.dev.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("one",), "one: a folder alone is for --all; --program names one program's"),
        (("--all", "none"), "none: there is no such folder"),
        (("--all", "one/empty"), "one/empty: there is no Pulumi.yaml in it or below"),
        (("--all", "--stack", "prod"), ".: there is no Pulumi.yaml with the stack prod in it or"),
        (("--all", "--format", "json"), "--format: --all needs --output-dir, the folder for the"),
        (("--all", "--cost-base", "a.json"), "--cost-base: is of one stack, and --all judges"),
        (("--all", "--from", "a.json"), "--from: is of one stack, and --all judges several"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    apex: Apex, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    folder = repository(tmp_path, one=VPC)
    (folder / "one" / "empty").mkdir()
    apex.preview(folder, *arguments).expect_only(2, said)


def judgements(folder: Path) -> dict[str, dict[str, Any]]:
    """The JSON of each stack, by its project."""
    found = [json.loads(file.read_text("utf-8")) for file in folder.rglob("*.json")]
    return {document["project"]: document for document in found}


def test_a_stack_gets_the_outputs_of_another_one(apex: Apex, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repository", base=BASE, areader=READER)
    write(folder / "base", {"Pulumi.dev.yaml": "config:\n  base:token:\n    secure: v1:abc\n"})
    arguments = ("--all", "--output-dir", "../out", "--format", "json")
    apex.writing(folder, "preview", *arguments).expect(1, "to allUsers (member)")
    document = judgements(tmp_path / "out")["areader"]
    note = "the outputs of the stack organization/base/dev are those of its own preview"
    assert note in document["notes"]


def test_two_that_wait_for_each_other_go_on_without(apex: Apex, tmp_path: Path) -> None:
    base = """
    import pulumi

    pulumi.export("reader", pulumi.StackReference("acme/areader/dev").get_output("location"))
    """
    folder = repository(tmp_path, areader=READER, base=base)
    apex.preview(folder, "--all").expect(1, "are not known here; offline.stacks")


def test_of_two_stacks_of_one_name_none_is_taken(apex: Apex, tmp_path: Path) -> None:
    folder = repository(tmp_path, base=BASE.replace("require", "get"), reader=READER)
    repository(tmp_path / "copy", base=BASE.replace("require", "get"))
    apex.preview(folder, "--all").expect(
        1, "waits for the outputs of the stack organization/base/dev (member)"
    )


def test_the_outputs_of_one_that_failed_are_not_known(apex: Apex, tmp_path: Path) -> None:
    folder = repository(tmp_path, areader=READER, base=f"{BASE}    raise SystemExit(1)\n")
    apex.preview(folder, "--all").expect(
        3, "cannot be decided before deployment: waits for the outputs of the stack", "base/dev"
    )


def test_a_secret_of_another_stack_is_none_of_ours(apex: Apex, tmp_path: Path) -> None:
    base = """
    import pulumi

    token = pulumi.Config().require_secret("token")
    pulumi.export("token", token)
    pulumi.export("leaks", [pulumi.Output.unsecret(token), "plain", {"a": 1}])
    """
    reader = """
    import pulumi

    base = pulumi.StackReference("base/dev")
    base.get_output("token").apply(lambda token: print("token", token))
    base.get_output("leaks").apply(lambda leaks: print("leaks", leaks))
    pulumi.export("token", base.get_output("token"))
    """
    folder = repository(tmp_path, base=base, reader=reader)
    write(folder / "base", {"Pulumi.dev.yaml": "config:\n  base:token:\n    secure: v1:abc\n"})
    outcome = apex.preview(folder, "--all", "--soft-fail").expect(0)
    assert "token " not in outcome.out.partition("reader, stack dev")[2].partition("note:")[0]
    assert "leaks [" not in outcome.out


def in_git(folder: Path) -> Path:
    """A folder that is the root of a repository."""
    (folder / ".git").mkdir(parents=True)
    return folder


def test_one_program_alone_has_the_others_run_for_it(apex: Apex, tmp_path: Path) -> None:
    folder = repository(in_git(tmp_path), **{"base": BASE, "apps/areader": READER})
    (folder / "apps/areader/Pulumi.yaml").write_text(
        project_file().replace("name: judged", "name: areader", 1), "utf-8"
    )
    write(folder / "base", {"Pulumi.dev.yaml": "config:\n  base:token:\n    secure: v1:abc\n"})
    said = apex.preview(folder / "apps/areader").expect(
        1,
        "areader, stack dev\n",
        "to allUsers (member)",
        "note: the outputs of the stack organization/base/dev are those of its own preview\n",
    )
    assert "base, stack dev" not in said.out
    # What settings say comes first.
    write(
        folder / "apps/areader",
        {"policy-pack.yaml": "offline: {stacks: {base/dev: {reader: 'user:a@acme.com'}}}\n"},
    )
    said = apex.preview(folder / "apps/areader").expect(0)
    assert "its own preview" not in said.out


def test_alone_too_none_waits_for_itself(apex: Apex, tmp_path: Path) -> None:
    asks = "import pulumi\n"
    for one, other in (("one", "two"), ("two", "one"), ("three", "three")):
        program = (
            f'{asks}pulumi.export("a", pulumi.StackReference("{other}/dev").get_output("a"))\n'
        )
        repository(tmp_path, **{one: program})
    in_git(tmp_path)
    for name in ("one", "three"):
        apex.preview(tmp_path / name).expect(0)
    apex.preview(tmp_path / "three").expect(0, "three/dev are not known here; offline.stacks")


def test_alone_too_the_outputs_of_one_that_failed_are_not_known(apex: Apex, tmp_path: Path) -> None:
    folder = repository(in_git(tmp_path), areader=READER, base=f"{BASE}    raise SystemExit(1)\n")
    apex.preview(folder / "areader").expect(
        1, "base/dev are not known here", "and so does the stack's own program"
    )
