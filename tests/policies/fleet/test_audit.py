"""`apex fleet audit` on folders: what is found, and what stands in the tables."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from apex_guardrails.fleet.tables import TABLES
from tests.policies.fleet.backends import (
    backend,
    bytes_of,
    checkpoint,
    firewall,
    put,
    rows,
    zipped,
    zstd,
)
from tests.policies.fleet.harm import settings
from tests.policies.judged import Apex

FLEET_AUDIT = Path(__file__).parents[3] / "examples/fleet/fleet_audit.py"

pytestmark = pytest.mark.usefixtures("unproven")


def test_the_tables_say_what_is_wrong_with_which_stack(apex: Apex, tmp_path: Path) -> None:
    states = backend(tmp_path / "states", "shop/dev")
    backend(tmp_path / "states", "shop/prod", is_open=False)
    results = tmp_path / "results"

    outcome = apex.writing(tmp_path, "fleet", "audit", str(states), "--results", str(results))

    outcome.expect(1, "2 states: 1 in order, 1 not in order, 0 not judged", str(results))
    found = rows(results, "findings", "stack, rule, status, name", "ORDER BY ALL")
    assert ("dev", "firewall-no-all-ports-from-anywhere", "open", "fw") in found
    stacks = rows(results, "stacks", "backend, project, stack, settings, resources", "ORDER BY ALL")
    assert stacks == [
        (str(states), "shop", "dev", "default", 1),
        (str(states), "shop", "prod", "default", 1),
    ]
    assert rows(results, "runs", "shard, shards, states, judged, failed, resumed") == [
        (0, 1, 2, 2, 0, 0)
    ]
    for table, schema in TABLES.items():
        assert len(schema.names) == len((rows(results, table) or [schema.names])[0]), table


def test_a_stack_is_judged_as_an_audit_judges_it(apex: Apex, tmp_path: Path) -> None:
    states = backend(tmp_path / "states", "shop/dev")
    file = states / ".pulumi/stacks/shop/dev.json"
    apex.writing(tmp_path, "audit", str(file), "--format", "json", "-o", "one.json").expect(1)
    judgement = json.loads((tmp_path / "one.json").read_text())

    apex.writing(tmp_path, "fleet", "audit", str(states), "--results", "out", "--quiet").expect(1)

    results = tmp_path / "out"
    keys = ("rule", "level", "outcome", "urn", "path", "message", "fingerprint")
    assert rows(results, "findings", ", ".join(keys)) == [
        tuple(item[key] for key in keys) for item in judgement["findings"]
    ]
    assert rows(results, "stacks", "verdict, summary, unpriced") == [
        (judgement["verdict"], judgement["summary"], judgement["unpriced"])
    ]
    spoken_of = {
        (control["id"], control["result"])
        for framework in judgement["frameworks"]
        for control in framework["controls"]
        if control["result"] in {"fails", "undecided", "waived", "passes"}
    }
    controls = rows(results, "controls", "framework || ':' || control, result")
    assert set(controls) == spoken_of


def test_the_layouts_of_pulumis_backends_are_read_and_their_other_files_are_not(
    apex: Apex, tmp_path: Path
) -> None:
    states = tmp_path / "states"
    put(states, "shop/dev.json", bytes_of("shop", "dev"))
    put(states, "shop/staging.json.gz", zipped(bytes_of("shop", "staging")))
    put(states, "shop/prod.json.zst", zstd(bytes_of("shop", "prod")))
    put(states, "old.json", json.dumps(checkpoint("", "old", version=2)).encode())
    for name in ("shop/dev.json.bak", "shop/dev.pulumi-tags", "shop/dev.json.attrs"):
        put(states, name, b"no state")
    for folder in ("history/shop/dev", "backups/shop/dev", "locks/organization"):
        other = states / ".pulumi" / folder / "dev-1.checkpoint.json"
        other.parent.mkdir(parents=True)
        other.write_bytes(b"{}")

    apex.writing(tmp_path, "fleet", "audit", "states", "--results", "out").expect(1)

    found = rows(tmp_path / "out", "stacks", "project, stack", "ORDER BY ALL")
    assert found == [("old", "old"), ("shop", "dev"), ("shop", "prod"), ("shop", "staging")]
    assert rows(tmp_path / "out", "errors") == []


def test_of_a_state_with_and_without_compression_the_newer_one_counts(
    apex: Apex, tmp_path: Path
) -> None:

    states = tmp_path / "states"
    old = put(states, "shop/dev.json", bytes_of("shop", "dev"))
    new = put(states, "shop/dev.json.gz", zipped(bytes_of("shop", "dev", is_open=False)))
    os.utime(old, (1_000_000_000, 1_000_000_000))

    apex.writing(tmp_path, "fleet", "audit", "states", "--results", "out")

    assert rows(tmp_path / "out", "stacks", "source") == [(str(new),)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("states", 3),
        ("states/.pulumi", 3),
        ("states/.pulumi/stacks/shop", 2),
        ("states/.pulumi/stacks/shop/dev.json", 1),
        ("states/.pulumi/stacks/*/dev.json", 2),
        ("st*", 3),
        ("./other/../states", 3),
        ("file://{folder}/states", 3),
    ],
)
def test_a_source_is_a_folder_a_file_or_a_pattern(
    apex: Apex, tmp_path: Path, source: str, found: int
) -> None:
    states = backend(tmp_path / "states", "shop/dev", "shop/prod", "web/dev")
    named = source.format(folder=tmp_path)
    apex.writing(tmp_path, "fleet", "audit", named, "--results", "out").expect(1)
    stacks = rows(tmp_path / "out", "stacks", "backend")
    assert stacks == [(str(states),)] * found


def test_what_is_named_twice_is_judged_once(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    apex.writing(tmp_path, "fleet", "audit", "states", "st*", "--results", "out").expect(
        1, "1 state:"
    )


def test_a_folder_of_exported_states_is_a_fleet_too(apex: Apex, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for stack in ("dev", "prod"):
        latest = checkpoint("shop", stack, firewall("shop", stack, is_open=True))["checkpoint"]
        state = {"version": 3, "deployment": latest["latest"]}
        (folder / f"export-{stack}.json").write_text(json.dumps(state))
    (folder / "README.md").write_text("no state")
    apex.writing(tmp_path, "fleet", "audit", "exports", "--results", "out").expect(1, "2 states")
    assert rows(tmp_path / "out", "stacks", "project, stack", "ORDER BY ALL") == [
        ("shop", "dev"),
        ("shop", "prod"),
    ]


def test_a_shard_that_is_run_twice_has_its_rows_once(apex: Apex, tmp_path: Path) -> None:
    names = [f"shop-{number}/dev" for number in range(12)]
    backend(tmp_path / "states", *names)
    for shard in ("0/3", "1/3", "2/3", "1/3"):
        apex.writing(tmp_path, "fleet", "audit", "states", "--results", "out", "--shard", shard)
    found = rows(tmp_path / "out", "stacks", "project || '/' || stack")
    assert sorted(name for (name,) in found) == sorted(names)
    runs = rows(tmp_path / "out", "runs", "shard, states", "ORDER BY ALL")
    assert [shard for shard, _ in runs] == [0, 1, 2]
    assert sum(states for _, states in runs) == 12
    assert not [path for path in (tmp_path / "out/_work").rglob("*") if path.is_file()]


def test_what_is_the_same_in_each_shard_is_written_once(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", *(f"shop-{number}/dev" for number in range(8)))
    arguments = ("fleet", "audit", "states", "--results", "out", "--shard")
    apex.writing(tmp_path, *arguments, "0/2").expect(1)
    same = [
        *(tmp_path / "out").glob("*/day=*/pack.parquet"),
        tmp_path / "out/apex-fleet.json",
    ]
    assert len(same) == 3
    before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in same]
    apex.writing(tmp_path, *arguments, "1/2").expect(1)
    assert [(file.stat().st_ino, file.stat().st_mtime_ns) for file in same] == before


def test_rules_of_a_teams_own_are_there_as_long_as_they_judge(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    arguments = ("fleet", "audit", "states", "--results", "out")
    own = ("--settings", str(settings(tmp_path)))
    for more, rules in ((own, [("firewall-no-harm",)]), ((), [])):
        apex.writing(tmp_path, *arguments, *more).expect(1)
        assert rows(tmp_path / "out", "rules", "rule", "WHERE is_own") == rules


def test_a_task_of_a_cloud_run_job_takes_its_own_shard(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend(tmp_path / "states", *(f"shop-{number}/dev" for number in range(8)))
    monkeypatch.setenv("CLOUD_RUN_TASK_INDEX", "1")
    monkeypatch.setenv("CLOUD_RUN_TASK_COUNT", "2")
    apex.writing(tmp_path, "fleet", "audit", "states", "--results", "out")
    assert rows(tmp_path / "out", "runs", "shard, shards") == [(1, 2)]


def test_exit_zero_is_for_all_that_stands_in_the_tables(apex: Apex, tmp_path: Path) -> None:
    states = backend(tmp_path / "states", "shop/dev")
    arguments = ("fleet", "audit", "states", "--results", "out", "--exit-zero")
    # The job in examples/fleet mails people where its log has what this fits.
    alarm = re.search(r'textPayload=~"(.+?)"', FLEET_AUDIT.read_text("utf-8"))
    assert alarm
    outcome = apex.writing(tmp_path, *arguments).expect(0, "1 not in order, 0 not judged")
    assert not re.search(alarm[1], outcome.out)
    put(states, "shop/prod.json", b"{")
    outcome = apex.writing(tmp_path, *arguments).expect(0, "1 not judged", "1 truncated")
    assert re.search(alarm[1], outcome.out)
    apex.writing(tmp_path, *arguments, "--date", "today").expect(2)
