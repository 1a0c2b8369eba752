"""The `apex` command itself: help, version, the rules, mistakes, terminals and pipes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from apex_guardrails.cli.policies import ShownLanguage
from apex_guardrails.model import Rule
from apex_guardrails.pack.about import pack_info
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.scaffold.programs import LANGUAGES
from apex_guardrails.settings import load
from apex_guardrails.testing import run_cases
from tests.policies.judged import Apex, command, judged, started
from tests.policies.our_stacks import ROOT


def test_help_shows_every_command_with_examples(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "--help").expect(0, "preview", "policies", "--version")
    apex(tmp_path, "-h").expect(0, "preview")
    apex(tmp_path, "preview", "--help").expect(
        0, "--stack", "--program", "--settings", "--timeout", "Examples", "Exit codes"
    )
    apex(tmp_path, "policies", "--help").expect(0, "list", "show")


def test_what_is_slow_to_import_waits_until_a_command_needs_it(tmp_path: Path) -> None:
    code = (
        "import sys, apex_guardrails.cli\n"
        "print(*(name for name in sys.modules if name.startswith('apex_guardrails.')))"
    )
    python = Path(command()[0]).with_name("python")
    said = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[1] for name in said.stdout.split()}
    assert loaded == {"cli", "support"}


def test_a_group_without_a_command_shows_its_help_as_wrong_usage(
    apex: Apex, tmp_path: Path
) -> None:
    apex(tmp_path, "policies").expect(2, "list", "show")


def test_the_version_is_the_packs(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(tmp_path, "--version").expect(0)
    assert outcome.out == f"apex {pack_info()['version']}\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["preview", "--stak", "dev"], "--stack"),
        (["preview", "--timeout", "0"], "--timeout"),
        (["preview", "--timeout", "soon"], "--timeout"),
        (["preview", "--stack"], "--stack"),
        (["preview", "extra"], "extra"),
        (["previw"], "preview"),
        (["policies", "sow"], "show"),
        (["policies", "show"], "RULE"),
    ],
)
def test_wrong_usage_is_told_on_standard_error(
    apex: Apex, tmp_path: Path, arguments: list[str], text: str
) -> None:
    outcome = apex(tmp_path, *arguments).expect(2, text)
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_all_cases_are_run_when_asked_for(apex: Apex, tmp_path: Path) -> None:
    cases = sum(len(rule.cases) for rule in known_rules())
    apex(tmp_path, "policies", "test").expect(
        0, f"{len(known_rules())} rules: all {cases:,} cases go as they say\n"
    )


def test_the_list_has_every_rule_on_one_line(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(tmp_path, "policies", "list").expect(0)
    lines = outcome.out.splitlines()
    assert len(lines) == 1 + len(all_rules())
    for rule, line in zip(all_rules(), lines[1:], strict=True):
        assert re.split(r"\s{2,}", line.strip()) == [
            rule.id,
            rule.severity.value,
            rule.by_default,
            rule.title,
        ]


@pytest.mark.parametrize("rule", known_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_shown_with_all_there_is_to_know(apex: Apex, tmp_path: Path, rule: Rule) -> None:
    apex(tmp_path, "policies", "show", rule.id).expect(
        0,
        rule.title,
        rule.why,
        rule.fix,
        rule.severity.value,
        *rule.controls,
        *rule.parameters.model_fields,
    )


def test_an_unknown_rule_is_told_with_the_nearest(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "policies", "show", "sql-no-public-ips").expect_only(
        2, 'sql-no-public-ips: there is no such rule, did you mean "sql-no-public-ip"?'
    )
    apex(tmp_path, "policies", "show", "x").expect_only(2, "apex policies list")


def test_the_console_script_and_the_package_are_the_same_command(tmp_path: Path) -> None:
    started(tmp_path, "--version").expect(0, str(pack_info()["version"]))
    python = Path(command()[0]).with_name("python")
    done = subprocess.run(
        [python, "-m", "apex_guardrails", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"apex {pack_info()['version']}\n"


def _on_a_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """What a terminal gets."""
    ours, theirs = pty.openpty()
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    variables |= {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    with subprocess.Popen(
        command(*arguments), cwd=folder, env=variables, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        text = b""
        # At the end of the process Linux gives an error in place of an end of file.
        while chunk := _read(ours):
            text += chunk
        process.wait()
    os.close(ours)
    return text.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    assert "\x1b[" in _on_a_terminal(tmp_path, "policies", "list")
    assert "\x1b[" not in _on_a_terminal(tmp_path, "policies", "list", NO_COLOR="1")
    piped = started(tmp_path, "policies", "list")
    assert "\x1b[" not in piped.out
    # In a pipe nothing is cut off.
    assert "…" not in piped.out


@pytest.mark.parametrize(
    ("program", "arguments", "code"),
    [
        ("for number in range(150):\n    print('x' * 900)\n", ["preview"], 0),
        ("raise ValueError('x')\n", ["preview"], 3),
        ("", ["policies", "list"], 0),
        ("", ["policies", "show", "sql-no-public-ip"], 0),
    ],
)
def test_a_reader_that_leaves_early_changes_no_verdict(
    tmp_path: Path, program: str, arguments: list[str], code: int
) -> None:
    with subprocess.Popen(
        command(*arguments),
        cwd=judged(tmp_path, program),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == code


def test_explain_is_show(apex: Apex, tmp_path: Path) -> None:
    explained = apex(tmp_path, "explain", "sql-no-public-ip").expect(0, "ipv4_enabled=False")
    assert explained.out == apex(tmp_path, "policies", "show", "sql-no-public-ip").out
    apex(tmp_path, "explain", "SQL-no-public-IP").expect(2, 'did you mean "sql-no-public-ip"')
    apex(tmp_path, "explain", "sql-no-public-p").expect(2, 'did you mean "sql-no-public-ip"')


def test_explain_speaks_the_language_of_the_program(apex: Apex, tmp_path: Path) -> None:
    python = apex(tmp_path, "explain", "sql-no-public-ip")
    python.expect(0, "fails:", '"ip_configuration": {"ipv4_enabled": True}', "passes:")
    typescript = apex(tmp_path, "explain", "sql-no-public-ip", "--language", "typescript")
    typescript.expect(0, "to ipv4Enabled: false and", "ipConfiguration: { ipv4Enabled: false }")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n", "utf-8")
    assert apex(tmp_path, "explain", "sql-no-public-ip").expect(0).out == typescript.out
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: java\n", "utf-8")
    assert apex(tmp_path, "explain", "sql-no-public-ip").expect(0).out == python.out
    # A file that is broken is another command's matter.
    (tmp_path / "Pulumi.yaml").write_text("name: [\n", "utf-8")
    assert apex(tmp_path, "explain", "sql-no-public-ip").expect(0).out == python.out
    apex(tmp_path, "explain", "sql-no-public-ip", "--language", "rust").expect(2, "rust")
    apex(tmp_path, "explain", "sql-no-public-ip", "-l", "go").expect(0, "\t\t\tSettings: &sql.")
    # What Go has no program of is shown in Python.
    apex(tmp_path, "explain", "credentials-cluster-secret-from-manager", "-l", "go").expect(
        0, "fails (in Python):", "kubernetes.core.v1.Secret("
    )


def test_every_language_of_the_pages_can_be_asked_for() -> None:
    assert list(ShownLanguage) == list(LANGUAGES)


def test_the_schema_is_the_shipped_one(apex: Apex, tmp_path: Path) -> None:
    shipped = (
        Path(__file__).parents[3] / "policies/apex_guardrails/settings/policy-pack.schema.json"
    )
    assert apex(tmp_path, "policies", "schema").expect(0).out == shipped.read_text("utf-8")


def test_the_pages_are_the_ones_in_docs(apex: Apex, tmp_path: Path) -> None:
    apex.writing(tmp_path, "policies", "pages", "--output", "rules").expect(0)
    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "rules").iterdir()}
    shown = Path(__file__).parents[3] / "docs/rules"
    kept = {path.name: path.read_text("utf-8") for path in shown.iterdir()}
    assert written == kept, "run `make generated`"


NEW_RULE = (
    "new-rule",
    "sql-data-api-off",
    "--type",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "--input",
)


@pytest.mark.parametrize(
    "path", ["settings.dataApiAccess", "settings.ipConfiguration.ipv4Enabled", "rootPassword"]
)
def test_a_new_rule_works_as_it_is_written(apex: Apex, tmp_path: Path, path: str) -> None:
    (tmp_path / "policies/apex_guardrails/rules").mkdir(parents=True)
    apex.writing(tmp_path, *NEW_RULE, path).expect(0, "sql_data_api_off.py")
    file = tmp_path / "policies/apex_guardrails/rules/sql/sql_data_api_off.py"
    assert "    on=SQL_DATABASE_INSTANCE,\n" in file.read_text("utf-8")
    assert (file.parent / "__init__.py").is_file()
    module = ModuleType("made.rules.sql.sql_data_api_off")
    sys.modules[module.__name__] = module
    exec(compile(file.read_text("utf-8"), str(file), "exec"), vars(module))  # noqa: S102 our own text
    made = vars(module)["sql_data_api_off"]
    assert (made.id, made.service) == ("sql-data-api-off", "sql")
    assert list(run_cases([made])) == []
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run(
        [ruff, "check", "--quiet", "--config", ROOT / "pyproject.toml", file], check=True, cwd=ROOT
    )
    subprocess.run(
        [ruff, "format", "--check", "--config", ROOT / "pyproject.toml", file], check=True, cwd=ROOT
    )
    apex(tmp_path, *NEW_RULE, path).expect(2, "already exists")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([*NEW_RULE, "settings.dataApiAcces"], 'did you mean "dataApiAccess"'),
        ([*NEW_RULE, "a..b"], "is not a path"),
        ([*NEW_RULE[:3], "gcp:sql/database:Databas", "--input", "x"], "no such type"),
        (["new-rule", "Sql", *NEW_RULE[2:], "x"], "words with hyphens"),
        (["new-rule", "import-x", *NEW_RULE[2:], "x"], "words with hyphens"),
        (["new-rule", "sql-no-public-ip", *NEW_RULE[2:], "name"], "is already a rule"),
        ([*NEW_RULE, "settings"], "settings: name one of its inputs (known: "),
        ([*NEW_RULE, "settings.databaseFlags[0].value"], "name the list itself"),
        ([*NEW_RULE, "settings.userLabels.owner"], "name the map itself"),
        ([*NEW_RULE, "connectionName"], "no preview knows it"),
        ([*NEW_RULE, ""], "is not a path"),
        ([*NEW_RULE, "name", "--severity", "grave"], "low, medium, high, critical"),
        ([*NEW_RULE, "name", "--rules", "nowhere"], "no such folder"),
    ],
)  # fmt: skip
def test_a_new_rule_that_cannot_be(
    apex: Apex, tmp_path: Path, arguments: list[str], text: str
) -> None:
    (tmp_path / "policies/apex_guardrails/rules").mkdir(parents=True)
    apex(tmp_path, *arguments).expect(2, text)
    assert list((tmp_path / "policies/apex_guardrails/rules").iterdir()) == []


def test_init_writes_settings_that_load_and_keeps_what_is_there(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "init").expect(2, "Pulumi.yaml")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    apex.writing(tmp_path, "init").expect(0, "policy-pack.yaml")
    load(tmp_path / "policy-pack.yaml", all_rules(), datetime.now(UTC).date())
    (tmp_path / "policy-pack.yaml").unlink()
    for stack in ("prod", "1", "true", "*"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    apex.writing(tmp_path, "init").expect(0)
    written = load(tmp_path / "policy-pack.yaml", all_rules(), datetime.now(UTC).date())
    assert list(written.stacks) == ["*", "1", "prod", "true"]
    apex(tmp_path, "init").expect(2, "already exists")


WAIVER = (
    "waivers:\n"
    "  - policy: sql-no-public-ip\n"
    "    resource: db\n"
    "    reason: It is a test.\n"
    "    owner: team\n"
    "    ticket: OPS-1\n"
    "    expires: {}\n"
)


def test_waivers_are_listed_and_checked(apex: Apex, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    settings = tmp_path / "policy-pack.yaml"
    settings.write_text("version: 1\n")
    apex(tmp_path, "waivers", "check").expect(0)
    today = datetime.now(UTC).date()
    settings.write_text(WAIVER.format(today + timedelta(days=100)))
    apex(tmp_path, "waivers", "list").expect(
        0, "sql-no-public-ip", "team", "100", "OPS-1", "It is a test."
    )
    assert apex(tmp_path, "waivers", "check").expect(0).out == ""
    apex(tmp_path, "waivers", "check", "--within", "200").expect(0, "ends in 100 days")
    settings.write_text(WAIVER.format(today - timedelta(days=2)))
    apex(tmp_path, "waivers", "list").expect(0, "expired")
    apex(tmp_path, "waivers", "check").expect(1, "sql-no-public-ip on db: expired", "team")


WAIVED = (
    "waivers:\n- policy: sql-no-public-ip\n  resource: db\n  reason: It is a test.\n  owner: team\n"
    "  expires: 2027-01-31\n"
)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        (b"waivers: [\n", [":2: not valid YAML"]),
        (b"version: 1\nversion: 1\n", [":2: not valid YAML", "is repeated (first in line 1)"]),
        (b"owner: caf\xe9\n", [":1: is not UTF-8 text"]),
        (b"#" * 5_000_000, [": has 5,000,000 bytes"]),
        (b"- waivers\n", [": expected keys and values, found a list\n"]),
        (b"waivers: {a: b}\n", [":1: waivers: expected a list, found a mapping\n"]),
        (b"waivers:\n- db\n", [":2: waivers.0: expected keys and values, found a string\n"]),
        (
            WAIVED.replace("ip\n", "ips\n", 1),
            [':2: waivers.0.policy: there is no such rule: sql-no-public-ips, did you mean "'],
        ),
        (
            WAIVED.replace("owner: team", ""),
            [":2: waivers.0.owner: is missing (who is responsible for it)\n"],
        ),
        (WAIVED.replace("team", "' '"), [":5: waivers.0.owner: ", "at least 1 character"]),
        (
            WAIVED.replace("It is a test.", "[x]"),
            [":4: waivers.0.reason: expected text, found a"],
        ),
        (
            WAIVED.replace("2027-01-31", "20270131"),
            [":6: waivers.0.expires: expected a date such as 2027-"],
        ),
        (WAIVED.replace("01-31", "02-30"), [":6: waivers.0.expires: 2027-02-30 is not a date"]),
        (
            WAIVED.replace("01-31", "01-31T10:00"),
            [":6: waivers.0.expires: expected a date such as 2027-01"],
        ),
        (WAIVED.replace("owner", "owners"), [":5: waivers.0.owners: unknown key, did you mean "]),
        ("stacks:\n  dev: advisory\n", [":2: stacks.dev: expected keys and values, "]),
        (
            "rules:\n  sql-no-public-ip:\n",
            [":2: rules.sql-no-public-ip: ", "keys and values, found nothing\n"],
        ),
        (
            "rules:\n  labels-required-keys:\n    parameters:\n      keys: a\n",
            [":4: rules.labels-required-keys.parameters.keys: expected a list, found a "],
        ),
    ],
)
@pytest.mark.parametrize("name", ["list", "check"])
def test_waivers_that_do_not_load_are_told_with_line_and_key(
    apex: Apex, tmp_path: Path, name: str, text: str | bytes, texts: list[str]
) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "given.yaml").write_bytes(content)
    outcome = apex(tmp_path, "waivers", name, "--settings", "given.yaml")
    outcome.expect_only(2, "apex: given.yaml:", *texts)
    assert len(outcome.err.splitlines()) <= 2


def test_waivers_are_not_looked_for_where_no_program_is(apex: Apex, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for name in ("list", "check"):
        waivers = ("waivers", name)
        apex(tmp_path, *waivers).expect(0)
        apex(tmp_path, *waivers, "--program", "x").expect_only(2, "--program x: there is no such")
        apex(tmp_path.parent, *waivers).expect_only(2, "Pulumi.yaml: the file does not exist")
        apex(tmp_path, *waivers, "--settings", ".").expect_only(2, ".: is no file (--settings)")
        apex(tmp_path, *waivers, APEX_SETTINGS="x").expect_only(2, "x: the settings file does not")
    (tmp_path / "policy-pack.yaml").mkdir()
    apex(tmp_path, "waivers", "check").expect_only(2, "policy-pack.yaml: cannot be read")


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_is_heard_though_python_ignores_what_it_raised(number: str, code: int) -> None:
    script = f"""
import os, signal, sys, time
from apex_guardrails import cli

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), signal.{number})
        time.sleep(0)

def app():
    finalized = Finalized()
    del finalized
    time.sleep(600)

cli.app, cli._PATIENCE_SECONDS = app, 1
sys.exit(cli.main())
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "Exception ignored in" in ran.stderr
    assert ran.returncode == code
    assert ran.stderr.endswith("apex: interrupted\n")
