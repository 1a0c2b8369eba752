"""One stack, through Pulumi's Automation API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi.automation as auto

from operations.errors import Exit, OperationError

_PAGE = 20  # updates that are read of the history at a time


@dataclass(frozen=True)
class Update:
    """A deployment of the past.

    Attributes:
        config: Config keys without the project's name; secrets are left out.
        ended: When it ended.
    """

    config: Mapping[str, str]
    ended: datetime
    succeeded: bool


class OperatedStack:
    """A stack that an operator changes: config first, then a preview with the pack, then `up`."""

    def __init__(
        self, stack: auto.Stack, packs: Sequence[Path], say: Callable[[str], None]
    ) -> None:
        """Takes a stack.

        Args:
            stack: The stack, which exists.
            packs: The policy packs that look at each preview.
            say: Takes what the engine prints, piece by piece.
        """
        self._stack = stack
        self._packs = [str(pack) for pack in packs]
        self._say = say
        settings = stack.workspace.project_settings()
        self._project = settings.name
        declared: Any = settings.config  # the SDK has it as a text
        self._declared: Mapping[str, Any] = declared or {}

    @property
    def name(self) -> str:
        """The stack's name."""
        return self._stack.name

    def config(self, key: str) -> str:
        """A config key of the stack's file, or its default.

        Raises:
            OperationError: neither is there.
        """
        found = self._stack.workspace.stack_settings(self.name).config or {}
        full = f"{self._project}:{key}"
        if full in found:
            return str(found[full])
        if key not in self._declared:
            raise OperationError(f"{key}: Pulumi.yaml declares no such config key")
        return self._default(key)

    def resources(self) -> list[Mapping[str, Any]]:
        """What the state has, secrets encrypted; nothing before the first deployment."""
        with self._engine():
            deployment = self._stack.export_stack().deployment or {}
        resources: list[Mapping[str, Any]] = deployment.get("resources", [])
        return resources

    def history(self) -> Iterator[Update]:
        """The deployments of the past, the last one first."""
        page = 1
        while summaries := self._page(page):
            for summary in summaries:
                if summary.kind == "update" and summary.end_time is not None:
                    config = {
                        key.partition(":")[2]: value.value
                        for key, value in summary.config.items()
                        if not value.secret and key.startswith(f"{self._project}:")
                    }
                    yield Update(
                        {key: config.get(key, self._default(key)) for key in self._declared}
                        | config,
                        summary.end_time.replace(tzinfo=UTC),  # as the SDK reads it
                        summary.result == "succeeded",
                    )
            page += 1

    def deploy(self, values: Mapping[str, str]) -> None:
        """Sets config keys, previews with the pack, and deploys.

        Where the preview is refused, the stack's file is what it was.

        Raises:
            OperationError: the preview or the deployment failed, or another one is under way.
        """
        file = Path(self._stack.workspace.work_dir, f"Pulumi.{self.name}.yaml")
        before = file.read_bytes()
        self.configure(values)
        try:
            with self._engine(f"the preview of stack {self.name} is refused", Exit.REFUSED):
                self._stack.preview(
                    policy_packs=self._packs or None, on_output=self._say, color="never"
                )
        except OperationError:
            _write(file, before)
            raise
        with self._engine(f"the deployment of stack {self.name} failed", Exit.FAILED):
            self._stack.up(policy_packs=self._packs or None, on_output=self._say, color="never")

    def configure(self, values: Mapping[str, str]) -> None:
        """Sets config keys in the stack's file."""
        if values:
            config = {key: auto.ConfigValue(value) for key, value in values.items()}
            with self._engine():
                self._stack.set_all_config(config)

    def refresh(self, urn: str) -> None:
        """Reads one resource as it is in the cloud into the state."""
        with self._engine():
            self._stack.refresh(target=[urn], on_output=self._say, color="never")

    def _page(self, page: int) -> list[auto.UpdateSummary]:
        with self._engine():
            return self._stack.history(page_size=_PAGE, page=page, show_secrets=False)

    def _default(self, key: str) -> str:
        declared = self._declared[key]
        default = declared.get("default") if isinstance(declared, Mapping) else declared
        return "" if default is None else str(default)

    @contextmanager
    def _engine(
        self, failure: str = "Pulumi failed", code: Exit = Exit.NOT_JUDGED
    ) -> Iterator[None]:
        try:
            yield
        except auto.ConcurrentUpdateError:
            raise OperationError(
                f"another update of stack {self.name} is under way. If it was killed, and no other "
                f"runs: pulumi cancel --stack {self.name}",
                Exit.NOT_YET,
            ) from None
        except auto.CommandError as error:
            raise OperationError(f"{failure}: {_reason(error)}", code) from None


def _reason(error: auto.CommandError) -> str:
    """The lines in which the CLI says what is wrong; all that it printed has been shown."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line.startswith("error:")]
    return " ".join(told[:2]) or "see above"


def _write(file: Path, content: bytes) -> None:
    aside = file.with_name(f".{file.name}.before")
    aside.write_bytes(content)
    aside.replace(file)
