"""What the tests of programs in TypeScript and JavaScript share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.policies.judged import GCP, apex, write
from tests.policies.sources.offline.launchers.nodejs.packages import installed

__all__ = ["apex"]

Program = Callable[..., Path]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return installed()


@pytest.fixture
def program(tmp_path: Path, node_modules: Path) -> Program:
    """Makes a program in a folder of its own, with the stack dev, that has the packages."""

    def make(
        files: Mapping[str, str],
        *,
        project: str = "name: judged\nruntime: nodejs\n",
        stack: str = GCP,
        folder: str = "program",
    ) -> Path:
        made = write(tmp_path / folder, {"Pulumi.yaml": project, "Pulumi.dev.yaml": stack, **files})
        (made / "node_modules").symlink_to(node_modules)
        return made

    return make
