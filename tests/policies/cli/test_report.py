"""The reports of `apex preview`, and `apex report`, which renders them again."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from apex_guardrails.judgement.versions import json_schema, read_judgement
from tests.policies.judged import GCP, PLACEHOLDER, RAW, Apex, Outcome, judged

OPEN = (
    RAW
    + """
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
"""
)
SECRET = (
    RAW
    + """
    import pulumi
    secret = pulumi.Config().require("key")
    print("key is", secret)
    Raw(secret, "gcp:compute/firewall:Firewall", {
        "network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
"""
)
SETTINGS = "reports: {directory: build/apex, formats: [sarif, json]}\n"
SUFFIXES = ["codequality.json", "html", "json", "junit.xml", "md", "sarif", "sast.json"]


def written(folder: Path) -> list[str]:
    return sorted(file.name.removeprefix("judged.dev.") for file in folder.iterdir())


def test_a_format_takes_the_place_of_what_people_read(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, OPEN)

    document = json.loads(apex.preview(folder, "--format", "json").expect(1).out)
    assert document["verdict"] == "refused"
    [first, *_] = document["findings"]
    assert first["rule"] == "firewall-no-all-ports-from-anywhere"
    assert first["position"] == {"file": "__main__.py", "line": 8}
    assert document["resources"][0]["urn"]
    sarif = json.loads(apex.preview(folder, "--format", "sarif").expect(1).out)
    assert sarif["version"] == "2.1.0"
    apex.preview(folder, "--format", "junit").expect(1, "<?xml version=", "<failure ")
    apex.preview(folder, "--format", "markdown").expect(1, "## \N{CROSS MARK} `dev` may not be")
    apex.preview(folder, "--format", "html").expect(1, "<!doctype html>", "dev</bdi> may not be")
    apex.preview(folder, "--format", "console").expect(1, "judged, stack dev\n")


def test_files_are_written_beside_what_people_read(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "p", OPEN)
    file = tmp_path / "out/apex.sarif"
    arguments = ("preview", "--program", "p")

    apex.writing(tmp_path, *arguments, "--format", "sarif", "--output", str(file)).expect(
        1, "judged, stack dev\n"
    )
    assert json.loads(file.read_text())["version"] == "2.1.0"
    apex.writing(tmp_path, *arguments, "--output-dir", "all").expect(1, "judged, stack dev\n")
    assert written(tmp_path / "all") == SUFFIXES
    apex.writing(tmp_path, *arguments, "--output-dir", "some", "--format", "json, junit").expect(1)
    assert written(tmp_path / "some") == ["json", "junit.xml"]
    assert not (folder / "build").exists()


def test_settings_can_name_a_folder_for_every_run(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "p", OPEN, files={"policy-pack.yaml": SETTINGS})

    apex.writing(tmp_path, "preview", "--program", "p").expect(1, "judged, stack dev\n")
    assert written(folder / "build/apex") == ["json", "sarif"]
    left = read_judgement(folder / "build/apex/judged.dev.json")
    assert left.settings.file == "policy-pack.yaml"
    assert left.source == "offline"
    assert left.exit_code == 1


@pytest.mark.parametrize("directory", ["/tmp/x", "../x", "a/../../x", "", "a\\\\..\\\\x"])  # noqa: S108 refused
def test_settings_cannot_name_a_folder_outside(apex: Apex, tmp_path: Path, directory: str) -> None:
    folder = judged(
        tmp_path, OPEN, files={"policy-pack.yaml": f'reports: {{directory: "{directory}"}}\n'}
    )
    apex.preview(folder).expect_only(2, "policy-pack.yaml:1: reports.directory: ")


def test_a_link_that_leads_outside_is_refused(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "p", OPEN, files={"policy-pack.yaml": SETTINGS})
    (tmp_path / "elsewhere").mkdir()
    (folder / "build").symlink_to(tmp_path / "elsewhere")
    apex(tmp_path, "preview", "--program", "p").expect(2, "build/apex: is outside the project")


def test_a_format_that_there_is_not_is_named_in_settings(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, OPEN, files={"policy-pack.yaml": "reports: {formats: [pdf]}\n"})
    apex.preview(folder).expect_only(2, "policy-pack.yaml:1: reports.formats.0: ")


@pytest.mark.parametrize(
    ("arguments", "violation"),
    [
        (("--format", "sarfi"), '--format sarfi: there is no such format, did you mean "sarif"?'),
        (("--format", "pdf"), "(known: console, json, sarif, junit, markdown, html"),
        (("--format", "json,sarif"), "several formats need --output-dir"),
        (("--output", "x"), "--output: needs a --format"),
        (("--output", "x", "--output-dir", "y"), "use only one of them"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_runs(
    apex: Apex, tmp_path: Path, arguments: tuple[str, ...], violation: str
) -> None:
    apex.preview(judged(tmp_path, "raise SystemExit('ran')"), *arguments).expect_only(2, violation)


def test_a_report_that_cannot_be_written_is_said_after_the_judgement(
    apex: Apex, tmp_path: Path
) -> None:
    folder = judged(tmp_path, OPEN, files={"taken": "kept"})
    outcome = apex.preview(folder, "--output-dir", "taken").expect(
        2,
        "dev may not be deployed",
        "apex: taken/judged.dev.json: cannot be written: taken is not a folder",
    )
    assert "Traceback" not in outcome.err


def test_a_program_that_fails_leaves_an_incomplete_report(apex: Apex, tmp_path: Path) -> None:
    judged(tmp_path / "p", OPEN + "\n    raise ValueError('no')\n")
    apex.writing(tmp_path, "preview", "--program", "p", "--output-dir", "out").expect(3)
    left = read_judgement(tmp_path / "out/judged.dev.json")
    assert not left.is_complete
    assert "ValueError: no" in left.program_errors[0]


def test_no_secret_is_in_any_report(apex: Apex, tmp_path: Path) -> None:
    judged(
        tmp_path / "p",
        SECRET,
        project="config:\n  key: {type: string, secret: true}\n",
        stack=GCP,
    )
    apex.writing(tmp_path, "preview", "--program", "p", "--output-dir", "out").expect(1)
    for file in (tmp_path / "out").iterdir():
        text = file.read_text("utf-8")
        assert not PLACEHOLDER.search(text), file
        assert "secret judged:key" in text.replace("\\", ""), file


@pytest.fixture
def result(apex: Apex, tmp_path: Path) -> Path:
    judged(tmp_path / "p", OPEN)
    apex.writing(
        tmp_path, "preview", "--program", "p", "--format", "json", "--output", "result.json"
    ).expect(1)
    return tmp_path / "result.json"


def again(apex: Apex, result: Path, *arguments: str) -> Outcome:
    return apex(result.parent, "report", "--from", result.name, *arguments)


def test_a_result_is_rendered_again(apex: Apex, result: Path) -> None:
    assert again(apex, result, "--format", "json").expect(0).out == result.read_text()
    again(apex, result).expect(0, "## \N{CROSS MARK} `dev` may not be deployed")
    root = ET.fromstring(again(apex, result, "--format", "junit").expect(0).out)  # noqa: S314 ours
    assert root.tag == "testsuites"
    apex.writing(result.parent, "report", "--from", "result.json", "--output-dir", "out").expect(0)
    assert written(result.parent / "out") == SUFFIXES


def test_a_result_is_shown_as_it_was(apex: Apex, result: Path) -> None:
    program = result.parent / "p"
    shown = apex(program, "preview").expect(1).out
    command = ("report", "--from", "../result.json", "--format", "console")
    assert apex(program, *command).expect(0).out == shown
    assert len(apex(program, *command, "--verbose").expect(0).out) > len(shown)


def test_what_is_new_since_another_result(apex: Apex, result: Path) -> None:
    again(apex, result, "--against", "result.json").expect(0, "### Stops the deployment, and is")
    base = json.loads(result.read_text())
    base["findings"] = base["findings"][1:]
    (result.parent / "base.json").write_text(json.dumps(base))
    again(apex, result, "--against", "base.json").expect(0, "### New (1)")


def test_the_schema_is_printed(apex: Apex, tmp_path: Path) -> None:
    assert json.loads(apex(tmp_path, "report", "--schema").expect(0).out) == json_schema()


def test_a_result_must_be_there_and_be_one(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "report").expect_only(2, "--from is missing")
    apex(tmp_path, "report", "--from", "none.json").expect_only(2, "none.json: the file does not")
    (tmp_path / "other.json").write_text("{}")
    apex(tmp_path, "report", "--from", "other.json").expect_only(2, "other.json: tool: is missing")
