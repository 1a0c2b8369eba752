"""The `apex` command: parses, calls, exits.

What is slow to import is imported where it is needed, so that help and mistakes are answered at
once.
"""

from __future__ import annotations

import enum
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from policies.errors import ApexError, ExitCode, PackError

if TYPE_CHECKING:
    from policies.controls import Framework
    from policies.model import Waiver
    from policies.reports import Report

_PATIENCE_SECONDS = 10
"""After a signal, what is under way has so long to end."""

app = typer.Typer(
    name="apex",
    help="Decides, before anything is deployed, whether a Pulumi program may be deployed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Boxes and colours in help would cost a tenth of a second at every start.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
policies = typer.Typer(
    help="Shows the rules of the pack.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(policies, name="policies")
waivers = typer.Typer(
    help="Shows the waivers in policy-pack.yaml.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(waivers, name="waivers")

RuleId = Annotated[str, typer.Argument(metavar="RULE", help="Such as sql-no-public-ip.")]
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        help="The settings file; else $APEX_SETTINGS, else policy-pack.yaml beside Pulumi.yaml."
    ),
]


class CoverageFormat(enum.StrEnum):
    """How `apex policies coverage` shows it."""

    TABLE = "table"
    JSON = "json"


def _version(asked: bool) -> None:
    if asked:
        from policies.pack import pack_file

        typer.echo(f"apex {pack_file()['version']}")
        raise typer.Exit


@app.callback()
def _apex(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog="\b\nExamples:\n  apex preview\n  apex preview --stack production\n"
    "  apex preview --program ../other --settings policy-pack.yaml",
)
def preview(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: Annotated[
        Path, typer.Option(help="The folder with the program's Pulumi.yaml.")
    ] = Path(),
    settings: SettingsFile = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")] = 300,
) -> None:
    """Runs a Pulumi program offline and judges what it would deploy.

    Neither the Pulumi CLI, nor a login, nor a cloud account is needed.

    Exit codes: 0 may be deployed; 1 a mandatory rule fails; 2 wrong usage or an invalid file;
    3 the program failed; 4 the pack failed.
    """
    from policies.preview import preview_offline
    from policies.reports import console as report_console

    report = preview_offline(program, stack, settings, timeout)
    report_console.render(report, report_console.StandardOutput())
    raise typer.Exit(_exit_code(report))


class CostFormat(enum.StrEnum):
    """How an estimate is shown."""

    TABLE = "table"
    JSON = "json"


@app.command(
    epilog="\b\nExamples:\n  apex cost\n  apex cost --stack production --format json > base.json\n"
    "  apex cost --stack production --against base.json",
)
def cost(  # noqa: PLR0913, PLR0917 each is an option of its own
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to estimate.")] = "dev",
    program: Annotated[
        Path, typer.Option(help="The folder with the program's Pulumi.yaml.")
    ] = Path(),
    settings: SettingsFile = None,
    output_format: Annotated[
        CostFormat, typer.Option("--format", help="A table, or JSON with every component.")
    ] = CostFormat.TABLE,
    against: Annotated[
        Path | None, typer.Option(help="A JSON of another run: shows what differs from it.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")] = 300,
) -> None:
    """Estimates what a stack would cost in a month, before anything is deployed.

    What has no price is listed, and is in no total. Prices, and what is assumed of the stack's
    use, are shown with the estimate.

    Exit codes: 0 within the limits; 2 wrong usage or an invalid file; 3 the program failed; 5 over
    a limit that policy-pack.yaml sets.
    """
    from policies.preview import cost_offline
    from policies.reports import cost as cost_report

    report, run = cost_offline(program, stack, settings, timeout, against)
    redact = run.stack.secret_config.redact
    if output_format is CostFormat.JSON:
        typer.echo(redact(cost_report.as_json(report)))
    else:
        cost_report.show(report, redact)
    raise typer.Exit(ExitCode.OVER_BUDGET if report.excesses else ExitCode.OK)


def _exit_code(report: Report) -> ExitCode:
    if report.decision.errors:
        return ExitCode.PACK_FAILED
    if report.program_errors or not report.is_complete:
        return ExitCode.PROGRAM_FAILED
    return ExitCode.OK if report.is_allowed else ExitCode.VIOLATION


@policies.command("list")
def list_policies() -> None:
    """Every rule: its id, severity, default level and title."""
    from rich.table import Table

    from policies.pack import proven_rules
    from policies.reports.console import StandardOutput

    console = StandardOutput()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("rule", "severity", "level", "title"):
        table.add_column(column, no_wrap=column != "title")
    for rule in proven_rules():
        table.add_row(rule.id, rule.severity, rule.level, rule.title)
    console.print(table)


@app.command(epilog="\b\nExample:\n  apex explain sql-no-public-ip")
def explain(rule_id: RuleId) -> None:
    """All about one rule: what it wants, why, how to mend the program."""
    show_policy(rule_id)


@policies.command("show")
def show_policy(rule_id: RuleId) -> None:
    """All about one rule."""
    from policies.documents import nearest
    from policies.errors import UsageError
    from policies.pack import proven_rules
    from policies.reports.console import StandardOutput

    rules = {rule.id: rule for rule in proven_rules()}
    rule = rules.get(rule_id)
    if rule is None:
        hint = nearest(rule_id.lower(), rules) or "; `apex policies list` shows them all"
        raise UsageError(f"{rule_id}: there is no such rule{hint}")
    console = StandardOutput()
    for line in rule.describe():
        console.print(line, markup=False, soft_wrap=True)


@policies.command(
    epilog="\b\nExamples:\n  apex policies coverage --stack production\n"
    "  apex policies coverage --framework cis-gcp-4.0 --format json\n"
    "  apex policies coverage --no-run",
)
def coverage(  # noqa: PLR0913, PLR0917 an option is a parameter
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: Annotated[
        Path, typer.Option(help="The folder with the program's Pulumi.yaml.")
    ] = Path(),
    settings: SettingsFile = None,
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="One framework alone, such as cis-gcp-4.0.")
    ] = None,
    output: Annotated[
        CoverageFormat, typer.Option("--format", help="For people or programs.")
    ] = CoverageFormat.TABLE,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")] = 300,
    run: Annotated[
        bool,
        typer.Option(
            "--run/--no-run", help="Whether to run the program; else only the mapping is shown."
        ),
    ] = True,
) -> None:
    """Every control of the frameworks: which rules are evidence for it, and what they say.

    Runs the program offline as `apex preview` does. A rule that passes is evidence for a control,
    and no proof of it.

    Exit codes: 0 shown, whatever the rules say; 2 wrong usage or an invalid file; 3 the program
    failed, and what is shown is not all; 4 the pack failed.
    """
    from policies import controls
    from policies.pack import proven_rules
    from policies.preview import preview_offline
    from policies.reports.console import StandardOutput
    from policies.reports.coverage import as_json, render

    chosen = _frameworks(framework)
    report = preview_offline(program, stack, settings, timeout) if run else None
    said = (
        controls.results(report.rules, report.stack, report.decision)
        if report
        else controls.not_run(proven_rules())
    )
    covered = controls.coverage(chosen, said)
    if output is CoverageFormat.JSON:
        typer.echo(as_json(covered, report))
    else:
        render(covered, report, StandardOutput())
    code = _exit_code(report) if report else ExitCode.OK
    raise typer.Exit(ExitCode.OK if code is ExitCode.VIOLATION else code)


def _frameworks(name: str | None) -> list[Framework]:
    """The framework of that name, or all."""
    from policies.controls import frameworks
    from policies.documents import nearest
    from policies.errors import UsageError

    known = frameworks()
    if name is None:
        return list(known.values())
    if name not in known:
        hint = nearest(name, known) or f" (known: {', '.join(known)})"
        raise UsageError(f"--framework {name}: there is no such framework{hint}")
    return [known[name]]


@policies.command("schema")
def schema() -> None:
    """The JSON Schema of policy-pack.yaml, for editors."""
    import json

    from policies.pack import proven_rules
    from policies.settings import json_schema

    typer.echo(json.dumps(json_schema(proven_rules()), indent=2))


@policies.command("pages")
def pages(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for the pages.")],
) -> None:
    """Writes a Markdown page for each rule, and an index of them."""
    from policies.files import write_text
    from policies.pack import proven_rules
    from policies.reports.rule_pages import rule_pages

    for name, text in rule_pages(proven_rules()).items():
        write_text(output / name, text)


@app.command(
    "new-rule",
    epilog="\b\nExample:\n  apex new-rule sql-data-api-off "
    "--type gcp:sql/databaseInstance:DatabaseInstance \\\n    --input settings.dataApiAccess",
)
def new_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as sql-no-public-ip.")],
    token: Annotated[str, typer.Option("--type", help="The resource type that it is about.")],
    path: Annotated[str, typer.Option("--input", help="The input that it reads.")],
    severity: Annotated[str, typer.Option(help="low, medium, high or critical.")] = "medium",
    rules: Annotated[Path, typer.Option(help="The folder of the rules.")] = Path("policies/rules"),
) -> None:
    """Writes the file of a new rule, with cases, to be filled in."""
    from policies.errors import UsageError
    from policies.files import write_text
    from policies.model import Severity
    from policies.pack import known_rules
    from policies.scaffold import rule_file

    if severity not in list(Severity):
        raise UsageError(f"--severity {severity}: is none of {', '.join(Severity)}")
    if not rules.is_dir():
        raise UsageError(f"{rules}: there is no such folder; --rules names the folder of the rules")
    below, text = rule_file(rule_id, token, path, Severity(severity))
    if any(rule.id == rule_id for rule in known_rules()):
        raise UsageError(f"{rule_id}: is already a rule; `apex explain {rule_id}` shows it")
    write_text(rules / below, text, replace=False)
    package = rules / below.parent / "__init__.py"
    if not package.exists():
        write_text(package, f'"""The rules of {below.parent}."""\n')
    typer.echo(f"{rules / below}: fill in what says so; the pack's tests run its cases")


@app.command()
def init(
    program: Annotated[
        Path, typer.Option(help="The folder with the program's Pulumi.yaml.")
    ] = Path(),
) -> None:
    """Writes a first policy-pack.yaml for a program; changes nothing that is there."""
    from policies.files import write_text
    from policies.scaffold import settings_file
    from policies.settings import SETTINGS_FILE
    from policies.sources.offline import load_project

    project = load_project(program)
    path = project.root / SETTINGS_FILE
    write_text(path, settings_file(project.stacks()), replace=False)
    typer.echo(f"{path}: written; `apex preview` applies it")


@waivers.command("list")
def list_waivers(settings: SettingsFile = None, program: Path = Path()) -> None:
    """Every waiver: what it covers, who answers for it, and until when."""
    from rich.table import Table

    from policies.reports.console import StandardOutput

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("rule", "resource", "stack", "owner", "days left", "ticket", "reason"):
        table.add_column(column, no_wrap=column not in ("reason", "resource"))
    for stack, waiver, days in _waivers(settings, program):
        left = str(days) if days >= 0 else "expired"
        table.add_row(
            *(waiver.policy, waiver.resource, stack, waiver.owner, left),
            *(waiver.ticket or "", waiver.reason),
        )
    StandardOutput().print(table, markup=False)


@waivers.command("check")
def check_waivers(
    settings: SettingsFile = None,
    program: Path = Path(),
    within: Annotated[int, typer.Option(min=0, help="Days before the end to warn.")] = 30,
) -> None:
    """Warns about waivers that end soon; exit code 1 if one has expired."""
    has_expired = False
    for stack, waiver, days in _waivers(settings, program):
        if days > within:
            continue
        has_expired = has_expired or days < 0
        when = f"ends in {days} days" if days >= 0 else "expired"
        where = "" if stack == "*" else f", stack {stack}"
        typer.echo(f"{waiver}{where}: {when} ({waiver.expires.isoformat()}, {waiver.owner})")
    raise typer.Exit(ExitCode.VIOLATION if has_expired else ExitCode.OK)


def _waivers(settings: Path | None, program: Path) -> list[tuple[str, Waiver, int]]:
    """Each waiver with the pattern of its stacks and the days that it still counts."""
    from datetime import UTC, datetime

    from policies.pack import known_rules
    from policies.settings import load, locate
    from policies.sources.offline import load_project

    path = locate(None, os.environ, settings) or locate(load_project(program).root, {})
    content = load(path, known_rules())
    today = datetime.now(UTC).date()
    scopes = [("*", content.waivers), *((k, v.waivers) for k, v in content.stacks.items())]
    return [
        (stack, waiver, (waiver.expires - today).days)
        for stack, given in scopes
        for waiver in given
    ]


def main() -> int:
    """Runs `apex` and returns its exit code; whatever a user can cause is one clear message."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        app()
    except ApexError as error:
        return _say(str(error), error.exit_code)
    except SystemExit as leaving:
        if leaving.code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
            return _say("interrupted", ExitCode(leaving.code))
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:
        if os.environ.get("APEX_DEBUG"):
            raise
        defect = PackError(
            f"unexpected {type(error).__name__}; this is a defect of apex, and nothing was "
            "decided. APEX_DEBUG=1 shows the traceback."
        )
        return _say(str(defect), defect.exit_code)
    return ExitCode.OK


def _leave(number: int, _frame: object) -> NoReturn:
    """Ends everything that is under way, the judged program among it, on a signal."""
    # Python ignores what is raised in a finalizer or a callback, so it is raised again until it is
    # heard.
    signal.signal(signal.SIGALRM, lambda *_: _leave(number, None))
    signal.alarm(_PATIENCE_SECONDS)
    raise SystemExit(128 + number)


def _say(message: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"apex: {message}\n")
    return code
