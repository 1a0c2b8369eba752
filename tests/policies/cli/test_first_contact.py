"""`apex` alone and `apex init`: what somebody meets who has just installed it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from apex_guardrails.rules import all_rules
from apex_guardrails.settings import load
from tests.policies.judged import GCP, Apex, judged, write

NETWORK = """
    import pulumi
    pulumi.CustomResource("gcp:compute/network:Network", "lab", {"autoCreateSubnetworks": True})
"""
OPEN = """
    import pulumi
    pulumi.CustomResource(
        "gcp:compute/firewall:Firewall", "open",
        {"network": "n", "sourceRanges": ["0.0.0.0/0"], "allows": [{"protocol": "all"}]},
    )
"""


def test_without_a_program_it_says_what_can_be_done(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(tmp_path).expect(2, "There is no Pulumi.yaml", "apex preview --program DIR")
    assert "apex --help" in outcome.out
    assert outcome.err == ""


def test_the_one_stack_is_judged_after_it_is_said(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, NETWORK)
    (program / "Pulumi.dev.yaml").rename(program / "Pulumi.live.yaml")
    outcome = apex(program).expect(0, "live may be deployed", "VPC networks are in custom")
    assert outcome.err.startswith(
        "Runs judged offline and judges its one stack, live: `apex preview --stack live`\n"
    )
    assert "Nothing is deployed" in outcome.err
    assert "next:\n  apex explain RULE" in outcome.err
    assert outcome.out == apex.preview(program, "--stack", "live").out


def test_its_exit_code_is_the_previews(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(judged(tmp_path, OPEN)).expect(1, "dev may not be deployed", "apex explain RULE")
    assert "apex init " in outcome.err


def test_what_comes_next_depends_on_what_came(apex: Apex, tmp_path: Path) -> None:
    broken = judged(tmp_path / "broken", "import nothing_of_that_name\n")
    assert "apex doctor " in apex(broken).expect(3).err
    has_settings = judged(tmp_path / "settings", NETWORK, files={"policy-pack.yaml": "rules: {}\n"})
    assert "apex init " not in apex(has_settings).expect(0).err


def test_a_program_whose_stacks_have_no_files_is_judged_for_dev(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path)
    (program / "Pulumi.dev.yaml").unlink()
    apex(program).expect(0, "judges a stack dev, as none has a file")


def test_of_several_stacks_one_has_to_be_named(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, files={"Pulumi.production.yaml": GCP})
    outcome = apex(program).expect(2)
    assert outcome.out == (
        "judged has 2 stacks. Name one, or judge them all:\n"
        "  apex preview --stack dev\n"
        "  apex preview --stack production\n"
        "  apex preview --all\n"
    )


def test_a_project_file_that_is_not_valid_is_named(apex: Apex, tmp_path: Path) -> None:
    apex(write(tmp_path, {"Pulumi.yaml": "name: [\n"})).expect_only(2, "Pulumi.yaml:")


def test_init_takes_what_the_config_says_and_names_the_next_command(
    apex: Apex, tmp_path: Path
) -> None:
    labels = '{"team": "shop", "Not A Label": "x"}'
    write(
        tmp_path,
        {
            "app/infra/Pulumi.yaml": "name: shop\nruntime: python\n",
            "app/infra/Pulumi.live.yaml": "config:\n  gcp:region: europe-west4\n"
            f"  gcp:defaultLabels: '{labels}'\n",
            "app/infra/Pulumi.test.yaml": "config:\n  gcp:region: europe-west1\n"
            "  gcp:defaultLabels: {cost-center: '12'}\n",
            "app/infra/Pulumi.odd.yaml": "config: {gcp:region: [1], gcp:defaultLabels: '{'}\n",
            "app/infra/Pulumi.broken.yaml": "config: [\n",
        },
    )
    apex.writing(tmp_path, "init").expect(
        0, "policy-pack.yaml: written; `apex preview --program app/infra --stack broken` applies it"
    )
    path = tmp_path / "app/infra/policy-pack.yaml"
    text = path.read_text("utf-8")
    assert "#      regions: [europe-west1, europe-west4]\n" in text
    assert "#      keys: [cost-center, team]\n" in text
    load(path, all_rules(), datetime.now(UTC).date())


def test_init_asks_which_program_only_where_there_are_several(apex: Apex, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path, {f"{name}/Pulumi.yaml": f"name: {name}\nruntime: python\n"})
    apex(tmp_path, "init").expect_only(2, "several programs", "--program", "a, b")
    apex.writing(tmp_path, "init", "--program", "b").expect(
        0, "written; `apex preview --program b` applies it"
    )
    assert not (tmp_path / "a/policy-pack.yaml").exists()


def test_what_agents_are_told_is_written_once_and_never_over_what_is_there(
    apex: Apex, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    files = {"infra/Pulumi.yaml": "name: shop\nruntime: python\n", "infra/Pulumi.live.yaml": ""}
    write(tmp_path, files)
    skill = tmp_path / ".agents/skills/apex-guardrails/SKILL.md"
    apex.writing(tmp_path / "infra", "init", "--agents").expect(
        0, f"{tmp_path}/AGENTS.md: written", f"{skill}: written", "policy-pack.yaml: written"
    )
    told = (tmp_path / "AGENTS.md").read_text("utf-8")
    assert "`infra` is a Pulumi program" in told
    assert "apex preview --program infra --stack live\n" in told
    assert skill.read_text("utf-8").startswith("---\nname: apex-guardrails\ndescription: ")
    (tmp_path / "AGENTS.md").write_text("Ours.\n")
    apex(tmp_path, "init", "--agents").expect(
        0, "AGENTS.md: already exists, and was left as it is", "policy-pack.yaml: already exists"
    )
    assert (tmp_path / "AGENTS.md").read_text("utf-8") == "Ours.\n"


def test_agents_of_a_program_at_the_root_need_no_folder(apex: Apex, tmp_path: Path) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop\nruntime: python\n"})
    apex.writing(tmp_path, "init", "--agents").expect(0)
    told = (tmp_path / "AGENTS.md").read_text("utf-8")
    assert "This is a Pulumi program" in told
    assert "\napex preview --stack dev\n" in told
