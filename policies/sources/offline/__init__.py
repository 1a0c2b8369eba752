"""Runs a Pulumi program without the engine, and hears what it would deploy."""

from policies.sources.offline.functions import RecordedAnswer
from policies.sources.offline.preview import OfflinePreview, ProgramRun
from policies.sources.offline.project import (
    Project,
    StackConfig,
    load_config,
    load_project,
)

__all__ = [
    "OfflinePreview",
    "ProgramRun",
    "Project",
    "RecordedAnswer",
    "StackConfig",
    "load_config",
    "load_project",
]
