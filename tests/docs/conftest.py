"""Folders in which a page's commands are run."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.shell import state
from tests.policies.cost.catalog.exports import page, sku
from tests.policies.fleet.results import two_nights
from tests.policies.judged import GCP, RAW, apex, project_file, write

__all__ = ["apex"]

STACKS = ("dev", "staging", "production")
SHOP = (
    RAW
    + """
    Raw("orders", "gcp:sql/databaseInstance:DatabaseInstance", {
        "databaseVersion": "POSTGRES_17",
        "settings": {
            "tier": "db-custom-1-3840",
            "edition": "ENTERPRISE",
            "ipConfiguration": {"ipv4Enabled": True},
        },
    })
"""
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A program of somebody else's, with what the pages' commands read."""
    folder = write(
        tmp_path / "shop",
        {
            "Pulumi.yaml": project_file().replace("name: judged", "name: shop"),
            "__main__.py": SHOP,
            **{f"Pulumi.{stack}.yaml": GCP for stack in STACKS},
            **{f"{stack}.json": state(stack) for stack in STACKS},
            "export.json": json.dumps(page(sku())),
        },
    )
    (folder / "prices").mkdir()
    (folder / "shop_rules").mkdir()
    two_nights(folder / "results")
    return folder


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, as far as its programs go, with another program beside it."""
    beside = tmp_path_factory.mktemp("beside")
    folder = beside / "apex-guardrails"
    for name in ("infra", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.yaml"), ROOT / "Makefile"):
        shutil.copy(file, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    write(
        beside / "other",
        {"Pulumi.yaml": project_file(), "Pulumi.dev.yaml": "config: {}\n", "__main__.py": ""},
    )
    return folder
