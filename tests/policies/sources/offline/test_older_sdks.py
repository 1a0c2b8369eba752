"""Programs run by the Pulumi SDK that they have, be it years old: real installations of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policies.judged import RAW, VIRTUALENV, Apex, judged, project_file, write

OLD = {(3, 11): ("3.60.0", "3.78.0", "3.125.0"), (3, 12): ("3.125.0",), (3, 13): ("3.150.0",)}
"""By the Python: versions whose gRPC has wheels for it; none of them is as the newest one is."""


LIBRARY = """
        # As the members of every resource's class in a provider's SDK.
        @property
        def self_link(self):
            return pulumi.get(self, "self_link")

    def made(*args):
        return Raw(*args)
"""


def installed(folder: Path, *packages: str) -> Path:
    """An environment with these packages; the test is not run where no registry is reached."""
    uv = str(VIRTUALENV / "bin" / "uv")
    made = subprocess.run([uv, "venv", "--python", sys.executable, folder], check=False)
    # An SDK of those years imports pkg_resources, which newer versions of setuptools lack.
    brought = subprocess.run(
        [uv, "pip", "install", "--quiet", "--only-binary", "grpcio", "setuptools<80", *packages],
        env={**os.environ, "VIRTUAL_ENV": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode or brought.returncode:
        reason = f"older SDK not tested: {brought.stderr.strip()[-300:]}"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return folder


# Installing may need the network, and counts in nobody's coverage.
@pytest.mark.no_cover
@pytest.mark.parametrize("version", OLD.get(sys.version_info[:2], ()))
def test_a_program_runs_by_the_sdk_that_it_has(apex: Apex, tmp_path: Path, version: str) -> None:
    venv = installed(tmp_path / "venv", f"pulumi=={version}")
    site = next((venv / "lib").glob("python*/site-packages"))
    # A provider's SDK calls the constructor, so the innermost call is not the program's.
    write(site, {"library.py": RAW + LIBRARY})
    program = judged(
        tmp_path / "program",
        """
        import library
        import pulumi

        word = pulumi.Config().require_secret("word")
        network = library.made("vpc", "gcp:compute/network:Network", {"description": word})
        library.made("exposed", "gcp:storage/bucket:Bucket", {
            "location": "EU", "name": pulumi.Output.concat("files-", network.id),
        })
        answer = pulumi.runtime.invoke("gcp:organizations/getProject:getProject", {}).value
        print("the project:", answer["projectId"])
        pulumi.export("text", pulumi.Output.format("{} of {}", network.id, word))
        pulumi.StackReference("acme/other/dev")
        pulumi.export("link", network.self_link)
        pulumi.export("id", network.id.apply(lambda id: 1 / 0))
        """,
        stack="config:\n  gcp:project: p\n  judged:word: {secure: v1:a:b}\n",
        files={"Pulumi.yaml": project_file(virtualenv=venv)},
    )
    has_lines = version != "3.60.0"
    apex.preview(program).expect(
        1,
        "Secret config values are used only in inputs made for credentials",
        *(["__main__.py:6\n"] if has_lines else []),
        "exposes the secret config value judged:word (description)",
        "the project: p",
    )


def test_an_sdk_that_cannot_be_told_is_refused(apex: Apex, tmp_path: Path) -> None:
    empty = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    site = next((empty / "lib").glob("python*/site-packages"))
    write(
        site,
        {
            "pulumi/__init__.py": "",
            "pulumi/runtime/__init__.py": "def set_all_config(config): ...\n",
            "pulumi/runtime/resource.py": "",
        },
    )
    program = judged(tmp_path / "program", files={"Pulumi.yaml": project_file(virtualenv=empty)})
    apex.preview(program).expect(3, "the program's Pulumi SDK is too old", "3.6 is needed")
