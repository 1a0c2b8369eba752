"""`apex preview`: its exit codes, its settings, and what a broken pack does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import apex_guardrails.pack.rules
from apex_guardrails import cli
from apex_guardrails.model import Parameters, Resource, Violation
from apex_guardrails.rules import all_rules
from tests.policies.judged import RAW, SOON, Apex, judged, write

OPEN = """
    import pulumi_gcp as gcp

    gcp.compute.Firewall(
        "open",
        network="vpc",
        allows=[{"protocol": "tcp"}],
        source_ranges=["0.0.0.0/0"],
    )
"""
OPEN_RAW = (
    RAW
    + """
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
"""
)
ADVISORY = "rules:\n  firewall-no-all-ports-from-anywhere: advisory\n"
DISABLED = "rules:\n  firewall-no-all-ports-from-anywhere: disabled\n"


def test_a_violation_is_shown_with_all_that_is_needed_to_mend_it(
    apex: Apex, tmp_path: Path
) -> None:
    outcome = apex.preview(judged(tmp_path, OPEN)).expect(
        1,
        "judged, stack dev\n",
        "1 resource of 1 type\n",
        "critical violation: No firewall rule opens all ports to the whole internet\n",
        "  __main__.py:4 (set at __main__.py:7)\n",
        "  gcp:compute/firewall:Firewall open\n",
        "  opens every port of tcp to the whole internet (sourceRanges[0]) (allows[0])\n",
        "  why: Every open port behind the rule is exposed to the internet",
        "  fix: List the ports in allows",
        "  rule: firewall-no-all-ports-from-anywhere\n",
        "settings: the pack's defaults\n",
    )
    assert outcome.err == ""
    last = outcome.out.splitlines()[-1]
    assert last.startswith("dev may not be deployed: 1 mandatory finding (1 resource evaluated, ")
    # What stops the deployment comes before what is advice.
    assert outcome.out.index("critical violation") < outcome.out.index("violation, advice")


def test_a_property_that_is_left_out_is_on_no_line(apex: Apex, tmp_path: Path) -> None:
    proxies = """
    Raw("good", "gcp:compute/targetHttpsProxy:TargetHttpsProxy", {
        "urlMap": "m",
        "sslPolicy": "modern",
    })
    Raw("bad", "gcp:compute/targetHttpsProxy:TargetHttpsProxy", {"urlMap": "m"})
    """
    outcome = apex.preview(judged(tmp_path, RAW + proxies)).expect(1, "  __main__.py:12\n")
    assert "the property" not in outcome.out


def test_the_program_may_be_elsewhere(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "program", OPEN_RAW)
    outcome = apex.preview(tmp_path, "--program", "program").expect(1, "program/__main__.py:8")
    assert str(program) not in outcome.out
    write(tmp_path / "other", {"policy-pack.yaml": DISABLED})
    apex.preview(tmp_path / "other", "--program", str(program)).expect(1, f"{program}/__main__.py:")


def test_settings_are_found_where_they_are_said_to_be(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "program", OPEN_RAW, files={"policy-pack.yaml": ADVISORY})
    given = write(tmp_path, {"given.yaml": DISABLED}) / "given.yaml"
    digest = hashlib.sha256(ADVISORY.encode()).hexdigest()[:12]
    # Beside the judged Pulumi.yaml; then, before that, the variable; then, before both, the option.
    apex.preview(program).expect(
        0, "violation, advice: No firewall", f"settings: policy-pack.yaml (sha256 {digest})"
    )
    outcome = apex.preview(program, APEX_SETTINGS=str(given)).expect(0, "given.yaml (sha256 ")
    assert "No firewall" not in outcome.out
    apex.preview(
        program, "--settings", str(given), APEX_SETTINGS=str(tmp_path / "none.yaml")
    ).expect(0, "given.yaml (sha256 ")


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_settings_that_were_asked_for_must_be_there(apex: Apex, tmp_path: Path, name: str) -> None:
    program = judged(tmp_path / "program", OPEN_RAW)
    apex.preview(program, "--settings", name).expect_only(2, name, "--settings")
    apex.preview(program, APEX_SETTINGS=name).expect_only(2, name, "APEX_SETTINGS")


def test_this_repositorys_own_settings_are_never_applied_to_others(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Path(cli.__file__).parents[3]
    assert (repository / "policy-pack.yaml").is_file()
    program = judged(tmp_path, OPEN_RAW)
    monkeypatch.chdir(repository)
    monkeypatch.setattr("sys.argv", ["apex", "preview", "--program", str(program)])
    assert cli.main() == 1
    apex.preview(program).expect(1, "settings: the pack's defaults")


def test_a_level_may_differ_by_stack(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        OPEN_RAW,
        files={
            "policy-pack.yaml": """
                stacks:
                  d*:
                    rules:
                      firewall-no-all-ports-from-anywhere: advisory
            """,
            "Pulumi.prod.yaml": "",
        },
    )
    apex.preview(program).expect(0, "violation, advice: No firewall", "dev may be deployed")
    apex.preview(program, "-s", "prod").expect(1, "prod may not be deployed")


def test_what_is_not_known_is_undecided_and_said_so(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp

        existing = gcp.compute.Network.get("existing", "n")
        gcp.projects.IAMMember("m", project="p", member="user:a@example.com", role=existing.name)
        """,
    )
    apex.preview(program).expect(
        1,
        "high undecided: No basic role",
        "waits for an output of gcp:compute/network:Network existing (role)",
        "fix: Make the value known: write the value as text or config, join texts with "
        "Output.concat or Output.format, not in apply; or set",
        "7 undecided",
    )
    write(program, {"policy-pack.yaml": "undecided:\n  high: advisory\n"})
    apex.preview(program).expect(0, "high undecided, advice: No basic role", "7 undecided")


def _fails(_resource: Resource, _parameters: Parameters) -> Iterator[Violation]:
    raise ZeroDivisionError("of the rule's own making")


@pytest.fixture
def a_rule_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [
        replace(item, check=_fails) if item.id == "firewall-no-all-ports-from-anywhere" else item
        for item in all_rules()
    ]
    monkeypatch.setattr(apex_guardrails.pack.rules, "all_rules", lambda: rules)


@pytest.mark.usefixtures("a_rule_that_raises")
def test_a_pack_that_fails_its_own_cases_judges_nothing(apex: Apex, tmp_path: Path) -> None:
    outcome = apex.preview(judged(tmp_path, OPEN_RAW)).expect_only(
        4,
        "the pack fails its own cases, so it judges nothing",
        "firewall-no-all-ports-from-anywhere: case 1 expects passes, got ZeroDivisionError",
    )
    assert "deployed" not in outcome.said
    apex(tmp_path, "policies", "test").expect_only(4, "fails its own cases")


@pytest.mark.usefixtures("a_rule_that_raises", "unproven")
def test_a_rule_that_raises_fails_the_run_and_the_others_are_heard(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        OPEN_RAW
        + """
    Raw("m", "gcp:projects/iAMMember:IAMMember",
        {"project": "p", "member": "user:a@example.com", "role": "roles/owner"})
    """,
    )
    outcome = apex.preview(program).expect(
        4,
        "rule failed  firewall-no-all-ports-from-anywhere",
        "gcp:compute/firewall:Firewall open",
        "ZeroDivisionError: of the rule's own making",
        "grants the basic role roles/owner",
        "dev not evaluated completely: a rule failed",
    )
    assert outcome.err == ""


def test_a_defect_of_apex_is_told_in_one_line(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_arguments: object) -> None:
        raise RuntimeError("with a secret in it")

    monkeypatch.setattr("apex_guardrails.judgement.pipeline.enforce", defect)
    program = judged(tmp_path, OPEN_RAW)
    outcome = apex.preview(program).expect_only(
        4, "unexpected RuntimeError", "defect of apex", "nothing was decided", "APEX_DEBUG=1"
    )
    assert "with a secret in it" not in outcome.said
    with pytest.raises(RuntimeError):
        apex.preview(program, APEX_DEBUG="1")


def test_of_several_failures_the_worst_gives_the_exit_code(apex: Apex, tmp_path: Path) -> None:
    # A violation was found, and the program failed: what was found is shown as incomplete.
    program = judged(tmp_path, OPEN_RAW + "    raise SystemExit(1)\n")
    apex.preview(program).expect(3, "No firewall rule", "not evaluated completely")


def test_a_waiver_lets_a_deployment_pass_until_its_day_is_over(apex: Apex, tmp_path: Path) -> None:
    waiver = (
        "waivers:\n"
        "  - policy: firewall-no-all-ports-from-anywhere\n"
        "    resource: {}\n"
        "    reason: It is a honeypot.\n"
        "    owner: security\n"
        "    expires: {}\n"
    )
    program = judged(tmp_path, OPEN_RAW, files={"policy-pack.yaml": waiver.format("open", SOON)})
    apex.preview(program).expect(0, f"waived: 1 finding, the first ends on {SOON}; --verbose lists")
    apex.preview(program, "--verbose").expect(0, f"It is a honeypot. (security, until {SOON})")
    write(program, {"policy-pack.yaml": waiver.format("'*'", "2026-01-01")})
    apex.preview(program).expect(1, "the waiver of security expired on 2026-01-01")
    write(program, {"policy-pack.yaml": waiver.format("nothing", SOON)})
    apex.preview(program).expect(
        1,
        "note: the waiver for firewall-no-all-ports-from-anywhere on nothing (owner security)",
    )


def test_one_run_can_ask_for_less_and_fail_on_other_findings(apex: Apex, tmp_path: Path) -> None:
    rule = "firewall-no-all-ports-from-anywhere"
    facts = f"resource: x, reason: It is a test, owner: team, expires: {SOON}"
    settings = f"waivers: [{{policy: sql-ssl-enforced, {facts}}}]\n"
    program = judged(tmp_path, OPEN_RAW, files={"policy-pack.yaml": settings})

    alone = apex.preview(program, "--only", rule).expect(
        1, f"only some rules were evaluated: {rule}"
    )
    assert "1 rule, 1 violation" in alone.out
    # What was not asked is no reason to complain of its waiver.
    assert "covers nothing" not in alone.out
    without = apex.preview(program, "--skip", rule, "--fail-on", "critical").expect(
        0, "not evaluated:"
    )
    assert "No firewall rule opens all ports" not in without.out
    without.expect(
        0, f"  looser: {rule}: disabled (default ", "1 rule is off by this run's options, 1"
    )
    apex.preview(program, "--skip", rule, "--fail-on", "low").expect(1, "may not be deployed")
    apex.preview(program, "--soft-fail").expect(
        0,
        "dev may not be deployed",
        "  looser: --soft-fail: what stops it ends with 0",
    )
    both = apex.preview(program, "--only", f"{rule}, sql-ssl-enforced").expect(1)
    assert "2 rules, 1 violation" in both.out
    apex.preview(program, "--only", "firewall-no").expect_only(2, "--only firewall-no: there is no")
    apex.preview(program, "--fail-on", "grave").expect_only(
        2, "--fail-on grave: must be one of low"
    )
