"""Components whose resources a plugin makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.policies.judged import RAW, Apex, judged

SITE = (
    RAW
    + """
    class Folder(pulumi.ComponentResource):
        url: pulumi.Output[str]

        def __init__(self, name, opts=None):
            super().__init__("synced-folder:index:GoogleCloudFolder", name,
                             {"path": "site", "url": None}, opts, remote=True)

    folder = Folder("site")
    folder.url.apply(lambda url: print("url", url))
    pulumi.runtime.call("synced-folder:index:GoogleCloudFolder/files", {}, folder).apply(
        lambda files: print("files", files))
    Raw("vpc", "gcp:compute/network:Network", {"description": folder.url})
"""
)
NOT_RUN = (
    "not evaluated: 1 component not run here, with all that it makes: "
    "synced-folder:index:GoogleCloudFolder (1)\n"
)
FINDING = (
    "  synced-folder:index:GoogleCloudFolder site\n"
    "  was not run, and what it makes is not evaluated: it needs the plugin of synced-folder, "
    "which is not on this machine\n"
)
COUNT = "; 1 component not run; "


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ("", 1, "high violation: Every component of the program was run"),
        ("offline: {components: mandatory}", 1, "dev may not be deployed: 1 mandatory finding ("),
        ("offline: {components: advisory}", 0, "high violation, advice: Every component"),
        ("offline: {components: note}", 0, "dev may be deployed ("),
        ("stacks: {dev: {rules: {stack-components-run: advisory}}}", 0, "violation, advice"),
    ],
)
def test_without_its_plugin_the_program_goes_on_and_the_verdict_says_so(
    apex: Apex, tmp_path: Path, setting: str, code: int, said: str
) -> None:
    program = judged(tmp_path, SITE, files={"policy-pack.yaml": f"{setting}\n"})
    outcome = apex.preview(program).expect(code, said, NOT_RUN, COUNT)
    assert (FINDING in outcome.out) is ("note" not in setting)
    # What it gives out is not known.
    assert "The program printed" not in outcome.out


def test_every_format_says_that_it_was_not_run(apex: Apex, tmp_path: Path) -> None:
    settings = {"policy-pack.yaml": "offline: {components: note}\n"}
    folder = judged(tmp_path / "program", SITE, files=settings)
    apex.writing(folder, "preview", "--output-dir", "../out").expect(0)
    texts = {file.name: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert len(texts) == 5
    for text in texts.values():
        assert "1 component not run here" in text
    reach = json.loads(texts["judged.dev.json"])["reach"]
    assert reach["not_run"] == {"synced-folder:index:GoogleCloudFolder": 1}


def test_a_stack_of_such_components_alone_is_not_in_order(apex: Apex, tmp_path: Path) -> None:
    settings = {"policy-pack.yaml": "offline: {components: note}\n"}
    program = judged(tmp_path, SITE.partition("    Raw(")[0], files=settings)
    apex.preview(program).expect(0, "dev was not evaluated: no rule is about any of its resources")
