"""A program's own files hide no module: neither the judge's nor the ones that Pulumi needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.judged import judged, started

# A process for each: what it runs is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

NAMES = ("secrets", "pydantic", "policies", "grpc", "yaml", "rich", "pulumi", "typing", "json")
DECOYS = {f"{name}.py": "raise SystemExit('the wrong module')\n" for name in NAMES}
PROGRAM = """
    import pulumi, pulumi_gcp, secrets, pydantic, grpc, yaml
    for module in (pulumi, pulumi_gcp, secrets, pydantic, grpc, yaml):
        assert "site-packages" in module.__file__ or "python3" in module.__file__, module
    pulumi.export("done", True)
"""


@pytest.mark.parametrize("started_in", ["its folder", "another folder"])
def test_the_judge_imports_its_own_modules(tmp_path: Path, started_in: str) -> None:
    # The program is a file in a folder: that folder is not on its path, as under the Pulumi CLI.
    program = judged(
        tmp_path / "program",
        project="main: app/__main__.py\n",
        files={
            "app/__main__.py": PROGRAM,
            **DECOYS,
            **{f"app/{name}": text for name, text in DECOYS.items()},
        },
    )
    outcome = (
        started(program, "preview")
        if started_in == "its folder"
        else started(tmp_path, "preview", "--program", str(program))
    )
    outcome.expect(0, "dev has nothing to judge")


def test_a_program_given_as_a_folder_has_its_folder_on_the_path(tmp_path: Path) -> None:
    # Under the Pulumi CLI too the program's modules come first then: here they do what they must.
    program = judged(
        tmp_path,
        "import pulumi\nimport policies, helper\nassert policies.MINE and helper.MINE\n",
        files={
            "policies.py": "MINE = True\n",
            "helper.py": "MINE = True\n",
            "typer.py": "raise SystemExit('the wrong module')\n",
            "rich.py": "raise SystemExit('the wrong module')\n",
        },
    )
    started(program, "preview").expect(0, "dev has nothing to judge")


def test_main_may_be_a_folder_of_its_own(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        project="main: app\n",
        files={
            "app/__main__.py": """
                import os, sys, helper
                assert os.getcwd().endswith("/app"), os.getcwd()
                assert sys.argv[1:] == [] and sys.stdin.read() == ""
                assert __name__ == "__main__"
                print("prints", helper.NAME)
            """,
            "app/helper.py": "NAME = 'its helper'\n",
        },
    )
    started(program, "preview").expect(0, "  prints its helper")
