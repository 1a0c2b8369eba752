"""Secret config of a program that is run offline: where it may go, and that nobody sees it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.sources.offline.placeholders import Placeholders
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import Declaration
from apex_guardrails.sources.offline.stack_config import StackConfig
from tests.policies.judged import GCP, Apex, judged

DECLARED = """
config:
  password: {type: string, secret: true}
  plain: {type: string, default: a}
  size: {type: integer, secret: true}
  open: {type: boolean, secret: true}
  names: {type: array, secret: true}
  more: {type: object, secret: true}
"""


def test_a_password_from_secret_config_passes_and_a_literal_does_not(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        config = pulumi.Config()
        secret = config.require_secret("password")
        gcp.sql.User("from-config", instance="db", password=secret)
        gcp.sql.User("inside", instance="db", password=secret.apply(lambda text: f"pre-{text}"))
        gcp.sql.User("unmarked", instance="db", password=config.require("password"))
        gcp.sql.User("write-only", instance="db", password_wo=secret)
        gcp.sql.User("computed", instance="db", password=gcp.secretmanager.Secret(
            "s", secret_id="s", replication={"auto": {}}).id)
        gcp.sql.User(
            "literal", instance="db",
            password="correct horse")
        gcp.sql.User("marked", instance="db", password=pulumi.Output.secret("battery staple"))
        gcp.sql.User("plain", instance="db", password=config.require("plain"))
        """,
        project=DECLARED,
    )
    outcome = apex.preview(program).expect(
        1,
        "__main__.py:15: gcp:sql/user:User literal: holds a credential",
        "__main__.py:16: gcp:sql/user:User marked: holds a credential",
        "__main__.py:17: gcp:sql/user:User plain: holds a credential",
        "placeholders stand in for the secret config more, names, open, password, size",
        "3 mandatory findings",
    )
    for value in ("correct horse", "battery staple"):
        assert value not in outcome.said


def test_an_output_that_shows_a_secret_is_found(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import base64, pulumi
        config = pulumi.Config()
        secret = config.require("password")
        pulumi.export("shown", secret)
        pulumi.export("urls", {"db": [f"postgres://me:{secret}@10.0.0.1/db"]})
        pulumi.export("encoded", base64.b64encode(secret.encode()).decode())
        pulumi.export("number", config.require_int("size"))
        pulumi.export("marked", config.require_secret("password"))
        pulumi.export("kept", config.require_secret("password").apply(lambda text: text + "x"))
        """,
        project=DECLARED,
    )
    outcome = apex.preview(program).expect(1, "4 mandatory findings")
    for path in ("(shown)", "(urls.db[0])", "(encoded)", "(number)"):
        assert path in outcome.out
    assert "judged:password" in outcome.out
    # A mark keeps it from view, and leaves it in the state.
    for path in ("(marked)", "(kept)"):
        assert outcome.out.count(path) == 1
        assert f"has an output with a password {path}" in outcome.out
    assert "stack.py" not in outcome.out  # no line of the program registers the stack


def test_a_secret_is_found_wherever_it_is_shown(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        config = pulumi.Config()
        secret, marked = config.require("password"), config.require_secret("password")
        gcp.storage.Bucket("in-an-input", location="EU", website={"not_found_page": secret})
        gcp.storage.Bucket("marked", location="EU", website={"not_found_page": marked})
        gcp.storage.Bucket("in-a-label", location="EU", labels={"key": marked})
        gcp.storage.Bucket(f"named-{secret}", location="EU")
        gcp.workflows.Workflow("workflow", region="europe-west1", source_contents=marked)
        gcp.Provider("marked-provider", access_token=marked)
        gcp.identityplatform.OauthIdpConfig(
            "login", name="oidc.l", client_id="c", issuer="https://i", client_secret=secret)
        # This one the provider marks.
        gcp.sql.User("user", instance="i", password=secret)
        """,
        project=DECLARED,
        stack="config:\n  gcp:accessToken: {secure: v1:abc}\n",
    )
    outcome = apex.preview(program).expect(1)
    found = re.findall(r"(\S+?)(?:\n |:) (\w+ the secret config .*)", outcome.out)
    assert sorted(found) == [
        ("in-a-label", "exposes the secret config value judged:password (labels.key)"),
        ("in-an-input", "exposes the secret config value judged:password (website.notFoundPage)"),
        ("judged:password]", "exposes the secret config value judged:password in its name"),
        (
            "login",
            "uses the secret config value judged:password without a secret mark (clientSecret)",
        ),
        # A mark hides nothing from whoever views the bucket.
        ("marked", "exposes the secret config value judged:password (website.notFoundPage)"),
        ("workflow", "exposes the secret config value judged:password (sourceContents)"),
    ]


def test_typed_getters_get_a_value_of_their_type(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        config = pulumi.Config()
        checks = pulumi.Output.all(
            config.require_secret_int("size"),
            config.require_secret_bool("open"),
            config.require_secret_object("names"),
            config.require_secret_object("more"),
            config.require_secret_object("sampled"),
            config.require_secret_float("ratio"),
            config.require_secret("stored"),
        )
        def look(values):
            size, is_open, names, more, sampled, ratio, stored = values
            assert size > 1000 and is_open is True and len(names) == 1 and len(more) == 1
            assert sampled == {"user": "someone", "port": 5432} and ratio == 0.5
            assert len(stored) > 20
            print("all", "is", "well")
        checks.apply(look)
        """,
        project=DECLARED,
        stack="config:\n  stored: {secure: v1:abc}\n  sampled: {secure: v1:abc}\n"
        "  ratio: {secure: v1:abc}\n  mixed: [{a: {secure: v1:abc}}, b]\n",
        files={
            "policy-pack.yaml": """
                offline:
                  secrets:
                    sampled: {user: someone, port: 5432}
                    judged:ratio: 0.5
            """
        },
    )
    apex.preview(program).expect(0, "all is well", "mixed, more, names, open, password, ratio")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("print('it is', secret, repr(secret))", 0),
        ("import sys; print('it is', secret, file=sys.stderr)", 0),
        ("import base64; print('it is', base64.b64encode(secret.encode()).decode())", 0),
        ("import urllib.parse; print('it is', urllib.parse.quote(f'a b:{secret}'))", 0),
        ("import json; print('it is', json.dumps({'a': secret}))", 0),
        ("print('it is ' + 'x' * 970 + secret + 'x' * 20_000 + secret)", 0),
        ("print('it is', secret, end='')", 0),
        ("pulumi.log.warn('it is ' + secret)", 0),
        ("raise ValueError('it is ' + secret)", 3),
        ("raise pulumi.RunError('it is ' + secret)", 3),
        ("import sys; sys.exit('it is ' + secret)", 3),
        ("import os, sys; sys.stderr.write('it is ' + secret); sys.stderr.flush(); os._exit(1)", 3),
        ("gcp.compute.Network('it is ' + secret)", 1),
        ("gcp.compute.Network('n', **{'descriptio': 'it is ' + secret})", 3),
        ("gcp.compute.Network('n', routing_mode={'it is ' + secret: 1})", 3),
        ("gcp.storage.Bucket('b', location='EU', labels={'it is ' + secret: 'A B'})", 1),
        ("pulumi.ComponentResource('it:is:' + secret, 'it is ' + secret, None)", 1),
    ],
)
def test_nothing_that_is_shown_holds_a_secret(
    apex: Apex, tmp_path: Path, program: str, code: int
) -> None:
    text = (
        f"import pulumi\n{'import pulumi_gcp as gcp' if 'gcp.' in program else ''}\n"
        f"secret = pulumi.Config().require('password')\n{program}\n"
    )
    outcome = apex.preview(judged(tmp_path, text, project=DECLARED)).expect(code)
    assert not re.search(r"[0-9a-f]{12}", outcome.said.replace("sha256", "")), outcome.said


CREDENTIALS = dict.fromkeys(
    (
        "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN",
        "CLOUDSDK_CONFIG", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN",
        "GITHUB_ACTIONS", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CI", "NPM_TOKEN",
        "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "SSH_AUTH_SOCK", "PYTHONPATH",
        "ANTHROPIC_API_KEY", "APEX_DEBUG_NOT", "KUBECONFIG",
    ),
    "clearly-not-a-credential",
)  # fmt: skip


def test_no_credential_of_the_judge_reaches_the_program(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        "import os\nprint('variables:', *sorted(os.environ))\n",
        files={"policy-pack.yaml": "offline:\n  environment: [NPM_TOKEN, NOT_SET]\n"},
    )
    outcome = apex.preview(program, **CREDENTIALS).expect(0, "variables: ", "PATH")
    line = next(line for line in outcome.out.splitlines() if "variables:" in line)
    assert "NPM_TOKEN" in line
    for name in set(CREDENTIALS) - {"NPM_TOKEN"}:
        assert name not in line
    assert "clearly-not-a-credential" not in outcome.said


@given(
    st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{0,20}", fullmatch=True), st.text(max_size=3)),
    st.lists(st.sampled_from(["A", "MY_TOKEN"])),
)
def test_only_usual_variables_and_those_named_go_through(
    outer: Mapping[str, str], more: list[str]
) -> None:
    inner = environment({**outer, "MY_TOKEN": "x", "PATH": "/bin", "LC_ALL": "C"}, more)
    assert inner["PATH"] == "/bin"
    assert inner["LC_ALL"] == "C"
    assert ("MY_TOKEN" in inner) is ("MY_TOKEN" in more)
    assert not any("TOKEN" in name and name not in more for name in inner)
    assert environment(os.environ).keys() <= os.environ.keys()


TYPES = st.sampled_from([None, "string", "integer", "boolean", "array", "object"])


@given(
    st.dictionaries(st.from_regex(r"p:[a-z]{1,8}(-password)?", fullmatch=True), TYPES, max_size=5)
)
def test_placeholders_differ_by_key_and_run_and_are_recognised(types: dict[str, str]) -> None:
    declared = {key: Declaration.model_validate({"type": kind}) for key, kind in types.items()}
    keys = frozenset(types)
    config = StackConfig({}, keys, declared)
    first, second = Placeholders.of(config, {}).values, Placeholders.of(config, {}).values
    secrets = SecretConfig(first)
    assert first.keys() == keys
    for key, value in first.items():
        if types[key] == "boolean":
            # There is no telling one truth from another.
            assert secrets.key_of(value) is None
            continue
        assert value != second[key]
        assert secrets.key_of(value) == key
        assert value not in secrets.redact(f"a {value} b")
    samples = {key.removeprefix("p:"): "s" for key in keys}
    assert Placeholders.of(config, samples).values == dict.fromkeys(keys, "s")


def test_a_passwords_placeholder_meets_a_password_policy() -> None:
    value = Placeholders.of(StackConfig({}, frozenset({"p:dbPassword"})), {}).values["p:dbPassword"]
    for needed in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]", ".{16}"):
        assert re.search(needed, value)


def test_plain_config_is_named_as_what_it_is(tmp_path: Path, apex: Apex) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        config = pulumi.Config()
        for name in ("door", "gate"):
            gcp.sql.User(name, instance="db", password=config.require(name))
        gcp.sql.User("own", instance="db", password="correct horse")
        gcp.sql.User("deep", instance="db", password=config.require_object("db")["login"])
        """,
        project="config:\n  gate: {type: string, default: battery staple}\n",
        stack=GCP + "  judged:door: open sesame\n  judged:db: {login: hunter2 hunter2}\n",
    )
    outcome = apex.preview(program, "--only", "sql-user-password-not-literal", "--verbose")
    start = "holds a credential from the stack's config, where it is not encrypted"
    outcome.expect(
        1,
        f"{start} (judged:door in Pulumi.dev.yaml:4)",
        f"{start} (judged:gate in Pulumi.yaml)",
        f"{start} (judged:db in Pulumi.dev.yaml:5)",
        "holds a credential written in the program",
    )
