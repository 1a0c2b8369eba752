"""A plan or a state as a whole: its version, what it does, and what it cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.decide import decide
from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.sources.from_file import FileForm, FromFile
from apex_guardrails.support.errors import UsageError
from tests.policies.sources.plan.plans import GOOGLE, Item, at, plan, ref, state, told

OPEN = Item(
    "google_compute_firewall.open",
    {"name": "open", "allow": [{"protocol": "tcp"}], "source_ranges": ["0.0.0.0/0"]},
)
BUCKET = "google_storage_bucket.b"


def found(read: FromFile) -> set[tuple[str, str, str]]:
    """Rule, address and outcome."""
    decision = decide(read.stack, enforce(PolicyPackSettings(), known_rules(), read.stack.name))
    assert not decision.errors
    return {(it.rule.id, it.urn.split("::", 3)[-1], it.outcome.value) for it in decision.findings}


def test_a_plan(tmp_path: Path) -> None:
    read = told(tmp_path, plan(OPEN))
    assert (read.form, read.is_complete, read.errors) == (FileForm.TERRAFORM_PLAN, True, [])
    assert (read.stack.name, read.stack.project) == ("dev", "terraform")
    assert not read.stack.is_deployed
    rule = "firewall-no-all-ports-from-anywhere"
    assert (rule, "google_compute_firewall.open", "fails") in found(read)


def test_a_state(tmp_path: Path) -> None:
    old = Item("google_compute_firewall.open", {"name": "old"})
    old.values["deposed_key"] = "0a1b2c3d"
    read = told(tmp_path, state(OPEN, old))
    assert (read.form, read.is_complete) == (FileForm.TERRAFORM_STATE, True)
    assert read.stack.is_deployed
    assert at(read, "google_compute_firewall.open").value["name"] == "open"
    assert told(tmp_path, {"format_version": "1.0"}).form is FileForm.TERRAFORM_STATE


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.17"])
def test_versions_that_are_known(tmp_path: Path, version: str) -> None:
    assert told(tmp_path, plan(OPEN, format_version=version)).is_complete


@pytest.mark.parametrize("version", ["2.0", "10.1", "1", "", "1.2-beta"])
def test_versions_that_are_not(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError) as caught:
        told(tmp_path, plan(OPEN, format_version=version))
    assert str(caught.value) == (
        f"{tmp_path}/plan.json: format_version {version} of terraform show -json is not known; "
        "known: 0.1 to 1.x; a newer apex may read it"
    )


@pytest.mark.parametrize("values", [None, {}, {"root_module": {}}])
def test_a_plan_of_which_a_part_was_taken_out_is_refused(tmp_path: Path, values: Any) -> None:
    document = plan(OPEN)
    del document["planned_values"]
    if values is not None:
        document["planned_values"] = values
    with pytest.raises(UsageError, match=r"planned_values: google_compute_firewall\.open is miss"):
        told(tmp_path, document)


def test_what_the_plan_deletes_or_forgets_is_counted(tmp_path: Path) -> None:
    gone = Item("google_compute_network.gone", {"name": "n"}, actions=["delete"])
    left = Item("google_compute_network.left", {"name": "n"}, actions=["forget"])
    document = plan(OPEN, gone, left)
    document["planned_values"]["root_module"]["resources"] = [OPEN.values]
    read = told(tmp_path, document)
    assert read.notes == [
        "not evaluated: 1 resource that the plan deletes",
        "not evaluated: 1 resource that the plan leaves to others (removed)",
    ]


def test_what_is_replaced_is_there_once(tmp_path: Path) -> None:
    new = Item(BUCKET, {"name": "new"}, actions=["delete", "create"])
    deposed = dict(Item(BUCKET, {"name": "old"}, actions=["delete"]).change, deposed="0a1b2c3d")
    document = plan(new)
    document["resource_changes"].append(deposed)
    assert at(told(tmp_path, document), BUCKET).value["name"] == "new"


def test_what_is_imported_is_said(tmp_path: Path) -> None:
    item = Item(BUCKET, {"name": "b"}, change={"importing": {"id": "b"}})
    assert at(told(tmp_path, plan(item)), BUCKET).is_imported


def test_a_plan_that_failed_and_one_of_some_targets(tmp_path: Path) -> None:
    failed = told(tmp_path, plan(OPEN, errored=True))
    assert failed.errors == ["terraform plan failed: the plan has what was planned until then"]
    assert not failed.is_complete
    some = told(tmp_path, plan(OPEN, complete=False))
    assert not some.is_complete
    assert some.notes[0].startswith("the plan says itself that it is not complete")
    later = told(tmp_path, plan(OPEN, deferred_changes=[{"reason": "instance_count_unknown"}]))
    assert not later.is_complete


def user(**expressions: Any) -> Item:
    return Item(
        "google_sql_user.app",
        {"name": "app", "instance": "main", "password": "correct horse battery"},
        sensitive={"password": True},
        expressions={"name": {"constant_value": "app"}, **expressions},
    )


def with_variable(item: Item, *, sensitive: bool) -> dict[str, Any]:
    document = plan(item, variables={"password": {"value": "correct horse battery"}})
    about = {"password": {"sensitive": True} if sensitive else {}}
    document["configuration"]["root_module"]["variables"] = about
    return document


def test_where_a_credential_comes_from(tmp_path: Path) -> None:
    literal = "sql-user-password-not-literal", "google_sql_user.app", "fails"
    written = user(password={"constant_value": "correct horse battery"})
    assert literal in found(told(tmp_path, plan(written)))
    given = user(password=ref("var.password"))
    secret = told(tmp_path, with_variable(given, sensitive=True))
    assert literal not in found(secret)
    # No text of ours shows what a sensitive variable holds.
    assert secret.stack.secret_config.redact("correct horse battery") == "[secret var.password]"
    assert literal in found(told(tmp_path, with_variable(given, sensitive=False)))
    assert secret.stack.has_config


def test_a_generated_password(tmp_path: Path) -> None:
    made = Item(
        "random_password.db",
        {"length": 32, "result": "correct horse battery"},
        sensitive={"result": True},
        expressions={"length": {"constant_value": 32}},
        provider="registry.terraform.io/hashicorp/random",
        actions=["no-op"],
    )
    mine = user(password=ref("random_password.db.result", "random_password.db"))
    read = told(tmp_path, plan(made, mine))
    assert at(read, "random_password.db").value == {"length": 32}
    assert not any(rule == "sql-user-password-not-literal" for rule, *_ in found(read))
    # A state does not say it, and only what is not marked is without doubt in plain text.
    mine.values["depends_on"] = ["random_password.db"]
    kept = told(tmp_path, state(made, mine))
    assert "result" not in at(kept, "random_password.db").value
    assert not any(rule == "sql-user-password-not-literal" for rule, *_ in found(kept))


def test_outputs(tmp_path: Path) -> None:
    document = plan(
        OPEN, output_changes={"ip": {"actions": ["create"], "after_unknown": True}, "x": {}}
    )
    document["planned_values"]["outputs"] = {
        "token": {"sensitive": True, "value": "hidden"},
        "name": {"sensitive": False, "value": "open"},
        "ip": {"sensitive": False},
    }
    outputs = told(tmp_path, document).stack.outputs
    assert outputs is not None
    assert outputs.value == {"token": Secret("hidden"), "name": "open", "ip": UNKNOWN}


def test_labels_and_places_of_the_provider(tmp_path: Path) -> None:
    bucket = Item(
        BUCKET,
        {
            "name": "b",
            "labels": {"app": "x"},
            "terraform_labels": {"app": "x", "owner": "team"},
            "effective_labels": {"app": "x", "owner": "team", "goog-terraform-provisioned": "true"},
            "project": "a-project",
        },
        unknown={"id": True},
        expressions={"name": {"constant_value": "b"}, "labels": {}},
    )
    document = plan(bucket)
    document["configuration"]["provider_config"] = {
        "google": {
            "name": "google",
            "full_name": GOOGLE,
            "expressions": {
                "project": ref("var.project"),
                "region": {"constant_value": "europe-west3"},
                "default_labels": {"constant_value": {"owner": "team"}},
            },
        },
        "aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"},
        "odd": None,
    }
    read = told(tmp_path, document)
    made = at(read, BUCKET)
    assert made.value["labels"] == {"app": "x"}
    assert made.provider_input("defaultLabels") == {"app": "x", "owner": "team"}
    provider = at(read, "google")
    assert provider.type.token == "pulumi:providers:gcp"
    # What its resources have got from it is known, whatever the expression.
    assert provider.value["project"] == "a-project"
    assert provider.value["region"] == "europe-west3"


def test_what_prevent_destroy_would_keep_is_advice(tmp_path: Path) -> None:
    item = Item("google_secret_manager_secret.s", {"secret_id": "s"})
    decision = decide(
        told(tmp_path, plan(item)).stack, enforce(PolicyPackSettings(), known_rules(), "dev")
    )
    [finding] = [it for it in decision.findings if it.rule.id == "deletion-stateful-protected"]
    assert (finding.outcome.value, finding.level.value) == ("undecided", "advisory")
    assert "prevent_destroy, which would keep it, is not in what Terraform tells" in finding.message
    assert finding.fix.startswith("Set the resource's own deletion protection")


def test_what_waits_for_a_data_source_is_told_in_terraforms_words(tmp_path: Path) -> None:
    data = "data.google_project.p"
    item = Item(
        "google_compute_firewall.f",
        {"name": "f", "allow": [{"protocol": "tcp"}]},
        unknown={"source_ranges": True},
        expressions={"source_ranges": ref(f"{data}.labels", data), "allow": [{"protocol": {}}]},
    )
    read = told(tmp_path, plan(Item(data, {}, actions=["read"]), item))
    decision = decide(read.stack, enforce(PolicyPackSettings(), known_rules(), "dev"))
    undecided = [it for it in decision.findings if it.path == "sourceRanges"]
    assert undecided
    assert data in undecided[0].message
    assert undecided[0].fix.startswith("Write the value as text, or judge the state once")
