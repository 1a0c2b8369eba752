"""Runs Pulumi programs through the real engine, with the tests' own provider and without network.

stack = engine.stack(program, config={"owner": "platform"}, secrets={"token": "s3cret"})
run = stack.preview(packs=[PACK])
assert run.violations == []
"""

from __future__ import annotations

import asyncio
import json
import re
import runpy
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pulumi.automation as auto
import pytest
import yaml
from pulumi.automation._server import LanguageServer
from pulumi.automation.events import EngineEvent, StepEventStateMetadata

from apex_guardrails.settings import BASELINE_FILE, SETTINGS_FILE
from tests.engine.provider.values import MARKER, SECRET

ROOT = Path(__file__).parents[2]
PACK = ROOT / "policies"

Program = Callable[[], Any]


class Violation(NamedTuple):
    """What a policy pack reported through the engine."""

    rule: str
    urn: str | None
    message: str
    level: str


@dataclass(frozen=True)
class Run:
    """What came of one command of the CLI."""

    exit_code: int
    output: str
    """Standard output and error, without colours."""
    events: Sequence[EngineEvent]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, secrets unwrapped; of a successful `up` only."""

    @property
    def succeeded(self) -> bool:
        return self.exit_code == 0

    @property
    def changes(self) -> dict[str, int]:
        """How many resources the engine would, or did, `create`, `update`, leave the `same`..."""
        summaries = [event.summary_event for event in self.events if event.summary_event]
        changes = summaries[-1].resource_changes if summaries else {}
        return {str(getattr(op, "value", op)): count for op, count in changes.items()}

    @property
    def blocking(self) -> list[Violation]:
        """What stops the deployment: neither advice, nor waived."""
        return [item for item in self.violations if item.level == "mandatory"]

    @property
    def violations(self) -> list[Violation]:
        """In the order of rule and resource."""
        found = [event.policy_event for event in self.events if event.policy_event]
        return sorted(
            Violation(it.policy_name, it.resource_urn, it.message, it.enforcement_level)
            for it in found
        )

    def inputs(self, name: str) -> Any:
        """A resource's inputs after the provider's check; each secret is `[secret]`."""
        return _shown(self._last_state(name).inputs)

    @property
    def done(self) -> dict[str, set[str]]:
        """What was done to which resources (`type::name`), but for those that stay the same."""
        done: dict[str, set[str]] = {}
        for event in self.events:
            step = event.resource_pre_event
            if step is None:
                continue
            operation = str(getattr(step.metadata.op, "value", step.metadata.op))
            if operation != "same":
                _, type_, name = step.metadata.urn.rsplit("::", 2)
                done.setdefault(operation, set()).add(f"{type_.rpartition('$')[2]}::{name}")
        return done

    def resource_outputs(self, name: str) -> Any:
        """A resource's outputs after its last step; each secret is `[secret]`."""
        return _shown(self._last_state(name).outputs)

    def _last_state(self, name: str) -> StepEventStateMetadata:
        for event in reversed(self.events):
            step = event.res_outputs_event or event.resource_pre_event
            if step and step.metadata.new and step.metadata.urn.endswith(f"::{name}"):
                return step.metadata.new
        raise KeyError(name)

    def steps(self, name: str) -> list[str]:
        """What was done to a resource, in order: `create-replacement`, `replace`, ..."""
        steps = [event.resource_pre_event for event in self.events if event.resource_pre_event]
        return [
            str(getattr(step.metadata.op, "value", step.metadata.op))
            for step in steps
            if step.metadata.urn.endswith(f"::{name}")
        ]


class Recorded(NamedTuple):
    """A preview, and the files that Pulumi leaves of one."""

    run: Run
    digest: Path
    log: Path


class ProgramHost(LanguageServer):
    """The Automation API's host for programs that are functions, which cleans up behind each.

    Where a program fails, the original leaves its event loop open and tasks unfinished; Python
    would complain of them later, in whichever test happens to run.
    """

    def Run(self, request: Any, context: Any) -> Any:
        loops: list[asyncio.AbstractEventLoop] = []
        program = self.program

        def observed() -> Any:
            loops.append(asyncio.get_running_loop())
            return program()

        self.program = observed
        run: Callable[..., Any] = super().Run
        try:
            return run(request, context)
        finally:
            for loop in loops:
                _close(loop)


def quick(patch: pytest.MonkeyPatch) -> None:
    """Has the Automation API ask the CLI for what a test wants to know, and no more.

    After each deployment it runs the CLI three times: for the outputs, for the outputs with their
    secrets, and for the history. And what the SDK says of its own steps, several times for each
    resource, is a call that the engine drops: half of a program's time.
    """
    now = datetime.now(UTC)
    summary = auto.UpdateSummary("update", now, "", {}, {}, "succeeded")
    patch.setattr(auto.Stack, "info", lambda *_: summary)
    patch.setattr(auto.LocalWorkspace, "stack_outputs", _outputs)
    patch.setattr("pulumi.log.debug", lambda *_, **__: None)


def _outputs(workspace: auto.LocalWorkspace, name: str) -> auto.OutputMap:
    told = workspace._run_pulumi_cmd_sync(
        ["stack", "output", "--json", "--show-secrets", "--stack", name]
    )
    outputs: Mapping[str, Any] = json.loads(told.stdout)
    return {key: auto.OutputValue(value, secret=False) for key, value in outputs.items()}


@cache
def _cli() -> auto.PulumiCommand:
    """The CLI, which is asked once for its version."""
    return auto.PulumiCommand()


def _close(loop: asyncio.AbstractEventLoop) -> None:
    async def cancel() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    if not loop.is_closed():
        loop.run_until_complete(cancel())
        loop.close()


class Stack:
    """A stack in a local backend of its own."""

    def __init__(self, stack: auto.Stack, program: Program | None, state: Path) -> None:
        self._stack = stack
        self._state = state
        self.program = program
        """May be replaced between two runs, as a program is edited; `None` for one in a folder."""

    def preview(self, packs: Sequence[Path] = (), configs: Sequence[Path] = ()) -> Run:
        """Previews with policy packs, each with the file that configures it, if there is one."""
        return self._run_program(self._stack.preview, packs, configs)

    def recorded(self, folder: Path) -> Recorded:
        """What `pulumi preview --json` prints and `--event-log` writes, as files in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        digest, log = folder / "preview.json", folder / "events.json"
        made = EngineEvent.from_json
        with log.open("w", encoding="utf-8") as lines, pytest.MonkeyPatch.context() as patch:

            def from_json(data: dict[str, Any]) -> EngineEvent:
                lines.write(json.dumps(data) + "\n")
                return made(data)

            # The Automation API has the log to itself, and shows the events alone.
            patch.setattr(EngineEvent, "from_json", from_json)
            run = self._run(self._stack.preview, program=self.program, json=True)
        # What a failed command printed is in a text about the failure.
        printed = re.search(r"\{\n.*\n\}\n", run.output, re.DOTALL)
        digest.write_text(printed[0] if printed else run.output, "utf-8")
        return Recorded(run, digest, log)

    def preview_drift(self) -> Run:
        """Compares with what the provider has, as the nightly check does."""
        return self._run(
            self._stack.preview, program=self.program, refresh=True, expect_no_changes=True
        )

    def up(self, packs: Sequence[Path] = ()) -> Run:
        return self._run_program(self._stack.up, packs)

    def configure(self, **values: str) -> None:
        """Sets config keys of the project; an underscore stands for a hyphen."""
        self._stack.set_all_config(
            {key.replace("_", "-"): auto.ConfigValue(value) for key, value in values.items()}
        )

    def set_secret(self, key: str, value: str) -> None:
        """Sets a secret config key of the project."""
        self._stack.set_config(key, auto.ConfigValue(value, secret=True))

    def tag(self, **values: str) -> None:
        """Sets tags of the stack."""
        for name, value in values.items():
            self._stack.workspace.set_tag(self._stack.name, name, value)

    def destroy(self) -> Run:
        return self._run(self._stack.destroy)

    def preview_destroy(self) -> Run:
        return self._run(self._stack.preview_destroy)

    def state(self) -> str:
        """What the backend keeps of the stack."""
        return self._state.read_text()

    def export(self, file: Path) -> Path:
        """Writes what `pulumi stack export --show-secrets` prints."""
        exported = self._stack.export_stack()
        state = {"version": exported.version, "deployment": exported.deployment}
        file.write_text(json.dumps(state), "utf-8")
        return file

    def _run_program(
        self, command: Callable[..., Any], packs: Sequence[Path], configs: Sequence[Path] = ()
    ) -> Run:
        return self._run(
            command,
            program=self.program,
            policy_packs=[str(pack) for pack in packs] or None,
            policy_pack_configs=[str(config) for config in configs] or None,
        )

    def _run(self, command: Callable[..., Any], **options: Any) -> Run:
        events: list[EngineEvent] = []
        try:
            result = command(on_event=events.append, color="never", **options)
        except auto.CommandError as error:
            text = str(error)
            code = re.search(r"code: (-?\d+)", text)
            return Run(int(code[1]) if code else -1, text, events)
        outputs = {key: it.value for key, it in getattr(result, "outputs", {}).items()}
        return Run(0, result.stdout + result.stderr, events, outputs)


class Engine:
    """Makes stacks, each in a folder of its own."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], secrets_provider: str | None = None
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._secrets_provider = secrets_provider
        self._stacks = 0

    def stack(
        self,
        program: Program,
        *,
        project: Path | None = None,
        name: str = "dev",
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Stack:
        """A new stack of a program that is a function.

        Its settings are those of the folder `project`: copies of `Pulumi.yaml`, of the stack's own
        file, of `policy-pack.yaml` and of `policy-baseline.json`. Without one there are none, and
        the project is called `test`. Config keys without a namespace are the project's.
        """
        self._stacks += 1
        home = self._folder / str(self._stacks)
        work = home / "work"
        work.mkdir(parents=True)
        project_name = "test"
        if project:
            shutil.copy(project / "Pulumi.yaml", work)
            shutil.copy(project / f"Pulumi.{name}.yaml", work)
            for file in (project / SETTINGS_FILE, project / BASELINE_FILE):
                if file.exists():
                    shutil.copy(file, work)
            settings = _settings(project)
            project_name = settings["name"]
            main = Path(settings["main"])  # not run, but the CLI wants it to exist
            (work / main).parent.mkdir(parents=True, exist_ok=True)
            (work / main).symlink_to(project / main)
        environment = {
            **self._environment,
            "PULUMI_HOME": str(home / "pulumi"),
            "PULUMI_BACKEND_URL": home.as_uri(),
        }
        options = self._options(environment, work_dir=str(work))
        stack = auto.create_stack(name, project_name, program, opts=options)
        values = {key: auto.ConfigValue(value) for key, value in (config or {}).items()}
        values |= {key: auto.ConfigValue(it, secret=True) for key, it in (secrets or {}).items()}
        if values:
            stack.set_all_config(values)
        state = home / ".pulumi" / "stacks" / project_name / f"{name}.json"
        return Stack(stack, program, state)

    def in_folder(self, project: Path, secrets: Mapping[str, str], host: Path) -> Stack:
        """The stack dev of the project in a folder, whose program a language host runs."""
        home = self._folder / "state"
        home.mkdir()
        environment = {
            **self._environment,
            "PATH": f"{self._environment['PATH']}:{host.parent}",
            "PULUMI_HOME": str(home / "pulumi"),
            "PULUMI_BACKEND_URL": home.as_uri(),
        }
        options = self._options(environment)
        stack = auto.create_stack("dev", work_dir=str(project), opts=options)
        stack.set_all_config(
            {key: auto.ConfigValue(it, secret=True) for key, it in secrets.items()}
        )
        return Stack(stack, None, home)

    def _options(
        self, environment: Mapping[str, str], work_dir: str | None = None
    ) -> auto.LocalWorkspaceOptions:
        return auto.LocalWorkspaceOptions(
            work_dir=work_dir,
            env_vars=environment,
            secrets_provider=self._secrets_provider,
            pulumi_command=_cli(),
        )

    def infrastructure(
        self,
        name: str,
        program: Program | None = None,
        *,
        config: Mapping[str, str] | None = None,
        make_secret: Callable[[str], str] | None = None,
    ) -> Stack:
        """This repository's own program, with the config of one of its stacks.

        Args:
            name: The stack's.
            program: What runs in its place: `run_infrastructure` and more, say.
            config: What differs from the stack's file.
            make_secret: Makes a value for each secret that `Pulumi.yaml` declares; by default one
                that is obviously none, or the sample that the program gets offline.
        """
        declared = _settings(ROOT)["config"]
        make_secret = make_secret or _no_secret
        secrets = {key: make_secret(key) for key in declared if declared[key].get("secret")}
        return self.stack(
            program or run_infrastructure, project=ROOT, name=name, config=config, secrets=secrets
        )


def run_infrastructure() -> Mapping[str, Any]:
    """The program in infra/, as Pulumi runs it; returns what it is made of, by name."""
    return runpy.run_path(str(ROOT / "infra" / "__main__.py"), run_name="__main__")


def _no_secret(key: str) -> str:
    samples = yaml.safe_load((ROOT / SETTINGS_FILE).read_text("utf-8"))["offline"]["secrets"]
    return str(samples.get(key, f"Fake-1-{key}"))


def _settings(project: Path) -> Any:
    return yaml.safe_load((project / "Pulumi.yaml").read_text())


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(MARKER) == SECRET:
            return "[secret]"
        return {key: _shown(element) for key, element in value.items()}
    return [_shown(element) for element in value] if isinstance(value, list) else value
