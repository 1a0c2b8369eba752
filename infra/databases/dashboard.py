"""The dashboard of the databases."""

from infra.monitoring.dashboard import LIMITS, Dashboard, Panel, Query, Row, Unit, one_query


def databases_dashboard(qdrant: Row) -> Dashboard:
    """Returns the dashboard; Qdrant says itself what there is of it."""
    return Dashboard(
        name="databases",
        title="Databases",
        rows=[
            Row(
                title="PostgreSQL",
                panels=[
                    Panel(
                        title="In use",
                        unit=Unit.SHARE,
                        queries=[
                            Query(
                                expression=f"max(cloudsql_googleapis_com:database_{part}_utilization)",
                                legend=part,
                            )
                            for part in ("cpu", "memory", "disk")
                        ],
                    ),
                    one_query(
                        "Connections",
                        Unit.COUNT,
                        "sum by (database) "
                        "(cloudsql_googleapis_com:database_postgresql_num_backends)",
                        "{{database}}",
                    ),
                    one_query(
                        "Deadlocks",
                        Unit.PER_SECOND,
                        "sum(rate(cloudsql_googleapis_com:database_postgresql_deadlock_count[5m]))",
                        "deadlocks",
                    ),
                ],
            ),
            Row(
                title="Redis",
                panels=[
                    one_query(
                        "Memory in use",
                        Unit.SHARE,
                        "max(redis_googleapis_com:stats_memory_system_memory_usage_ratio)",
                        "memory",
                        threshold=LIMITS.redis_memory_ratio,
                    ),
                    one_query(
                        "Hits",
                        Unit.SHARE,
                        "avg(redis_googleapis_com:stats_cache_hit_ratio)",
                        "hits",
                    ),
                    one_query(
                        "Clients",
                        Unit.COUNT,
                        "sum(redis_googleapis_com:clients_connected)",
                        "clients",
                    ),
                    one_query(
                        "Evicted keys",
                        Unit.PER_SECOND,
                        "sum(rate(redis_googleapis_com:stats_evicted_keys[5m]))",
                        "keys",
                    ),
                ],
            ),
            Row(
                title="Neo4j",
                panels=[
                    one_query(
                        "CPU in use",
                        Unit.SHARE,
                        "max by (instance_name) (compute_googleapis_com:instance_cpu_utilization"
                        '{monitored_resource="gce_instance"})',
                        "{{instance_name}}",
                        threshold=LIMITS.neo4j_cpu_ratio,
                    ),
                    one_query(
                        "Memory in use",
                        Unit.BYTES,
                        "sum by (state) (compute_googleapis_com:guest_memory_bytes_used"
                        '{monitored_resource="gce_instance"})',
                        "{{state}}",
                    ),
                    one_query(
                        "Disk in use",
                        Unit.BYTES,
                        "sum by (device_name) (compute_googleapis_com:guest_disk_bytes_used"
                        '{monitored_resource="gce_instance",state="used"})',
                        "{{device_name}}",
                    ),
                ],
            ),
            qdrant,
        ],
    )
