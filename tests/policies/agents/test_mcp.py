"""`apex mcp`, as a coding agent meets it: the SDK's client and a real process."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.agents.wire import LONGEST_MESSAGE
from tests.policies.agents.client import ask, lines, tools
from tests.policies.judged import SOON, Apex, command, contents, judged, write
from tests.policies.our_stacks import ROOT

OPEN = """
    import pulumi
    def firewall(name, ranges):
        return pulumi.CustomResource(
            "gcp:compute/firewall:Firewall", name,
            {"network": "n", "sourceRanges": ranges, "allows": [{"protocol": "all"}]},
        )
    firewall("open", ["0.0.0.0/0"])
    firewall("other", RANGES)
"""
RULE = "firewall-no-all-ports-from-anywhere"
ELSEWHERE = "leads out of the root folder"


def program(folder: Path, ranges: str = '["0.0.0.0/0"]', **files: str) -> Path:
    """A program with two firewall rules; one has these ranges."""
    return judged(folder, OPEN.replace("RANGES", ranges), files=files)


def found(entries: list[dict[str, Any]]) -> list[str]:
    """The resources that a rule found, by name."""
    return [item["urn"].rpartition("::")[2] for item in entries if item["rule"] == RULE]


def test_the_tools_say_what_they_take_and_which_of_them_run_code(tmp_path: Path) -> None:
    listed = {tool.name: tool for tool in tools(tmp_path).tools}
    reads = {"explain_rule", "list_waivers"}
    runs = {"evaluate_program", "estimate_cost", "what_changes"}
    assert listed.keys() == reads | runs
    for name, tool in listed.items():
        assert tool.description
        assert tool.annotations
        assert tool.annotations.read_only_hint is (name in reads)
        assert tool.annotations.destructive_hint is False
        assert tool.input_schema["additionalProperties"] is False
    # Nothing that would let more pass can be asked for.
    taken = {name for tool in listed.values() for name in tool.input_schema["properties"]}
    assert taken == {"program", "stack", "rule", "language", "base", "against"}


def test_the_page_and_the_skill_speak_of_the_tools_that_there_are(tmp_path: Path) -> None:
    listed = {tool.name for tool in tools(tmp_path).tools}
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/agents.md").read_text("utf-8"), re.MULTILINE)
    assert set(rows) == listed
    skill = (ROOT / "policies/apex_guardrails/scaffold" / "for_agents/SKILL.md").read_text("utf-8")
    assert listed <= set(re.findall(r"`(\w+)`", skill))


def test_a_program_is_judged_as_preview_judges_it_and_nothing_is_written(
    apex: Apex, tmp_path: Path
) -> None:
    folder = program(tmp_path / "infra")
    before = contents(tmp_path)
    (answer,) = ask(tmp_path, ("evaluate_program", {"program": "infra", "stack": "dev"}))
    assert contents(tmp_path) == before
    said = answer.said
    shown = json.loads(apex.preview(folder, "--format", "json").out)
    for key in ("verdict", "exit_code", "summary", "findings", "notes", "reach", "settings"):
        assert said[key] == shown[key], key
    assert said["verdict"] == "refused"
    assert found(said["findings"]) == ["open", "other"]
    assert "resources" not in said


def test_a_program_that_fails_is_judged_in_part(tmp_path: Path) -> None:
    judged(tmp_path, OPEN.replace("RANGES", "1 / 0"))
    judging, estimating = ask(tmp_path, ("evaluate_program", {}), ("estimate_cost", {}))
    assert judging.said["verdict"] == "incomplete"
    assert any("ZeroDivisionError" in text for text in judging.said["program_errors"])
    estimating.refuses("the program failed, so no cost is shown")


def test_a_program_that_never_ends_is_stopped(tmp_path: Path) -> None:
    judged(tmp_path, "import time\ntime.sleep(600)\n")
    (answer,) = ask(tmp_path, ("evaluate_program", {}), options=("--timeout", "2"))
    assert answer.said["is_complete"] is False


def test_a_rule_is_explained_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    python, go, none, odd = ask(
        tmp_path,
        ("explain_rule", {"rule": "sql-no-public-ip"}),
        ("explain_rule", {"rule": "sql-no-public-ip", "language": "go"}),
        ("explain_rule", {"rule": "sql-no-public-ips"}),
        ("explain_rule", {"rule": "sql-no-public-ip", "language": "cobol"}),
    )
    assert "ipv4_enabled=False" in "\n".join(python.said["text"])
    assert "Ipv4Enabled: pulumi.Bool(false)" in "\n".join(go.said["text"])
    none.refuses('did you mean "sql-no-public-ip"?')
    odd.refuses("language:", "'python', 'typescript', 'go' or 'yaml'")


def test_an_estimate_says_what_differs_from_a_file(apex: Apex, tmp_path: Path) -> None:
    disk = """
        import pulumi
        pulumi.CustomResource(
            "gcp:compute/disk:Disk", "data",
            {"size": SIZE, "type": "pd-ssd", "zone": "us-central1-a"},
        )
    """
    judged(tmp_path, disk.replace("SIZE", "100"))
    apex.writing(tmp_path, "preview", "--format", "json", "--output", "base.json")
    write(tmp_path, {"__main__.py": disk.replace("SIZE", "200")})
    answer, changes = ask(
        tmp_path,
        ("estimate_cost", {"against": "base.json"}),
        ("what_changes", {"base": "base.json"}),
    )
    said = answer.said
    assert said["monthly"]["expected"] == "34"
    assert [item["change"] for item in said["differences"]] == ["changed"]
    cost = changes.said["cost"]
    assert (cost["before"]["expected"], cost["after"]["expected"]) == ("17", "34")
    assert cost["differences"][0]["name"] == "data"


def test_what_changes_names_new_fixed_and_kept_findings(apex: Apex, tmp_path: Path) -> None:
    program(tmp_path, '["10.0.0.0/8"]')
    apex.writing(tmp_path, "preview", "--format", "json", "--output", "base.json")
    text = (
        (tmp_path / "__main__.py")
        .read_text()
        .replace('"open", ["0.0.0.0/0"]', '"open", ["10.1.0.0/16"]')
    )
    write(
        tmp_path, {"__main__.py": text.replace('"other", ["10.0.0.0/8"]', '"other", ["0.0.0.0/0"]')}
    )
    (answer,) = ask(tmp_path, ("what_changes", {"base": "base.json"}))
    said = answer.said
    assert found(said["new"]) == ["other"]
    assert found(said["fixed"]) == ["open"]
    assert said["base"]["verdict"] == "refused"
    assert len({item["rule"] for item in said["kept"]}) >= 1


def test_without_a_report_the_baseline_is_compared_with(apex: Apex, tmp_path: Path) -> None:
    program(tmp_path, '["10.0.0.0/8"]')
    (missing,) = ask(tmp_path, ("what_changes", {}))
    missing.refuses("base: is missing", "apex preview --format json --output FILE")
    apex.writing(tmp_path, "baseline", "create").expect(0)
    program(tmp_path)
    (answer,) = ask(tmp_path, ("what_changes", {}))
    assert found(answer.said["new"]) == ["other"]
    assert found(answer.said["kept"]) == ["open"]
    assert answer.said["fixed"] == []


WAIVERS = f"""
    waivers:
      - policy: {RULE}
        resource: open
        reason: The lab has no address on the internet.
        owner: platform-team
        expires: {SOON}
"""


def test_waivers_are_listed_and_nothing_is_run_for_it(tmp_path: Path) -> None:
    judged(tmp_path, "raise SystemExit('was run')", files={"policy-pack.yaml": WAIVERS})
    (answer,) = ask(tmp_path, ("list_waivers", {}))
    (waiver,) = answer.said["waivers"]
    assert (waiver["rule"], waiver["owner"], waiver["stacks"]) == (RULE, "platform-team", "*")
    assert waiver["days_left"] >= 80
    assert waiver["is_expired"] is False


def test_rules_of_a_teams_own_are_not_loaded_to_list_waivers(tmp_path: Path) -> None:
    write(tmp_path, {"ours/sql/rule.py": f"open({str(tmp_path / 'was-run')!r}, 'w')\n"})
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    settings = textwrap.dedent(WAIVERS).replace(SOON, yesterday) + "own_rules: [ours]\n"
    judged(tmp_path, files={"policy-pack.yaml": settings})
    (answer,) = ask(tmp_path, ("list_waivers", {}))
    assert answer.said["waivers"][0]["is_expired"] is True
    assert "rules of its own" in answer.said["notes"][0]
    assert not (tmp_path / "was-run").exists()


def test_without_settings_there_are_no_waivers(tmp_path: Path) -> None:
    (answer,) = ask(judged(tmp_path), ("list_waivers", {}))
    assert answer.said["waivers"] == []
    assert "there is no policy-pack.yaml" in answer.said["notes"][0]


def test_no_path_leads_out_of_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    inside = program(root / "infra")
    outside = program(tmp_path / "outside")
    write(tmp_path, {"base.json": "{}"})
    (root / "link").symlink_to(outside)
    (root / "base.json").symlink_to(tmp_path / "base.json")
    (root / "loop").symlink_to(root / "loop")
    for folder, name in (("main", "Pulumi.yaml"), ("settings", "policy-pack.yaml")):
        program(root / folder)
        (root / folder / name).unlink(missing_ok=True)
    write(root, {"main/Pulumi.yaml": "name: x\nruntime: python\nmain: ../../outside\n"})
    write(outside, {"policy-pack.yaml": "rules: {}\n"})
    (root / "settings/policy-pack.yaml").symlink_to(outside / "policy-pack.yaml")
    write(tmp_path, {"private.yaml": "secret-key: 1\n", "strict.yaml": "extends: [/etc/x.yaml]\n"})
    for folder in ("linked", "profile", "deep"):
        program(root / folder)
    (root / "linked/Pulumi.yaml").unlink()
    (root / "linked/Pulumi.yaml").symlink_to(tmp_path / "private.yaml")
    write(root, {"profile/policy-pack.yaml": "extends: [../../private.yaml]\n"})
    write(root, {"deep/policy-pack.yaml": "stacks: {dev: {extends: [a.yaml]}}\n"})
    write(root, {"deep/a.yaml": "extends: ../../strict.yaml\n"})
    paths = (
        *("../outside", str(outside), "link", "link/../../outside", "main", "settings", "a\0b"),
        *("linked", "profile", "deep"),
    )
    *refused, loop, long, missing, within = ask(
        root,
        *(("evaluate_program", {"program": path}) for path in paths),
        *(("list_waivers", {"program": path}) for path in ("settings", "profile", "deep")),
        ("estimate_cost", {"program": "../outside"}),
        ("what_changes", {"program": "infra", "base": "base.json"}),
        ("estimate_cost", {"program": "infra", "against": "../base.json"}),
        ("evaluate_program", {"program": "loop"}),
        ("evaluate_program", {"program": "a/" * 1000}),
        ("evaluate_program", {"program": "nowhere"}),
        ("evaluate_program", {"program": str(inside)}),
    )
    for answer in refused:
        answer.refuses(ELSEWHERE)
        assert "secret-key" not in answer.text
    loop.refuses("loop")
    long.refuses("program: String should have at most 1024 characters")
    missing.refuses("there is no such folder below the root")
    assert within.said["verdict"] == "refused"


def test_only_the_program_that_is_named_is_run(tmp_path: Path) -> None:
    ran = tmp_path / "base-was-run"
    (tmp_path / ".git").mkdir()
    judged(tmp_path / "base", f"open({str(ran)!r}, 'w')\n", files={})
    write(
        tmp_path,
        {"base/Pulumi.yaml": (tmp_path / "base/Pulumi.yaml").read_text().replace("judged", "base")},
    )
    judged(tmp_path / "app", "import pulumi\npulumi.StackReference('organization/base/dev')\n")
    (answer,) = ask(tmp_path, ("evaluate_program", {"program": "app"}))
    assert answer.said["is_complete"] is True
    assert not ran.exists()


def test_arguments_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    judged(tmp_path)
    number, extra, name, huge, stack = ask(
        tmp_path,
        ("evaluate_program", {"program": 3}),
        ("evaluate_program", {"skip": [RULE], "settings": "x.yaml"}),
        ("deploy", {}),
        ("explain_rule", {"rule": "x" * 10_000}),
        ("evaluate_program", {"stack": "../../etc"}),
    )
    number.refuses("program: Input should be a valid string")
    extra.refuses("skip: Extra inputs are not permitted (known: program, stack)", "settings:")
    name.refuses("deploy: there is no such tool; there are evaluate_program")
    huge.refuses("rule: String should have at most 100 characters")
    stack.refuses("is not a stack name")


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    judged(tmp_path, files={"base.json": '{"version": 9}', "folder/x": ""})
    content, folder = ask(
        tmp_path, ("what_changes", {"base": "base.json"}), ("what_changes", {"base": "folder"})
    )
    content.refuses("base.json: has version 9")
    folder.refuses("base folder: there is no such file below the root")


def test_a_report_that_is_far_too_large_is_refused(tmp_path: Path) -> None:
    with (judged(tmp_path) / "base.json").open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    (answer,) = ask(tmp_path, ("what_changes", {"base": "base.json"}))
    answer.refuses("is larger than 33,554,432 bytes")


def test_an_answer_of_a_large_stack_is_cut_and_says_so(tmp_path: Path) -> None:
    judged(
        tmp_path,
        OPEN.partition("    firewall(")[0]
        + '    for n in range(300):\n        firewall(f"f{n}", ["0.0.0.0/0"])\n',
    )
    (answer,) = ask(tmp_path, ("evaluate_program", {}))
    said = answer.said
    assert said["left_out"]["findings"] + len(said["findings"]) >= 300
    assert said["findings"][0]["severity"] == "critical"


def test_what_is_no_message_is_answered_and_the_next_one_read(tmp_path: Path) -> None:
    ping = b'{"jsonrpc": "2.0", "id": 7, "method": "ping"}'
    hello = json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "old", "version": "1"},
            },
        }
    ).encode()
    answers = lines(
        tmp_path,
        b"nonsense",
        b"\xff\xfe{",
        b"[" * 5000,
        b'{"id": 1}',
        b"",
        b'{"jsonrpc": "2.0", "id": 3, "method": "' + b"x" * LONGEST_MESSAGE + b'"}',
        hello,
        ping,
    )
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert [error["code"] for error in errors] == [-32700, -32700, -32700, -32600, -32600]
    assert errors[-1]["message"] == "the message is longer than 262,144 bytes"
    first, last = (answer for answer in answers if "result" in answer)
    assert first["result"]["serverInfo"]["name"] == "apex"
    assert last["id"] == 7


def test_a_signal_ends_it_although_its_input_is_open(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("mcp"),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"nonsense\n")
        server.stdin.flush()
        assert b"-32700" in server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 143
        assert server.stderr
        assert server.stderr.read() == b"apex: interrupted\n"


def test_a_root_that_is_no_folder_is_refused(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "mcp", "--root", "nowhere").expect_only(
        2, "--root nowhere: there is no such folder"
    )


def test_without_the_extra_one_line_says_how_to_get_it(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [path for path in sys.path if "site-packages" not in path])
    monkeypatch.delitem(sys.modules, "mcp")
    outcome = apex(tmp_path, "mcp").expect_only(2)
    assert outcome.err == (
        "apex: apex mcp needs the extra mcp: pip install 'apex-guardrails[mcp]'\n"
    )
