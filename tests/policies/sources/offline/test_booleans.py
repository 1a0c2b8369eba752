"""Booleans in answers that are assumed: the program asks for one, or hands it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.sources.offline.functions import RecordedAnswer
from tests.policies.judged import Apex, judged
from tests.policies.sources.offline.test_resources import by_name, run

START = """
import asyncio
import pulumi
import pulumi_gcp as gcp

bucket = gcp.storage.get_bucket(name="logs")
output = gcp.storage.get_bucket_output(name="logs")

class Own(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("own:index:Own", name)

"""
DECIDING = [
    "if bucket.requester_pays: Own('a')",
    "'eu' if bucket.requester_pays else 'us'",
    "not bucket.requester_pays",
    "bucket.requester_pays == True",
    "bucket.requester_pays != False",
    "any(item.enabled for item in bucket.versionings)",
    "output.apply(lambda it: it.requester_pays and Own('b'))",
    "output.requester_pays.apply(lambda it: Own('c') if it else None)",
    "output.versionings[0].enabled.apply(bool)",
]
OTHERS = [
    "bucket.name == 'logs' or Own('d')",
    "print(f'{bucket.requester_pays}', str(bucket.requester_pays), [bucket.requester_pays])",
    "{bucket.requester_pays: 1}",
    "bool(gcp.compute.get_zones().names)",
    "pulumi.export('pays', bucket.requester_pays)",
]


def test_where_the_program_decides_by_one_is_told_and_nothing_else(tmp_path: Path) -> None:
    program = judged(tmp_path, START + "\n".join([*OTHERS, *DECIDING]))

    result = run(program)

    assert result.failure is None, result.failure
    lines = (program / "__main__.py").read_text("utf-8").splitlines()
    at = {lines[it.position.line - 1] for it in result.stack.guessed if it.position}
    # The last is decided by a function of Python's own.
    assert at == set(DECIDING[:-1])
    assert {it.path for it in result.stack.guessed} == {"requesterPays", "versionings[*].enabled"}
    assert "False False [False]" in result.output


def test_one_that_is_handed_on_is_unknown_to_the_rules(tmp_path: Path) -> None:
    text = """
        gcp.storage.Bucket("plain", location="EU", force_destroy=bucket.requester_pays)
        gcp.storage.Bucket("deep", location="EU",
                           versioning={"enabled": bucket.versionings[0].enabled})
        gcp.storage.Bucket("output", location="EU", force_destroy=output.requester_pays)
        gcp.storage.Bucket("made", location="EU", force_destroy=output.apply(
            lambda it: it.requester_pays))
        """
    program = judged(tmp_path, START.replace("\n", f"\n{' ' * 8}") + text)

    found = by_name(run(program))

    for name in ("plain", "output", "made"):
        assert found[name].value["forceDestroy"] is UNKNOWN, name
    assert found["deep"].value["versioning"] == {"enabled": UNKNOWN}
    assert not run(program).stack.guessed


def test_what_is_asked_for_or_recorded_is_known(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp

        image = gcp.compute.get_image(family="debian-12", most_recent=False)
        if image.most_recent:
            raise ValueError("never")
        bucket = gcp.storage.get_bucket(name="logs")
        if not bucket.requester_pays:
            raise ValueError("never")
        """,
    )
    token = "gcp:storage/getBucket:getBucket"

    result = run(program, RecordedAnswer(token, None, {"requesterPays": True}))

    assert result.failure is None, result.failure
    assert not result.stack.guessed


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        (
            "",
            1,
            "__main__.py:5: pulumi:pulumi:Stack judged-dev: the program asks for requesterPays",
        ),
        (
            "rules: {stack-conditions-known: advisory}",
            0,
            "which is not known here and is taken for",
        ),
    ],
)
def test_it_stops_the_deployment_unless_settings_say_otherwise(
    tmp_path: Path, apex: Apex, setting: str, code: int, said: str
) -> None:
    text = """
        import pulumi_gcp as gcp

        bucket = gcp.storage.get_bucket(name="logs")
        if bucket.requester_pays or bucket.default_event_based_hold:
            gcp.compute.Network("vpc", auto_create_subnetworks=False)
        """
    program = judged(tmp_path, text, files={"policy-pack.yaml": setting})

    apex.preview(program).expect(code, said, "rule: stack-conditions-known")
