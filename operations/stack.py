"""One stack, through Pulumi's Automation API."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pulumi.automation as auto
from pulumi.automation.events import EngineEvent, OpType
from pydantic import SecretStr

from operations.errors import Exit, OperationError

_MANDATORY = "mandatory"
_PAGE = 20  # updates that are read of the history at a time


@dataclass(frozen=True)
class Scope:
    """What a deployment is about.

    Attributes:
        urns: The resources; everything where there are none.
        inputs: Their top-level inputs that may change; all where there are none.
        message: What the stack's history says of it.
    """

    urns: Sequence[str] = ()
    inputs: frozenset[str] = frozenset()
    message: str | None = None


@dataclass(frozen=True)
class Update:
    """A deployment of the past.

    Attributes:
        config: Config keys without the project's name; secrets are left out.
        ended: When it ended.
        message: What whoever deployed it said.
        secrets: Secret config keys without the project's name, if they were asked for.
    """

    config: Mapping[str, str]
    ended: datetime
    succeeded: bool
    message: str = ""
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)


class OperatedStack:
    """A stack that an operator changes: config first, then a preview with the pack, then `up`."""

    def __init__(
        self, stack: auto.Stack, packs: Sequence[Path], say: Callable[[str], None]
    ) -> None:
        """Takes a stack.

        Args:
            stack: The stack, which exists.
            packs: The policy packs that look at each preview.
            say: Takes what the engine prints, line by line.
        """
        self._stack = stack
        self._packs = [str(pack) for pack in packs]
        self._say = say
        settings = stack.workspace.project_settings()
        self._project = settings.name
        declared: Any = settings.config  # the SDK has it as a text
        self._declared: Mapping[str, Any] = declared or {}

    @classmethod
    def selected(cls, name: str, root: Path, say: Callable[[str], None]) -> Self:
        """A stack of a project by its name, with the pack in the project's folder.

        Args:
            name: The stack's.
            root: The project's folder.
            say: Takes what the engine prints, line by line.

        Raises:
            OperationError: there is no such stack, or it cannot be selected.
        """
        try:
            stack = auto.select_stack(name, work_dir=str(root))
        except auto.StackNotFoundError:
            raise OperationError(f"there is no stack {name}: pulumi stack ls") from None
        except auto.CommandError as error:
            raise OperationError(
                f"stack {name} cannot be selected: {_reason(str(error))}"
            ) from None
        return cls(stack, [root / "policies"], say)

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

    @property
    def secret_keys(self) -> list[str]:
        """The config keys that Pulumi.yaml declares as secret."""
        return [
            key
            for key, declared in self._declared.items()
            if isinstance(declared, Mapping) and declared.get("secret")
        ]

    def secrets(self) -> dict[str, SecretStr]:
        """The secret config keys that the stack's file has."""
        with self._engine():
            return self._secrets_of(self._stack.get_all_config())

    def resources(self) -> list[Mapping[str, Any]]:
        """What the state has, secrets in the clear; nothing before the first deployment."""
        with self._engine():
            deployment = self._stack.export_stack().deployment or {}
        resources: list[Mapping[str, Any]] = deployment.get("resources", [])
        return resources

    def history(self, *, with_secrets: bool = False) -> Iterator[Update]:
        """The deployments of the past, the last one first."""
        page = 1
        while summaries := self._page(page, with_secrets=with_secrets):
            for summary in summaries:
                if summary.kind == "update" and summary.end_time is not None:
                    own = self._own(summary.config)
                    plain = {key: it.value for key, it in own.items() if not it.secret}
                    yield Update(
                        {key: self._default(key) for key in self._declared} | plain,
                        summary.end_time.replace(tzinfo=UTC),  # as the SDK reads it
                        summary.result == "succeeded",
                        summary.message,
                        self._secrets_of(summary.config) if with_secrets else {},
                    )
            page += 1

    def deploy(
        self,
        values: Mapping[str, str],
        secrets: Mapping[str, SecretStr] | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Sets config keys, previews with the pack, and deploys.

        Where the preview fails, or another deployment is under way, the stack's file is what it
        was.

        Args:
            values: Config keys.
            secrets: Secret config keys, which are set first.
            scope: What the deployment is about; everything where it is omitted.

        Raises:
            OperationError: the preview or the deployment failed, or another one is under way.
        """
        about = scope or Scope()
        before = self._file.read_bytes()
        try:
            for key, value in (secrets or {}).items():
                self._set_secret(key, value)
            self.configure(values)
            self._previewed(about)
        except (Exception, KeyboardInterrupt):
            _write(self._file, before)
            raise
        try:
            with self._engine(f"the deployment of stack {self.name} failed", Exit.FAILED):
                self._stack.up(
                    policy_packs=self._packs or None,
                    target=list(about.urns) or None,
                    message=about.message,
                    on_output=self._say,
                    color="never",
                )
        except OperationError as error:
            if error.exit is Exit.BUSY:
                _write(self._file, before)
            raise

    def would_change(self, values: Mapping[str, str]) -> bool:
        """Whether a deployment with other config keys would do anything. Nothing is changed.

        Raises:
            OperationError: the preview failed.
        """
        before = self._file.read_bytes()
        try:
            self.configure(values)
            return bool(self._previewed(Scope()))
        finally:
            _write(self._file, before)

    @property
    def _file(self) -> Path:
        return Path(self._stack.workspace.work_dir, f"Pulumi.{self.name}.yaml")

    def _previewed(self, scope: Scope) -> dict[str, set[str]]:
        """What a preview would change: top-level inputs, by URN."""
        changed: dict[str, set[str]] = {}
        refused: list[str] = []

        def look(event: EngineEvent) -> None:
            step, policy = event.resource_pre_event, event.policy_event
            if step and step.metadata.op != OpType.SAME:
                changed[step.metadata.urn] = set(step.metadata.diffs or ())
            if policy and policy.enforcement_level == _MANDATORY:
                refused.append(policy.policy_name)

        try:
            with self._engine(f"the preview of stack {self.name} failed"):
                self._stack.preview(
                    policy_packs=self._packs or None,
                    target=list(scope.urns) or None,
                    on_output=self._say,
                    on_event=look,
                    color="never",
                )
        except OperationError as error:
            if not refused:
                raise
            rules = ", ".join(sorted(set(refused)))
            raise OperationError(f"the policy pack refuses it: {rules}", Exit.REFUSED) from error
        more = {urn: inputs - scope.inputs for urn, inputs in changed.items() if urn in scope.urns}
        if scope.inputs and any(more.values()):
            found = ", ".join(sorted(set().union(*more.values())))
            raise OperationError(
                f"the program in this checkout would change more of the service ({found}). Take "
                "the commit that was deployed last"
            )
        return changed

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

    @contextmanager
    def read_again(self, urn: str) -> Iterator[None]:
        """Reads a resource again where its deployment, which happens within, has failed.

        Cloud Run may have taken it though it failed, which the state does not know yet.
        """
        try:
            yield
        except OperationError as error:
            if error.exit is Exit.FAILED:
                with suppress(OperationError):
                    self.refresh(urn)
            raise

    def _set_secret(self, key: str, value: SecretStr) -> None:
        # Through a pipe: the Automation API would make it an argument, which every process may see.
        workspace = self._stack.workspace
        home = {"PULUMI_HOME": workspace.pulumi_home} if workspace.pulumi_home else {}
        run = subprocess.run(
            [
                *(workspace.pulumi_command.command, "config", "set", "--secret", key),
                *("--stack", self.name, "--non-interactive"),
            ],
            input=value.get_secret_value(),
            cwd=workspace.work_dir,
            env={**os.environ, **home, **workspace.env_vars, "PULUMI_AUTOMATION_API": "true"},
            text=True,
            capture_output=True,
            check=False,
        )
        if run.returncode:
            raise OperationError(f"{key} cannot be set: {_reason(run.stderr)}")

    def _page(self, page: int, *, with_secrets: bool) -> list[auto.UpdateSummary]:
        with self._engine():
            return self._stack.history(page_size=_PAGE, page=page, show_secrets=with_secrets)

    def _secrets_of(self, config: Mapping[str, auto.ConfigValue]) -> dict[str, SecretStr]:
        return {key: SecretStr(it.value) for key, it in self._own(config).items() if it.secret}

    def _own(self, config: Mapping[str, auto.ConfigValue]) -> dict[str, auto.ConfigValue]:
        """The project's own keys, without its name."""
        name = f"{self._project}:"
        return {
            key.removeprefix(name): value for key, value in config.items() if key.startswith(name)
        }

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
                Exit.BUSY,
            ) from None
        except auto.CommandError as error:
            raise OperationError(f"{failure}: {_reason(str(error))}", code) from None


def _reason(printed: str) -> str:
    """The lines in which the CLI says what is wrong; all that it printed has been shown."""
    # The Automation API has its own word before the first line.
    lines = [line.strip().removeprefix("stderr: ") for line in printed.splitlines()]
    told = [line for line in lines if line.startswith("error:")]
    return " ".join(told[:2]) or "see above"


def _write(file: Path, content: bytes) -> None:
    aside = file.with_name(f".{file.name}.before")
    aside.write_bytes(content)
    aside.replace(file)
