"""SARIF against the schema that OASIS publishes, as a Go module carries it.

Our own `sarif.schema.json` is stricter and needs no Go; this one says that it is no invention.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given, settings

from apex_guardrails.reports.sarif import render
from tests.policies.reports.documents import full_of, small, texts

MODULE: Final = "github.com/owenrumney/go-sarif/v3@v3.3.1"
SUM: Final = "h1:bKY8YnWcY8zYTiGVObC5wZLlfEvMkCxK9XMGXBbzEtQ="
OASIS: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"


@pytest.fixture(scope="module")
def official() -> jsonschema.Draft4Validator:
    if shutil.which("go") is None and not os.environ.get("CI"):
        pytest.skip("OASIS's schema comes with a Go module, and there is no Go")
    downloaded = subprocess.run(
        ["go", "mod", "download", "-json", MODULE], capture_output=True, text=True, check=False
    )
    module = json.loads(downloaded.stdout)
    assert "Error" not in module, module["Error"]
    assert module["Sum"] == SUM
    source = Path(module["Dir"], "pkg/report/v210/sarif/schema.go").read_text("utf-8")
    # One raw string; a backtick in it is a string of its own.
    raw = source.partition("= `")[2].rpartition("`")[0]
    schema: dict[str, Any] = json.loads(re.sub(r'` ?\+ ?"`" ?\+ ?`', "`", raw))
    assert schema["id"] == f"{OASIS}sarif-schema-2.1.0.json"
    return jsonschema.Draft4Validator(schema)


def test_a_report_of_every_kind_of_finding_is_valid(official: jsonschema.Draft4Validator) -> None:
    official.validate(json.loads(render(small())))


@settings(max_examples=10)
@given(text=texts)
def test_it_is_valid_whatever_the_program_says(
    official: jsonschema.Draft4Validator, text: str
) -> None:
    official.validate(json.loads(render(full_of(text))))


def test_the_schema_refuses_what_is_none(official: jsonschema.Draft4Validator) -> None:
    log = json.loads(render(small()))
    log["runs"][0]["results"][0]["level"] = "grave"
    assert not official.is_valid(log)
