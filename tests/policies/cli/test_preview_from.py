"""`apex preview --from`: what another tool wrote is judged as a program is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.policies.judged import SOON, Apex, write
from tests.policies.sources.plan.plans import GOOGLE, Item, plan, ref, state
from tests.policies.sources.previews.files import digest, events, step
from tests.policies.state_files import FIREWALL, OPEN, USER, encrypted

ADDRESS = "google_compute_firewall.open"
RULE = "firewall-no-all-ports-from-anywhere"
OPEN_PLAN = plan(
    Item(ADDRESS, {"name": "x", "allow": [{"protocol": "tcp"}], "source_ranges": ["0.0.0.0/0"]})
)
PROGRAM = """
import pulumi_gcp as gcp

gcp.compute.Firewall("open", network="vpc",
    allows=[{"protocol": "tcp"}])
"""


def files(folder: Path, documents: Mapping[str, Any], **texts: str) -> Path:
    return write(folder, {name: json.dumps(it) for name, it in documents.items()} | texts)


def test_a_preview_of_pulumi(apex: Apex, tmp_path: Path) -> None:
    place = {"sourcePosition": "project:///main.py#4"}
    here = files(
        tmp_path,
        {"preview.json": digest(step(FIREWALL, "open", OPEN, **place))},
        **{"Pulumi.yaml": "name: judged\nruntime: python\n", "main.py": PROGRAM},
    )
    apex.preview(here, "--from", "preview.json").expect(
        1,
        "judged, stack dev\n",
        "  main.py:4 (set at main.py:5)\n",
        "  gcp:compute/firewall:Firewall open\n",
        f"  rule: {RULE}\n",
        "note: not asked, as the file does not say it: credentials-secret-config-not-shown, cred",
        "dev may not be deployed: 1 mandatory finding (1 resource evaluated,",
    )


def test_the_settings_are_those_of_the_project(apex: Apex, tmp_path: Path) -> None:
    off = f"rules:\n  {RULE}: disabled\n"
    here = files(
        tmp_path,
        {"preview.json": digest(step(FIREWALL, "open", OPEN)), "plan.json": OPEN_PLAN},
        **{
            "judged/Pulumi.yaml": "name: judged\nruntime: python\n",
            "judged/policy-pack.yaml": off,
            "other/Pulumi.yaml": "name: other\nruntime: python\n",
            "other/policy-pack.yaml": off,
            "terraform/policy-pack.yaml": off,
        },
    )
    # Pulumi's project is known by its name; Terraform has none, and takes no program's settings.
    for folder, file, code in (
        ("judged", "preview.json", 0),
        ("other", "preview.json", 1),
        ("terraform", "plan.json", 0),
        ("judged", "plan.json", 1),
    ):
        apex.preview(here / folder, "--from", str(here / file)).expect(code)
    apex.preview(here, "--from", "preview.json", "--program", "judged").expect(0)
    apex.preview(here, "--from", "plan.json", "--program", "terraform").expect(0)
    apex.preview(here, "--from", "plan.json", "--settings", "judged/policy-pack.yaml").expect(0)


def test_an_event_log_hides_where_credentials_come_from(apex: Apex, tmp_path: Path) -> None:
    log = events(step(USER, "u", {"name": "u", "password": encrypted("[secret]")}))
    here = write(tmp_path, {"log": "\n".join(map(json.dumps, log))})
    apex.preview(here, "--from", "log").expect(
        1,
        "high undecided: Passwords are generated with RandomPassword",
        "note: the file does not say where a secret comes from: 1 credential may be written in the",
        "note: the engine's event log does not say what depends on what",
    )


def test_a_preview_that_leaves_out_what_stays(apex: Apex, tmp_path: Path) -> None:
    here = files(tmp_path, {"p.json": digest(changeSummary={"same": 2, "create": 1})})
    apex.preview(here, "--from", "p.json").expect(
        3,
        "2 resources that the update leaves as it is are not in the file",
        "dev not evaluated completely: not every resource was seen",
    )


def test_a_plan_of_terraform(apex: Apex, tmp_path: Path) -> None:
    here = files(tmp_path, {"plan.json": OPEN_PLAN})
    apex.preview(here, "--from", "plan.json", "--stack", "production").expect(
        1,
        "terraform, stack production\n",
        f"  gcp:compute/firewall:Firewall {ADDRESS}\n",
        "  fix: List the ports in allows, and narrow source_ranges.\n",
        "production may not be deployed: 1 mandatory finding",
    )
    done = apex.preview(
        here, "--from", "plan.json", "--project", "shop", "--format", "json"
    ).expect(1)
    document = json.loads(done.out)
    assert (document["project"], document["source"]) == ("shop", "terraform-plan")
    assert document["findings"][0]["urn"].endswith(f"::{ADDRESS}")


def test_what_is_only_read_is_neither_evaluated_nor_paid_for(apex: Apex, tmp_path: Path) -> None:
    data = Item("data.google_compute_instance.i", {"machine_type": "e2-small"}, actions=["read"])
    here = files(tmp_path, {"plan.json": plan(data, Item("google_compute_network.v", {}))})
    done = apex.preview(here, "--from", "plan.json", "--format", "json")
    document = json.loads(done.out)
    assert document["unpriced"] == 0
    assert document["reach"]["read"] == {"terraform:data:googleComputeInstance": 1}


def test_a_waiver_names_an_address(apex: Apex, tmp_path: Path) -> None:
    why = f"reason: a load test, owner: platform, expires: {SOON}"
    waiver = f"{{policy: {RULE}, resource: {ADDRESS}, {why}}}"
    here = files(tmp_path, {"plan.json": OPEN_PLAN}, **{"s.yaml": f"waivers: [{waiver}]\n"})
    apex.preview(here, "--from", "plan.json", "--settings", "s.yaml").expect(0, "waived: 1 finding")


def test_a_state_of_terraform(apex: Apex, tmp_path: Path) -> None:
    here = files(tmp_path, {"state.json": state(Item("google_storage_bucket.b", {"name": "b"}))})
    apex.preview(here, "--from", "state.json", "--only", RULE).expect(0, "dev was not evaluated")
    done = apex.preview(here, "--from", "state.json", "--format", "html").expect(0)
    assert "a Terraform state" in done.out


def test_no_secret_of_a_plan_is_shown(apex: Apex, tmp_path: Path) -> None:
    secret = "correct horse battery"
    user = Item(
        "google_sql_user.app",
        {"name": "app", "password": secret},
        sensitive={"password": True},
        expressions={"password": ref("var.password")},
    )
    label = Item(
        "google_storage_bucket.b",
        {"name": "b", "labels": {"token": secret}},
        expressions={"labels": ref("var.password")},
        provider=f"{GOOGLE}-beta",
    )
    document = plan(user, label, variables={"password": {"value": secret}})
    document["configuration"]["root_module"]["variables"] = {"password": {"sensitive": True}}
    here = files(tmp_path, {"plan.json": document})
    for form in ("console", "json", "sarif", "markdown", "html", "junit"):
        done = apex.preview(here, "--from", "plan.json", "--format", form)
        assert secret not in done.said
        assert "var.password" in done.said


def test_wrong_usage(apex: Apex, tmp_path: Path) -> None:
    here = files(tmp_path, {"preview.json": digest(), "odd.json": {"a": 1}})
    for arguments, said in (
        (["--from", "none.json"], "none.json: the file does not exist; write one with: pulumi"),
        (["--from", "odd.json"], 'odd.json: is an object with the keys "a", not a preview or pla'),
        (["--from", "preview.json", "--stack", "x"], "preview.json: is of dev, not of x (--stack)"),
        (
            ["--from", "preview.json", "--project", "x"],
            "preview.json: is of judged, not of x (--project)",
        ),
        (["--project", "x"], "--project: is for --from; a program's project is named in Pulumi.ya"),
        (["--from", "preview.json", "--only", "none"], "none"),
    ):
        apex.preview(here, *arguments).expect_only(2, said)


def test_a_file_that_says_nothing_is_none(apex: Apex, tmp_path: Path) -> None:
    early = {"diagnostics": [{"severity": "error", "message": "no such stack"}]}
    here = files(tmp_path, {"null.json": {"steps": None}, "early.json": early})
    apex.preview(here, "--from", "null.json").expect_only(
        2, 'null.json: is an object with the keys "steps", not a preview or plan; write one'
    )
    apex.preview(here, "--from", "early.json").expect(3, "pulumi, stack dev\n", "no such stack")


def test_what_only_leaves_out_is_not_looser(apex: Apex, tmp_path: Path) -> None:
    here = files(tmp_path, {"plan.json": OPEN_PLAN})
    done = apex.preview(here, "--from", "plan.json", "--only", RULE, "--verbose").expect(
        1, f"note: only some rules were evaluated: {RULE}\n"
    )
    assert "looser" not in done.out
    apex.preview(here, "--from", "plan.json", "--skip", RULE).expect(0, "1 looser")
