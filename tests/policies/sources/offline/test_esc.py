"""Stacks that import environments of Pulumi ESC, which nobody can open here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.sources.offline.esc import open_environment
from tests.policies.judged import RAW, Apex, judged

STACK = "environment:\n  - acme/prod\n"
READS = """
import json, os
config = pulumi.Config()
print("in", pulumi.Config("gcp").require("project"), os.environ.get("REGION"))
"""
PROGRAM = RAW.replace("\n    ", "\n") + READS


def program(folder: Path, text: str, esc: Any, stack: str = STACK) -> Path:
    settings = {"offline": {"esc": {"acme/prod": esc}}}
    return judged(folder, text, stack=stack, files={"policy-pack.yaml": json.dumps(settings)})


@pytest.mark.parametrize(
    "opened",
    [
        # esc env open
        {
            "environmentVariables": {"REGION": "europe-west1"},
            "pulumiConfig": {"gcp:project": "acme-prod"},
        },
        # esc env open --format detailed
        {
            "properties": {
                "environmentVariables": {
                    "value": {"REGION": {"value": "europe-west1", "trace": {}}},
                    "trace": {},
                },
                "pulumiConfig": {
                    "value": {"gcp:project": {"value": "acme-prod", "trace": {}}},
                    "trace": {},
                },
            }
        },
        # the definition
        {
            "values": {
                "gcp": {"project": "acme-prod", "region": "europe-west1"},
                "environmentVariables": {"REGION": "${gcp.region}"},
                "pulumiConfig": {"gcp:project": "${gcp.project}"},
            }
        },
    ],
)
def test_what_settings_say_of_an_environment_is_given(
    apex: Apex, tmp_path: Path, opened: dict[str, Any]
) -> None:
    apex.preview(program(tmp_path / "written", PROGRAM, opened)).expect(0, "acme-prod europe-west1")
    in_file = program(tmp_path / "file", PROGRAM, "esc/prod.json")
    apex.preview(in_file).expect_only(2, "esc/prod.json")
    (in_file / "esc").mkdir()
    (in_file / "esc/prod.json").write_text(json.dumps(opened))
    apex.preview(in_file).expect(0, "acme-prod europe-west1")


def test_the_stack_s_own_config_comes_first(apex: Apex, tmp_path: Path) -> None:
    opened = {"pulumiConfig": {"gcp:project": "acme-prod", "size": 3}}
    stack = STACK + "config:\n  gcp:project: acme-own\n"
    text = PROGRAM + "print('size', config.require_int('size') + 1)\n"
    apex.preview(program(tmp_path, text, opened, stack)).expect(0, "in acme-own", "size 4")


def test_what_is_secret_becomes_a_placeholder_of_its_kind(apex: Apex, tmp_path: Path) -> None:
    opened = {
        "values": {
            "environmentVariables": {"API_TOKEN": "hunter2hunter2"},
            "pulumiConfig": {
                "gcp:project": "acme-prod",
                "marked": {"fn::secret": {"ciphertext": "ZXNj"}},
                "not-shown": "[secret]",
                "database": {
                    "host": "db.example.internal",
                    "ports": [1, {"fn::secret": 5432}],
                    "password": {"fn::secret": "hunter2hunter2"},
                },
            },
        }
    }
    text = PROGRAM + (
        "database = config.require_object('database')\n"
        "assert database['ports'][0] == 1 and database['ports'][1] > 9999\n"
        "print('values', config.require('marked'), config.require('not-shown'), database)\n"
        "print('token', os.environ['API_TOKEN'])\n"
        "Raw('vpc', 'gcp:compute/network:Network', {'description': database['host']})\n"
        "Raw('other', 'gcp:compute/network:Network', {'description': os.environ['API_TOKEN']})\n"
    )
    outcome = apex.preview(program(tmp_path, text, opened)).expect(
        1,
        "values [secret judged:marked] [secret judged:not-shown] {'host': 'db.example.internal'",
        "'password': '[secret judged:database]'",
        "token [secret $API_TOKEN]",
        "exposes the environment variable API_TOKEN (description)",
        "placeholders stand in for the secret config database, marked, not-shown",
    )
    assert "hunter2" not in outcome.said
    assert "value judged:database" not in outcome.said


def test_a_program_finds_files_where_their_variables_say(apex: Apex, tmp_path: Path) -> None:
    key = {"type": "service_account", "private_key": "hunter2hunter2"}
    opened = {"files": {"SETTINGS": "size: 3", "DEPLOYER_KEY": {"value": key, "secret": True}}}
    text = PROGRAM + (
        "from pathlib import Path\n"
        "given = {name: Path(os.environ[name]) for name in ('SETTINGS', 'DEPLOYER_KEY')}\n"
        "print('settings', given['SETTINGS'].read_text())\n"
        "key = given['DEPLOYER_KEY'].read_text()\n"
        "print('key', key)\n"
        "print('where', given['SETTINGS'])\n"
        "Raw('vpc', 'gcp:compute/network:Network', {'description': key})\n"
    )
    stack = STACK + "config:\n  gcp:project: p\n"
    outcome = apex.preview(program(tmp_path, text, opened, stack)).expect(
        1,
        "settings size: 3",
        "key [secret $DEPLOYER_KEY]",
        "exposes the environment variable DEPLOYER_KEY (description)",
    )
    assert "hunter2" not in outcome.said
    assert not Path(re.findall(r"where (/.+)", outcome.said)[0]).exists()


def test_a_part_that_is_encrypted_in_the_stack_file_is_the_only_placeholder(
    apex: Apex, tmp_path: Path
) -> None:
    stack = (
        "config:\n  gcp:project: p\n  judged:db:\n    host: db.internal\n"
        "    keys: [{secure: v1:a:b}]\n"
    )
    text = PROGRAM + "print('db', config.require_object('db'))\n"
    apex.preview(program(tmp_path, text, {}, stack)).expect(
        0, "db {'host': 'db.internal', 'keys': ['[secret judged:db]']}"
    )


def test_an_environment_that_nobody_knows_is_named_with_what_to_do(
    apex: Apex, tmp_path: Path
) -> None:
    advice = (
        "Pulumi.dev.yaml:1: environment: the values of acme/prod are not known here: write them "
        "down with `esc env open acme/prod --format detailed`"
    )
    folder = judged(tmp_path / "goes on", stack=STACK)
    apex.preview(folder).expect(0, f"note: {folder}/{advice}", "offline.esc: {acme/prod: FILE}")
    required = "config: {size: {type: integer}}\n"
    folder = judged(tmp_path / "needs it", stack=STACK, project=required)
    apex.preview(folder).expect_only(2, "required config is missing", advice)


def test_what_only_esc_opens_is_named(apex: Apex, tmp_path: Path) -> None:
    opened = {
        "values": {
            "login": {"fn::open::gcp-login": {"project": 1}},
            "pulumiConfig": {"gcp:project": "p", "token": "${login.accessToken}", "a": "${a}"},
            "environmentVariables": {"TOKEN": "Bearer ${login.accessToken}"},
        }
    }
    apex.preview(program(tmp_path, PROGRAM, opened)).expect(
        0,
        "environment: only ESC opens pulumiConfig.token, pulumiConfig.a, "
        "environmentVariables.TOKEN: give offline.esc what `esc env open` prints",
    )


def test_a_file_of_an_environment_that_no_stack_imports_may_be_missing(
    apex: Apex, tmp_path: Path
) -> None:
    stack = "config:\n  gcp:project: p\n"
    apex.preview(program(tmp_path, PROGRAM, "none.json", stack)).expect(0, "in p None")


def test_a_stack_may_define_an_environment_itself(apex: Apex, tmp_path: Path) -> None:
    stack = (
        "environment:\n  imports: [acme/prod@stable, {acme/more: {merge: false}}]\n"
        "  values:\n    pulumiConfig: {gcp:project: acme-inline}\n"
    )
    opened = {"pulumiConfig": {"gcp:project": "x"}, "environmentVariables": {"REGION": "asia"}}
    apex.preview(program(tmp_path, PROGRAM, opened, stack)).expect(
        0, "in acme-inline asia", "the values of acme/more are not known here"
    )


def test_a_text_with_a_secret_in_it_is_one() -> None:
    definition = {
        "values": {
            "key": {"fn::secret": "hunter2"},
            "port": 5432,
            "pulumiConfig": {"p:url": "db://${key}@host:${port}", "p:plain": "host:${port}"},
        }
    }
    config = open_environment(["e"], {"e": lambda: definition}).config
    assert config["p:url"].keys() == {"secure"}
    assert config["p:plain"] == "host:5432"


def test_environments_that_import_each_other_end() -> None:
    one = {"imports": ["two"], "values": {"pulumiConfig": {"p:a": 1, "p:o": {"x": 1}}}}
    two = {"imports": ["one"], "values": {"pulumiConfig": {"p:b": 2, "p:o": {"y": [2]}}}}
    opened = open_environment(["one", "two"], {"one": lambda: one, "two": lambda: two})
    assert opened.config == {"p:a": 1, "p:b": 2, "p:o": {"x": 1, "y": [2]}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "secret", "trace", "fn::secret", "fn::x", "imports", "a"]),
            below,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["values", "properties", "pulumiConfig"]))
def test_whatever_stands_in_a_file_is_opened_or_left_out(content: Any, key: str) -> None:
    opened = open_environment(["e"], {"e": lambda: {key: content}})
    assert not opened.missing or key == "values"
    assert json.dumps([opened.config, opened.variables])
