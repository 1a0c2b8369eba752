"""Checkov as a program: where it is, how it is run, and what it answers.

It lives in an environment of its own, as it pins libraries that Pulumi cannot live with. It is run
without the network, without any credential and without settings of its own lying about.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apex_guardrails.support.child_processes import start
from apex_guardrails.support.errors import UsageError

VARIABLE: Final = "APEX_CHECKOV"
"""Names another Checkov than the one that `make setup-checkov` installs."""

INSTALLED: Final = Path(__file__).parents[3] / ".venv-checkov" / "bin" / "checkov"

_ALLOWED: Final = ("LANG", "LANGUAGE", "PATH", "SYSTEMROOT", "TZ")
_LAST_LINES: Final = 3
_CODE: Final = "https://github.com/bridgecrewio/checkov/blob/main"


class CheckovError(UsageError):
    """Checkov did not do its work: nothing was decided by it."""


class CheckovMissingError(CheckovError):
    """There is no Checkov."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one of Checkov's checks said of one resource.

    Attributes:
        id: such as `CKV_GCP_6`.
        plan: the file name of the plan.
        address: the resource's address in it.
        keys: the fields at fault, as Checkov writes them: `settings/[0]/ip_configuration`.
        guideline: where the check is explained.
    """

    id: str
    title: str
    plan: str
    address: str
    passes: bool
    keys: tuple[str, ...]
    guideline: str
    severity: str | None


@dataclass(frozen=True)
class Answer:
    """All that Checkov said.

    Attributes:
        checks: those that failed, and where asked for those that passed.
        resources: how many resources it saw.
        version: Checkov's own.
    """

    checks: Sequence[Check]
    resources: int
    version: str


def find_checkov(outer: Mapping[str, str]) -> Path:
    """The program: what $APEX_CHECKOV names, else the one of this project, else that on PATH.

    Raises:
        CheckovMissingError: there is none.
    """
    named = outer.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise CheckovMissingError(f"{VARIABLE}={named}: is not a program that can be run")
        return Path(path).absolute()
    if os.access(INSTALLED, os.X_OK):
        return INSTALLED
    found = shutil.which("checkov", path=outer.get("PATH"))
    if found is None:
        raise CheckovMissingError(
            "Checkov is not installed: `make setup-checkov` installs it into .venv-checkov; "
            f"or put it on PATH, or name it with {VARIABLE}"
        )
    return Path(found).absolute()


def run_checkov(
    program: Path,
    plans: Mapping[str, str],
    *,
    skip: Iterable[str] = (),
    timeout: float,
    with_passed: bool = False,
) -> Answer:
    """Runs Checkov once over some plans.

    One plan at a time is the safe way: CKV_GCP_73 looks for a policy's rules by its name in all of
    them.

    Args:
        program: Checkov.
        plans: the texts of the plans, by file name.
        skip: ids of checks, or patterns, that are not run.
        timeout: seconds that it may take.
        with_passed: whether to hear of checks that pass, too.

    Raises:
        CheckovError: it does not start, takes too long, fails, or its answer is not to be read.
    """
    # Checkov takes settings from its working directory and from the home folder: here are none.
    with tempfile.TemporaryDirectory(prefix="apex-checkov-") as folder:
        for name, text in plans.items():
            (Path(folder) / name).write_text(text, "utf-8")
        command = [str(program), "-f", *plans, "--framework", "terraform_plan", "-o", "json"]
        command += ["--compact", "--skip-download", "--soft-fail"]
        command += [] if with_passed else ["--quiet"]
        skipped = ",".join(skip)
        command += ["--skip-check", skipped] if skipped else []
        output = _output(command, Path(folder), timeout)
    return _answer(output)


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if key in _ALLOWED or key.startswith("LC_")
    }
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        # A value that is not known yet is there; without this, Checkov would take it for missing.
        "EVAL_TF_PLAN_AFTER_UNKNOWN": "true",
        "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
        "LOG_LEVEL": "ERROR",
    }


def _output(command: Sequence[str], folder: Path, timeout: float) -> str:
    try:
        process = start(command, folder, _environment(folder), stdin=subprocess.DEVNULL)
    except OSError as error:
        raise _broken(f"{command[0]} cannot be started: {error.strerror}") from None
    with process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise CheckovError(
                f"Checkov did not end within {timeout:g} seconds; "
                "checkov.timeout in policy-pack.yaml gives it more"
            ) from None
        finally:
            # Also what it started itself; and when we are interrupted.
            process.signal_group(signal.SIGKILL)
    if process.returncode != 0:
        said = "\n".join(f"  {line}" for line in err.strip().splitlines()[-_LAST_LINES:])
        raise _broken(f"Checkov failed with exit code {process.returncode}\n{said}".rstrip())
    return out


def _broken(what: str) -> CheckovError:
    return CheckovError(f"{what}\n`make setup-checkov` installs the Checkov that is known to work")


def _answer(output: str) -> Answer:
    """What Checkov's JSON says.

    Raises:
        CheckovError: it is not what Checkov 3 writes, or Checkov could not read a plan.
    """
    try:
        content = json.loads(output)
        content = content[0] if isinstance(content, list) and len(content) == 1 else content
        if "summary" not in content and content["passed"] == content["failed"] == 0:
            raise CheckovError("Checkov ran no checks: checkov.skip leaves out every one")
        summary, results = content["summary"], content["results"]
        if summary["parsing_errors"]:
            raise _broken("Checkov could not read the plan")
        return Answer(
            list(_checks(results)), int(summary["resource_count"]), str(summary["checkov_version"])
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _broken("the answer does not have the form that Checkov 3 writes") from None


def _checks(results: Mapping[str, Any]) -> Iterator[Check]:
    for group, passes in (("failed_checks", False), ("passed_checks", True)):
        for record in results.get(group, []):
            yield Check(
                id=str(record["check_id"]),
                title=str(record["check_name"]),
                plan=Path(record["file_path"]).name,
                address=str(record["resource"]),
                passes=passes,
                keys=tuple(map(str, record["check_result"].get("evaluated_keys") or ())),
                guideline=record.get("guideline") or _source(str(record["check_class"])),
                severity=record.get("severity"),
            )


def _source(check_class: str) -> str:
    """The check's own code: its guideline is known to Checkov's server alone."""
    if not check_class.startswith("checkov.terraform."):
        return f"{_CODE}/checkov/terraform/checks/graph_checks/gcp"
    return f"{_CODE}/{check_class.replace('.', '/')}.py"
