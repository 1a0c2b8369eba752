"""What the pages say is true: commands run, outputs are what is printed, settings load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from apex_guardrails.cli import app
from apex_guardrails.rego.conftest import find
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import BaselineEntry, load
from operations.release.__main__ import app as release
from operations.rotation.__main__ import app as rotate
from scripts import settings_reference
from tests.docs.pages import (
    PAGES,
    ROOT,
    Block,
    Command,
    blocks,
    commands,
    inline_code,
    is_as_shown,
    is_recipe,
)
from tests.docs.shell import ELSEWHERE, NOT_RUN, VERDICTS, Shell
from tests.policies.judged import SOON, Apex, write
from tests.policies.testing.test_writing_a_rule import FILES, RULE_FILES

# Whole commands: what they run is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

LANGUAGES = {
    *("sh", "console", "json", "yaml", "python", "toml", "rego", "text", "sql", "cypher"),
    "groovy",
}
RUNBOOKS = "docs/runbooks/"
"""Pages whose commands are looked at in test_commands.py."""
REPOSITORY = ("README.md", "CONTRIBUTING.md", "AGENTS.md", "docs/quick-start.md", "examples/")
"""Pages whose commands are run in this repository; those of others are in another program's."""
FORESIGHT = {
    "docs/reports.md": ("new.json", "old.json"),
}
"""Judgements that a page's commands take for granted."""
TESTED_ELSEWHERE = ("docs/seed-coverage.md", "docs/writing-a-rule.md")
"""Pages whose files have another root, and a test of their own."""
OTHER_PROGRAMS = {
    *(
        "--policy-pack",
        "--policy-pack-config",
        "--secrets-provider",
        "--show-secrets",
        "--skip-check",
        "--skip-preview",
    ),
    *(
        "--access-mode",
        "--event-log",
        "--force",
        "--freshness",
        "--json",
        "--secret",
        "--pattern",
        "--show-sames",
        "--source-ref",
    ),
}
"""Options of Pulumi, Checkov, cypher-shell and gcloud, as the text names them."""
STOCK = """
    from pulumi_policy import PolicyConfigSchema, ResourceValidationPolicy

    POLICIES = [
        ResourceValidationPolicy(
            "bucket-owner-known",
            "Buckets have an owner.",
            lambda args, report: None,
            config_schema=PolicyConfigSchema({"owners": {"type": "array"}}),
        )
    ]
"""
"""A policy of the kind and name that a page's settings speak of."""
OF_A_DEPLOYED_API = {
    option
    for name in ("tests/smoke/conftest.py", "tests/load/__main__.py")
    for option in re.findall(r'"(--[a-z0-9-]+)"', (ROOT / name).read_text("utf-8"))
}
"""Options of the smoke tests and the load test."""
WRITTEN, WAIVED_UNTIL = date(2026, 11, 29), "2027-03-31"
"""A day on which the pages' waivers count, and the end of the one that is tried."""
MAIN, RELEASE, ROTATE = map(typer.main.get_command, (app, release, rotate))
ALL_COMMANDS = [(page, command) for page in PAGES for command in commands(page)]
YAML = [
    block
    for page in PAGES
    for block in blocks(page)
    # A recipe is run by test_recipes.py.
    if block.language == "yaml" and not is_recipe(block)
]
PYTHON = [block for page in PAGES for block in blocks(page) if block.language == "python"]


def ours(page: str) -> bool:
    """Whether a page's commands are run in this repository."""
    return page.startswith(REPOSITORY)


def _named(block: Block) -> str:
    return f"{block.page}:{block.line}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(commands(page)) and not page.startswith(RUNBOOKS)]
)
def test_every_command_does_what_the_page_says(
    page: str,
    apex: Apex,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    folder: Path = request.getfixturevalue("repository" if ours(page) else "shop")
    for name in FORESIGHT.get(page, ()):
        apex.writing(folder, "preview", "--format", "json", "--output", name)
    if page == "docs/waivers.md":
        # The clock runs on, and a waiver may not last for ever.
        text = _of(page, "yaml").text.replace(WAIVED_UNTIL, SOON)
        (folder / "policy-pack.yaml").write_text(text, "utf-8")
    shell = Shell(folder, apex, monkeypatch)
    lines = list(commands(page))
    for number, command in enumerate(lines):
        said = shell.run(command).replace(SOON, WAIVED_UNTIL)
        place = f"{command.place}: {command.line}: exit code {shell.code}"
        if command.expected is None:
            assert shell.code in VERDICTS, f"{place}\n{said}"
        else:
            told = number + 1 < len(lines) and lines[number + 1].line == "echo $?"
            assert told or "|" in command.line or not shell.code, f"{place}\n{said}"
            if command.expected:
                assert is_as_shown(command.expected, said), f"{place}\n{said}"


def _of(page: str, language: str) -> Block:
    return next(block for block in blocks(page) if block.language == language)


def test_each_stacks_cost_is_shown() -> None:
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
    shown = [command.line for page, command in ALL_COMMANDS if page == "README.md"]
    assert all(any(f"--stack {stack} | grep cost:" in line for line in shown) for stack in stacks)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_has_a_language_that_is_looked_at(page: str) -> None:
    unknown = [_named(block) for block in blocks(page) if block.language not in LANGUAGES]
    assert not unknown


@pytest.mark.parametrize("page", PAGES)
def test_json_is_a_line_of_the_baseline(page: str) -> None:
    for block in blocks(page):
        if block.language == "json":
            BaselineEntry.model_validate_json(block.text)


def test_what_is_not_run_is_named_for_a_reason() -> None:
    every = "\n".join(command.line for _, command in ALL_COMMANDS) + "\n".join(
        code for page in PAGES for code in inline_code(page)
    )
    assert [name for name in (*ELSEWHERE, *NOT_RUN) if name not in every] == []


@pytest.mark.parametrize("block", YAML, ids=_named)
def test_settings_load(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = yaml.safe_load(block.text)
    if isinstance(content, list):
        _check_list(content)
        return
    (tmp_path / "policy-pack.yaml").write_text(block.text, "utf-8")
    for folder in content.get("own_rules", ()):
        write(tmp_path / folder, {name.partition("/")[2]: FILES[name] for name in RULE_FILES})
    for number, place in enumerate(content.get("stock_policies", ())):
        file = place if place.endswith(".py") else f"{place}/policies.py"
        file = "acme_policies.py" if ":" in place else file
        write(tmp_path, {file: STOCK.replace("-known", "-known" if number == 0 else f"-{number}")})
    for folder in content.get("rego_policies", ()):
        if find() is None:
            pytest.skip("no conftest on PATH")
        write(tmp_path / folder, {"policy.rego": "package main\ndeny_public := set()\n"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    load(tmp_path / "policy-pack.yaml", all_rules(), WRITTEN).done()


def _check_list(items: list[dict[str, Any]]) -> None:
    """Steps of a workflow, or repositories of pre-commit: what is ours in them exists."""
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    known = {hook["id"]: hook["entry"] for hook in hooks}
    for item in items:
        if "apex-guardrails" in str(item.get("uses", "")):
            assert set(item["with"]) <= set(inputs)
        for hook in item.get("hooks", []):
            _check_options(" ".join([known[hook["id"]], *hook.get("args", [])]))


@pytest.mark.parametrize("block", PYTHON, ids=_named)
def test_python_compiles(block: Block) -> None:
    compile(block.text, _named(block), "exec")
    # Rules are run by tests/policies/testing/test_writing_a_rule.py.
    assert "@rule" not in block.text or block.page == "docs/writing-a-rule.md"


def _check_options(line: str) -> None:
    """Whether an `apex` command and its options exist."""
    command: Any = MAIN
    for word in line.split()[1:]:
        if word == "#" or word in {"|", ">"}:
            return
        if word.startswith("-") and word != "-":
            option = word.partition("=")[0]
            known = [*_options(command), "--help", "-h"]
            assert option in known, f"{line}: {option} is no option of {command.name}"
        elif hasattr(command, "commands"):
            assert word in command.commands, f"{line}: no command {word}"
            command = command.commands[word]


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)


def _every_option(command: Any) -> Iterator[str]:
    yield from _options(command)
    for member in getattr(command, "commands", {}).values():
        yield from _every_option(member)


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_files_that_the_text_names_exist(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    options = {
        *_every_option(MAIN),
        "--help",
        *OTHER_PROGRAMS,
        *OF_A_DEPLOYED_API,
        *_every_option(RELEASE),
        *_every_option(ROTATE),
    }
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "build"}
    for code in [*inline_code(page), *(command.line for command in commands(page))]:
        if code.startswith("apex ") and code != "apex RULE":
            _check_options(code)
        elif code.startswith("make "):
            assert code.split()[1] in targets, code
        elif code.startswith("--"):
            assert re.split(r"[ =]", code)[0] in options, code
        elif re.fullmatch(r"[\w.-]+/[\w./*-]*", code) and code.split("/")[0] in folders:
            made = code.startswith(".venv") or page in TESTED_ELSEWHERE
            assert made or list(ROOT.glob(code.rstrip("/"))), code


def test_the_page_of_remedies_lists_the_rules_that_have_one() -> None:
    page = (ROOT / "docs" / "remediation.md").read_text("utf-8")
    _, at_deployment, by_hand = re.split("These (?:may be|have a remedy)", page)
    rules = [rule for rule in all_rules() if rule.remedy is not None]
    listed = [set(re.findall(r"\(rules/(\S+)\.md\)", part)) for part in (at_deployment, by_hand)]
    assert listed == [
        {rule.id for rule in rules if rule.is_remediable},
        {rule.id for rule in rules if not rule.is_remediable},
    ]


def test_the_page_of_settings_is_current() -> None:
    schema = settings_reference.read_schema()
    page = (ROOT / "docs/settings-reference.md").read_text("utf-8")
    assert page == settings_reference.page(schema), "run make generated"


@pytest.mark.parametrize("folder", ["runbooks", "adr"])
def test_an_index_lists_every_page(folder: str) -> None:
    index = ROOT / "docs" / folder / "index.md"
    text = index.read_text("utf-8")
    pages = [path.relative_to(index.parent).as_posix() for path in index.parent.rglob("*.md")]
    assert [page for page in pages if page != "index.md" and f"({page})" not in text] == []


@pytest.mark.parametrize(
    ("expected", "said", "same"),
    [
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nd\n", True),
        ("took ... s\n", "took 1.5 s\n", True),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_three_dots_stand_for_any_text(expected: str, said: str, same: bool) -> None:
    assert is_as_shown(expected, said) is same


def test_a_command_that_no_test_knows_is_an_error(
    apex: Apex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell = Shell(tmp_path, apex, monkeypatch)
    with pytest.raises(AssertionError, match="no test knows"):
        shell.run(Command("page:1", "kubectl apply", None))
