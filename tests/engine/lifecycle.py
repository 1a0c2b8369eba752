"""What a stack goes through, whether the tests' own provider is behind it or Google Cloud."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

from tests.engine import walk
from tests.engine.harness import PACK, Run, Stack, run_infrastructure

_PROBE = Path(__file__).with_name("probe.sh")


def run_infrastructure_and_probe() -> None:
    """The program in infra/, and a job that fails the deployment if a database is out of reach."""
    system = run_infrastructure()
    from infra.compute import CloudRunJob, CloudRunJobArgs

    CloudRunJob(
        "probe",
        CloudRunJobArgs(
            ctx=system["ctx"],
            network=system["network"],
            description="Reaches for every database.",
            image=system["images"].image(system["config"].databases.qdrant.snapshot_image),
            command=["/bin/sh", "-c"],
            arguments=[_PROBE.read_text(encoding="utf-8")],
            databases=system["databases"].connections,
            run="with-the-deployment",
        ),
    )


def comes_up(stack: Stack) -> Run:
    """Builds the stack with the pack looking on; returns what came of it."""
    first = stack.up(packs=[PACK])
    assert first.succeeded, first.output
    assert set(first.changes) == {"create"}
    assert first.blocking == []
    return first


def settles(stack: Stack) -> Run:
    """Deploys again what is there: nothing is to be done; returns what came of it."""
    again = stack.up(packs=[PACK])
    assert again.succeeded, again.output
    assert set(again.changes) == {"same"}, again.done
    assert again.blocking == []
    return again


def has_not_drifted(stack: Stack) -> None:
    """What was deployed is what is read: the nightly check finds nothing."""
    drift = stack.preview_drift()
    assert drift.succeeded, (drift.done, drift.output)


def changes(stack: Stack, **config: str) -> dict[str, set[str]]:
    """Sets config keys and deploys; returns what was done to which resources."""
    stack.configure(**config)
    run = stack.up(packs=[PACK])
    assert run.succeeded, run.output
    assert run.blocking == []
    return run.done


def refused(stack: Stack, back: Mapping[str, str], **config: str) -> set[str]:
    """Previews other values of config keys; returns for the sake of which resources it is refused.

    Args:
        stack: The stack.
        back: What the keys are set to afterwards.
        config: The values.
    """
    stack.configure(**config)
    preview = stack.preview()
    stack.configure(**{key: back[key] for key in config})
    assert not preview.succeeded
    return protected(preview)


def protected(run: Run) -> set[str]:
    """Returns the resources (`type::name`) that Pulumi said are protected."""
    why = "as it is currently marked for protection|cannot be deleted\\s+because it is protected"
    # Which of them the engine says depends on what it comes to first.
    along = r'(?:as part of replacing "\S+"\s+)?'
    found = re.findall(rf'resource "\S*[:$](gcp:\S+)"\s+{along}(?:{why})', run.output)
    return set(found)


def is_walked(stack: Stack, name: str) -> None:
    """Takes every config key there and back; what is guarded, when it is so no more."""
    original, open_ = walk.original(name) | walk.GROWS, {"unprotected": walk.GUARDED_PARTS}
    for config in (
        original | walk.IN_PLACE | walk.harmless(name) | open_,
        original | walk.GUARDED | walk.APART | open_,
        original,
    ):
        stack.configure(**config)
        run = stack.up()
        assert run.succeeded, run.output


def is_taken_down(stack: Stack, *, attempts: int = 1, pause: float = 0) -> None:
    """Destroys everything, protected or not.

    Args:
        stack: The stack.
        attempts: How often it is tried: Cloud Run gives back a subnet's addresses hours later.
        pause: Seconds between two attempts.
    """
    stack.configure(deletion_protection="false")
    unprotected = stack.up()
    assert unprotected.succeeded, unprotected.output
    gone = stack.destroy()
    while not gone.succeeded and (attempts := attempts - 1):
        time.sleep(pause)
        gone = stack.destroy()
    assert gone.succeeded, gone.output
    assert set(gone.changes) == {"delete"}
    assert '"resources"' not in stack.state()
