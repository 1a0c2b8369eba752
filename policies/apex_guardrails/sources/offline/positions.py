"""Where a program registers a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from apex_guardrails.model import STACK_TYPE, SourcePosition
from apex_guardrails.sources.offline.project import OTHERS_FOLDERS, Project
from apex_guardrails.sources.offline.yaml_program import resource_positions

if TYPE_CHECKING:
    from pulumi.runtime.proto import resource_pb2


@dataclass(frozen=True)
class Positions:
    """Of one program.

    Attributes:
        root: the project's folder.
        declared: by a resource's name, where it stands in a program that is no code; `None` for
            one that is.
        seen: the program's own lines that asked for a resource, directly or not.
    """

    root: Path
    declared: Mapping[str, SourcePosition] | None = None
    seen: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of_project(cls, project: Project) -> Positions:
        """Of a project's program."""
        if project.content.runtime.name != "yaml":
            return cls(project.root)
        return cls(project.root, resource_positions(project.program_folder))

    def of(self, request: resource_pb2.RegisterResourceRequest) -> SourcePosition | None:
        """The innermost frame that is the program's own, though the call may sit in a library."""
        if request.type == STACK_TYPE:  # which no line of the program registers
            return None
        if self.declared is not None:
            return self.declared.get(request.name)
        return self._own(request) or _position(request.sourcePosition)

    def is_own(self, request: resource_pb2.RegisterResourceRequest) -> bool:
        """Whether a line of the program asks for it."""
        return self._own(request) is not None

    def _own(self, request: resource_pb2.RegisterResourceRequest) -> SourcePosition | None:
        frames = [_position(frame.pc) for frame in request.stackTrace.frames]
        own = [position for position in frames if position and self._is_own(position.file)]
        self.seen.update((position.file, position.line) for position in own)
        return own[0] if own else None

    def _is_own(self, file: str) -> bool:
        path = Path(file)
        if not path.is_relative_to(self.root):
            return False
        return not OTHERS_FOLDERS.intersection(path.relative_to(self.root).parts)


def taken(urn: str, about: str, first: SourcePosition | None, second: SourcePosition | None) -> str:
    """What is said of two resources of one name.

    They arrive in no fixed order: the one further down is taken for the second.
    """
    places = sorted(filter(None, (first, second)), key=lambda place: (place.file, place.line))
    return (
        (f"{places[-1]}: " if places else "")
        + f"the name of {about} is taken"
        + (f" by the resource at {places[0]}" if len(places) > 1 else "")
        + f", so that both would have the URN {urn}: give each its own name"
    )


def _position(position: object) -> SourcePosition | None:
    uri, line = getattr(position, "uri", ""), getattr(position, "line", 0)
    return SourcePosition(unquote(urlsplit(uri).path), line) if uri and line else None
