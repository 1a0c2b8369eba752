"""How a program is started, and what older SDKs and rarer calls get for an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from tests.policies.judged import GCP, Apex, judged


def test_a_python_that_cannot_be_started_is_named(apex: Apex, tmp_path: Path) -> None:
    broken = tmp_path / "venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("no program\n")
    program = judged(
        tmp_path / "program",
        files={
            "Pulumi.yaml": "name: j\nruntime:\n  name: python\n"
            f"  options: {{virtualenv: {tmp_path}/venv}}\n"
        },
    )
    apex.preview(program).expect_only(2, f"{broken}: cannot be started: Permission denied")


def test_a_preview_is_started_before_it_is_finished(tmp_path: Path) -> None:
    project = load_project(judged(tmp_path, stack=GCP))
    preview = OfflinePreview(project, "dev", load_config(project, "dev"))
    with pytest.raises(RuntimeError, match="after start"):
        preview.finish(1)
    preview.stop()


def test_rarer_calls_are_answered_as_the_engine_answers_them(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        from pulumi.runtime.proto import engine_pb2, resource_pb2
        from pulumi.runtime.settings import get_engine, get_monitor

        monitor, engine = get_monitor(), get_engine()

        def supports(feature):
            request = resource_pb2.SupportsFeatureRequest(id=feature)
            return monitor.SupportsFeature(request).hasSupport

        assert supports("secrets") and supports("transforms") and not supports("nonsense")
        pulumi.require_pulumi_version(">=3.100.0")

        def package(version):
            request = resource_pb2.RegisterPackageRequest(name="gcp", version=version)
            return monitor.RegisterPackage(request).ref

        assert package("1.0.0") == package("1.0.0") != package("2.0.0")

        def look(urn):
            root = engine.GetRootResource(engine_pb2.GetRootResourceRequest()).urn
            assert root == urn == "urn:pulumi:dev::judged::pulumi:pulumi:Stack::judged-dev", urn
            print("all", "is", "well")

        pulumi.runtime.get_root_resource().urn.apply(look)
        pulumi.ErrorHook("hook", lambda args: False)
        for number in range(250):
            pulumi.log.info(f"message {number}")
        pulumi.log.debug("not shown")
        """,
    )
    outcome = apex.preview(program).expect(0, "all is well", "message 199", "and 50 more lines")
    assert "message 200" not in outcome.out
    assert "not shown" not in outcome.out


def test_an_error_that_the_program_logs_fails_it(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        for number in range(300):
            pulumi.log.error(f"error {number}")
        """,
    )
    outcome = apex.preview(program).expect(3, "the program failed\n  error 0\n  error 1\n")
    assert "error 299" not in outcome.out
