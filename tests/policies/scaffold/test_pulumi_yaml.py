"""The programs on the rules' pages in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from apex_guardrails.model import UNKNOWN
from apex_guardrails.model.case import (
    SECRET_CONFIG,
    concat,
    fails,
    output_of,
    resource,
    secret,
)
from apex_guardrails.scaffold.programs.case_program import token_of
from apex_guardrails.scaffold.programs.required_inputs import with_required
from tests.policies.scaffold.shown import shown, shown_in, source


def test_every_program_has_what_its_case_has() -> None:
    for name, program in shown_in("yaml").items():
        rule, example = shown()[name]
        content = yaml.safe_load(program)
        properties = [item.get("properties", {}) for item in content.get("resources", {}).values()]
        for item in example.case.resources:
            inputs = with_required(token_of(rule, item), item.inputs)
            assert any(_fits(inputs, made) for made in properties), name
        assert set(content.get("outputs", {})) == set(example.case.outputs), name


def _fits(given: Any, made: Any) -> bool:
    """Whether what a program has is a case's value, as far as the case says it."""
    if isinstance(given, Mapping):
        return set(given) == set(made) and all(_fits(given[key], made[key]) for key in given)
    if isinstance(given, list | tuple):
        return len(given) == len(made) and all(map(_fits, given, made))
    if isinstance(given, str) and given != SECRET_CONFIG:
        return bool(made == given.replace("${", "$${"))
    return bool(made == given) or "${" in str(made) or "fn::secret" in str(made)


def test_a_program_is_a_file_as_a_whole() -> None:
    token = "gcp:sql/databaseInstance:DatabaseInstance"
    database = resource(token, "db", _protect=True, databaseVersion="MYSQL_8_4")
    user = resource(
        None,
        "app",
        instance=output_of("db"),
        password=secret(SECRET_CONFIG),
        name=concat("a-", UNKNOWN),
        host=secret("10.0.0.1"),
        _provider={"region": "europe-west1"},
    )
    # A value that the config has under a resource's name.
    bucket = resource("gcp:storage/bucket:Bucket", "password", location="EU")
    assert (
        source("yaml", fails(user, database, bucket, _outputs={"user": "${x}"}))
        == """name: example
runtime: yaml
config:
  password:
    type: string
    secret: true
resources:
  platform:
    type: pulumi:pulumi:StackReference
    properties:
      name: example/platform/production
  provider:
    type: pulumi:providers:gcp
    properties:
      region: europe-west1
  db:
    type: gcp:sql:DatabaseInstance
    properties:
      databaseVersion: MYSQL_8_4
    options:
      protect: true
  password-2:
    type: gcp:storage:Bucket
    properties:
      location: EU
  app:
    type: gcp:sql:User
    properties:
      instance: ${db.name}
      password: ${password}
      name: a-${platform.outputs["nameSuffix"]}
      host:
        fn::secret: 10.0.0.1
    options:
      provider: ${provider}
outputs:
  user: $${x}
"""
    )
