"""Measures what users wait for, and holds it against the limits. `make bench` runs it.

Times are medians of several runs on this machine; a ratio is taken run by run against its own
baseline, so that it holds when the machine's speed drifts. The exit code is 1 where a limit is
broken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from scripts.bench import (
    analyzer,
    auditing,
    checkov,
    deciding,
    editing,
    fleet,
    fleet_report,
    languages,
    preview,
    releasing,
    several,
    watching,
)
from scripts.bench.measurement import Measurement

MEASURES: list[Callable[[], Measurement]] = [
    partial(preview.preview_time, "production"),
    partial(preview.preview_memory, "production"),
    *(partial(languages.share, language) for language in languages.PROGRAMS),
    partial(watching.edit_time, "dev"),
    partial(editing.save_time, "production"),
    partial(several.all_time, 20),
    preview.help_time,
    preview.list_time,
    partial(analyzer.production_time, 1000),
    partial(analyzer.databases_time, 1000),
    partial(analyzer.stack_time, 10_000),
    analyzer.start_time,
    partial(analyzer.first_answers_time, 1000),
    partial(auditing.audit_time, 10_000),
    partial(auditing.reports_time, 10_000),
    partial(fleet.cost_of_a_stack, 1000),
    partial(fleet.two_jobs, 1000),
    partial(fleet.growth, 1000),
    partial(fleet.worker_memory, 1000),
    partial(fleet.driver_memory, 1000),
    partial(fleet.size, 1000),
    partial(fleet_report.report_time, 10_000, 300),
    partial(fleet_report.report_memory, 10_000, 300),
    deciding.growth,
    deciding.memory,
    deciding.one_rule_more,
    deciding.cost,
    checkov.bridge_share,
    releasing.step_time,
]


def main() -> int:
    """Prints every figure; 1 where a limit is broken."""
    broken = False
    for measure in MEASURES:
        measurement = measure()
        broken = broken or measurement.value > measurement.limit
        print(measurement, flush=True)
    return int(broken)


if __name__ == "__main__":
    if "--serve-empty" in sys.argv:
        analyzer.serve_empty()
    if "--decide" in sys.argv:
        print(deciding.decide_once(int(sys.argv[-1])))
        sys.exit(0)
    if "--cost" in sys.argv:
        print(deciding.cost_once(int(sys.argv[-1])))
        sys.exit(0)
    sys.exit(main())
