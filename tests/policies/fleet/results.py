"""Results as `apex fleet audit` writes them, from the few values that a test is about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from apex_guardrails.fleet.tables import TABLES, VERSION, VERSION_FILE, file_of

DAY: Final = date(2026, 12, 1)
BEFORE: Final = DAY - timedelta(days=1)
BACKEND: Final = "gs://states"
INSTANCE: Final = "gcp:sql/databaseInstance:DatabaseInstance"

Row = Mapping[str, Any]


def _nothing(kind: pa.DataType) -> Any:
    """What stands in a column that a test does not care for."""
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_boolean(kind):
        return False
    if pa.types.is_timestamp(kind):
        return datetime(2026, 12, 1, 2, tzinfo=UTC)
    if pa.types.is_decimal(kind):
        return Decimal(0)
    return DAY if pa.types.is_date(kind) else 0


@dataclass
class Night:
    """One run.

    Attributes:
        shards: into how many parts it was split.
        finished: those that have.
        run: what the ids of its shards begin with.
    """

    day: date = DAY
    shards: int = 1
    finished: Iterable[int] | None = None
    run: str = "r1"
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, **values: Any) -> Night:
        """A row, in its shard; what is left out is nothing."""
        self.rows[table].append(values)
        return self

    def stack(self, stack: str, owner: str = "shop", monthly: object = 0, **values: Any) -> Night:
        """A stack that was judged: `project/stack`."""
        cost = None if monthly is None else Decimal(str(monthly))
        figures = dict.fromkeys(("monthly_low", "monthly", "monthly_high"), cost)
        return self.add("stacks", **{**_stack(stack, owner), "resources": 3, **figures, **values})

    def finding(self, stack: str, owner: str = "shop", **values: Any) -> Night:
        """A finding that blocks, unless something else is said."""
        facts = {
            "rule": "sql-no-public-ip",
            "service": "sql",
            "severity": "critical",
            "level": "mandatory",
            "outcome": "fails",
            "status": "open",
            "name": "db",
            "type": INSTANCE,
            "message": "has a public IPv4 address",
            **values,
        }
        mine = {
            "is_blocking": facts["status"] == "open" and facts["level"] == "mandatory",
            "urn": f"urn:pulumi:{stack.replace('/', '::')}::{facts['type']}::{facts['name']}",
        }
        said = f"{stack} {facts['rule']} {facts['name']} {facts['outcome']}"
        mine["fingerprint"] = md5(said.encode(), usedforsecurity=False).hexdigest()
        return self.add("findings", **{**_stack(stack, owner), **mine, **facts})

    def write(self, folder: Path) -> Path:
        """Writes it below a folder, beside the runs that are there."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / VERSION_FILE).write_text(json.dumps({"schema": VERSION}), "utf-8")
        done = range(self.shards) if self.finished is None else self.finished
        for shard in done:
            judged = [row for row in self.rows["stacks"] if row.get("shard", 0) == shard]
            run: Row = {
                "shards": self.shards,
                "schema": VERSION,
                "apex": "0.1.0",
                "run": f"{self.run}-{shard}",
            }
            self.add("runs", shard=shard, **run, judged=len(judged), states=len(judged))
        for table in TABLES:
            parts: list[int | str] = ["pack"] if table in {"rules", "frameworks"} else [*done]
            for part in parts:
                self._write(folder, table, part)
        return folder

    def _write(self, folder: Path, table: str, shard: Any) -> None:
        schema = TABLES[table]
        rows = [row for row in self.rows[table] if shard == "pack" or row.get("shard", 0) == shard]
        columns = {
            item.name: pa.array(
                [
                    row.get(item.name, self.day if item.name == "date" else self._default(item))
                    for row in rows
                ],
                item.type,
            )
            for item in schema
        }
        if shard == "pack":
            file = folder / file_of(table, self.day, 0, 1)
            file = file.with_name("pack.parquet")
        else:
            file = folder / file_of(table, self.day, shard, self.shards)
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns, schema=schema), file, compression="zstd")

    @staticmethod
    def _default(item: pa.Field) -> Any:
        return None if item.nullable else _nothing(item.type)


def _stack(stack: str, owner: str) -> dict[str, Any]:
    project, _, name = stack.partition("/")
    return {"backend": BACKEND, "project": project, "stack": name, "owner": owner}


def two_nights(folder: Path) -> Path:
    """A small fleet on two days, in two shards, which says something in every table."""
    earlier = Night(BEFORE, shards=2)
    earlier.stack("shop/dev", monthly="100.25").stack("shop/old", monthly=7)
    earlier.stack("mail/prod", "mail", 40, shard=1)
    earlier.finding("shop/dev").finding("shop/dev", name="waived-then", status="waived")
    earlier.finding("mail/prod", "mail", rule="gke-private-nodes", service="gke", shard=1)
    earlier.write(folder)

    night = Night(shards=2)
    night.stack("shop/dev", monthly="120.50", blocking=3, failed_critical=3, waived=1, known=1)
    night.stack("mail/prod", "mail", 30, shard=1, blocking=1, failed_critical=1, unpriced=2)
    night.stack("new/dev", "", "5.5", shard=1, advisory=1, failed_low=1)
    night.finding("shop/dev").finding("shop/dev", name="waived-then").finding("shop/dev", name="n")
    night.finding(
        "shop/dev", name="w", status="waived", waived_until=date(2026, 12, 20), waiver_owner="ann"
    )
    night.finding("shop/dev", name="k", status="known", known_since=date(2026, 3, 1))
    night.finding("mail/prod", "mail", rule="gke-private-nodes", service="gke", shard=1)
    low: dict[str, Any] = {"severity": "low", "level": "advisory", "shard": 1}
    night.finding("new/dev", "", rule="labels", service="labels", **low)
    for stack, owner, result in (
        ("shop/dev", "shop", "fails"),
        ("mail/prod", "mail", "passes"),
        ("new/dev", "", "undecided"),
    ):
        facts = {"framework": "cis-gcp-4.0", "control": "6.6", "result": result, "rules": 1}
        failing = 3 if result == "fails" else 0
        night.add("controls", **_stack(stack, owner), **facts, failing=failing)
    night.add(
        "frameworks",
        framework="cis-gcp-4.0",
        control="6.6",
        title="No public addresses",
        place=1,
        name="CIS Google Cloud Platform Foundation Benchmark",
        version="4.0.0",
        source="https://www.cisecurity.org",
        rules="sql-no-public-ip",
    )
    night.add(
        "rules",
        rule="sql-no-public-ip",
        title="Cloud SQL instances have no public IP address.",
        why="Anyone may try passwords.",
        fix="Set ipv4_enabled=False.",
        service="sql",
        severity="critical",
        scope="resource",
        controls="cis-gcp-4.0:6.6",
    )
    night.add(
        "waivers",
        **_stack("shop/dev", "shop"),
        rule="sql-no-public-ip",
        resource="*::w",
        reason="The old client needs it.",
        waiver_owner="ann@example.com",
        expires=date(2026, 12, 20),
        days_left=19,
        ticket="OPS-1",
        findings=1,
        state="used",
    )
    night.add(
        "waivers",
        **_stack("mail/prod", "mail"),
        rule="labels",
        resource="*",
        reason="Later.",
        waiver_owner="bob@example.com",
        expires=date(2027, 6, 1),
        days_left=182,
        shard=1,
        state="unused",
    )
    for name in ("disk", "lake"):
        night.add(
            "costs",
            **_stack("mail/prod", "mail"),
            type="gcp:compute/disk:Disk",
            name=name,
            service="compute",
            status="unpriced",
            reason="no price for this region",
            shard=1,
        )
    night.add(
        "resources",
        **_stack("shop/dev", "shop"),
        urn="urn:pulumi:dev::shop::x::db",
        name="db",
        type=INSTANCE,
        service="sql",
        is_evaluated=True,
        findings=3,
        blocking=3,
    )
    night.add(
        "errors",
        **_stack("mail/old", "mail"),
        source="gs://states/.pulumi/stacks/mail/old.json",
        kind="truncated",
        message="ends in the middle",
        attempts=1,
        shard=1,
    )
    return night.write(folder)
