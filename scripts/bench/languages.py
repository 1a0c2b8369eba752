"""What we add to a program's own time, for a program in each language."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scripts.bench.bare import bare_run
from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.processes import timed
from tests.policies.judged import GCP, write
from tests.policies.sources.offline.launchers.nodejs.packages import installed

SHARE: Final = 0.1
SECONDS: Final = 0.3
"""Of the program's own time, and in any case; whichever is more."""

_TYPESCRIPT: Final = """
import * as gcp from "@pulumi/gcp";

const network = new gcp.compute.Network("network", { autoCreateSubnetworks: false });
for (let number = 0; number < 50; number++) {
    new gcp.storage.Bucket(`bucket-${number}`, { location: "us-central1" });
    new gcp.compute.Firewall(`firewall-${number}`, {
        network: network.id,
        allows: [{ protocol: "tcp", ports: ["443"] }],
        sourceRanges: ["10.0.0.0/8"],
    });
}
"""


def _typescript(folder: Path) -> Path:
    write(
        folder,
        {
            "Pulumi.yaml": "name: bench\nruntime: nodejs\n",
            "Pulumi.production.yaml": GCP,
            "index.ts": _TYPESCRIPT,
        },
    )
    (folder / "node_modules").symlink_to(installed())
    return folder


PROGRAMS: Final[Mapping[str, tuple[Callable[[Path], Path], str]]] = {
    "Python": (lambda _: ROOT, "production"),
    "TypeScript": (_typescript, "production"),
    "Go": (lambda _: ROOT / "tests" / "programs" / "shop" / "go", "dev"),
}
"""By language: the program's folder, made in another one where it has to be; and its stack."""


def share(language: str) -> Measurement:
    """An offline preview, less what we may add to it, against the program's own time."""
    make, stack = PROGRAMS[language]
    with tempfile.TemporaryDirectory() as folder:
        program = make(Path(folder))
        apex = [str(ROOT / ".venv/bin/apex"), "preview", "--soft-fail"]
        apex += ["--program", str(program), "--stack", stack]
        # What is built and compiled once is not counted.
        timed(apex)
        bare_run(program, stack)
        pairs = [(timed(apex), bare_run(program, stack)) for _ in range(RUNS)]
    return Measurement(
        f"apex preview in {language}, less what may be ours / the program's own",
        statistics.median((whole - max(SECONDS, SHARE * own)) / own for whole, own in pairs),
        1,
        "x",
        f"{statistics.median(whole for whole, _ in pairs):.2f} s against "
        f"{statistics.median(own for _, own in pairs):.2f} s",
    )
