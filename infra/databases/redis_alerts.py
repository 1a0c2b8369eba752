"""Alerts on Redis.

The series are Memorystore's own (infra/monitoring/alert.py).
"""

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.thresholds import Thresholds


def redis_alerts(thresholds: Thresholds, *, instance: str) -> list[Alert]:
    """Returns the alerts on an instance of that name."""
    # The label is said to be the instance's full name; the short one is taken, too.
    selector = f'{{instance_id=~"(.*/)?{instance}"}}'

    def series(name: str) -> str:
        return f"redis_googleapis_com:stats_{name}{selector}"

    return [
        Alert(
            name="RedisDown",
            severity=Severity.CRITICAL,
            # An instance that does not run writes nothing; its uptime does not fall to 0.
            expression=f"absent_over_time(redis_googleapis_com:server_uptime{selector}[15m])",
            for_seconds=60,
            summary="Redis does not run.",
        ),
        Alert(
            name="RedisMemoryHigh",
            severity=Severity.WARNING,
            # Of the system's memory: a cache fills the part of it that is for keys, and may.
            expression=(
                f"max({series('memory_system_memory_usage_ratio')})"
                f" > {thresholds.redis_memory_ratio}"
            ),
            for_seconds=600,
            summary="Redis's memory is nearly used up.",
        ),
        Alert(
            name="RedisCpuHigh",
            severity=Severity.WARNING,
            # In seconds of the thread that runs the commands, by user and system: their rate.
            expression=(
                f"max(sum by (node_id) (rate({series('cpu_utilization_main_thread')}[10m])))"
                f" > {thresholds.redis_cpu_ratio}"
            ),
            for_seconds=600,
            summary="Redis is busy without a pause.",
        ),
        Alert(
            name="RedisEvictionsHigh",
            severity=Severity.WARNING,
            expression=(
                f"sum(rate({series('evicted_keys')}[15m]))"
                f" > {thresholds.redis_evicted_keys_per_second}"
            ),
            for_seconds=900,
            summary="Redis throws keys away to make room for others.",
        ),
    ]
