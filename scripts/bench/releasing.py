"""What a step of a release takes besides the engine."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from operations.release.gates import Limits, Measured
from operations.release.run import Gates, Patience, ReleaseRun
from operations.smoke import SmokeResult
from operations.stack import OperatedStack
from scripts.bench.measurement import RUNS, Measurement
from scripts.bench.processes import built, timed
from tests.engine.harness import Engine
from tests.engine.provider.server import Provider, serve
from tests.engine.small import B, small_stack


def step_time() -> Measurement:
    """Seconds of a step, the start of its command included, less those of the engine.

    Raises:
        RuntimeError: there is no Pulumi CLI, and none can be built.
    """
    os.environ["PATH"] = f"{built('pulumi-cli')}{os.pathsep}{os.environ['PATH']}"
    server, port = serve(Provider())
    with TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_DEBUG_PROVIDERS": f"gcp:{port}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        home = Path(folder, "stacks")
        home.mkdir()
        stack: Any = small_stack(Engine(home, environment), Path(folder))._stack  # noqa: SLF001
        engine: list[float] = []
        for command in ("preview", "up"):
            setattr(stack, command, _timed(getattr(stack, command), engine))
        seconds = [_step(stack, engine) for _ in range(RUNS)]
    server.stop(grace=None)
    return Measurement(
        "a step of a release, less the engine",
        statistics.median(seconds),
        1,
        "s",
        f"{min(seconds):.2f} s to {max(seconds):.2f} s",
    )


def _step(stack: Any, engine: list[float]) -> float:
    run = ReleaseRun(
        OperatedStack(stack, (), lambda _: None),
        Gates(
            lambda _: SmokeResult(passed=True, reason="passed"),
            lambda *_: Measured(requests=1000, errors=0, latency_p95_ms=100),
            Limits(),
        ),
        Patience(),
        lambda _: None,
        lambda: datetime.now(UTC),
    )
    start = timed([sys.executable, "-c", "import operations.release.__main__"])
    engine.clear()
    began = perf_counter()
    run.promote(B)
    own = perf_counter() - began - sum(engine)
    # As if it had ended there: the next step begins a release again.
    run.rollback(*run.back())
    return start + own


def _timed(command: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    def timed_command(*arguments: Any, **options: Any) -> Any:
        began = perf_counter()
        try:
            return command(*arguments, **options)
        finally:
            seconds.append(perf_counter() - began)

    return timed_command
