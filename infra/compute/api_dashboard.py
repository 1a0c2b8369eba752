"""The dashboard of the API."""

from infra.monitoring.dashboard import LIMITS, Dashboard, Panel, Query, Row, Unit, one_query


def api_dashboard(service: str) -> Dashboard:
    """Returns the dashboard of a service of that name."""
    labels = f'monitored_resource="cloud_run_revision",service_name="{service}"'
    return Dashboard(
        name="api",
        title="API",
        rows=[
            Row(
                title="Requests",
                panels=[
                    one_query(
                        "By outcome",
                        Unit.PER_SECOND,
                        "sum by (response_code_class) "
                        f"(rate(run_googleapis_com:request_count{{{labels}}}[5m]))",
                        "{{response_code_class}}",
                    ),
                    Panel(
                        title="Latency",
                        unit=Unit.MILLISECONDS,
                        queries=[
                            Query(
                                expression=(
                                    f"histogram_quantile({share}, sum by (le) (rate("
                                    f"run_googleapis_com:request_latencies_bucket{{{labels}}}[5m])))"
                                ),
                                legend=f"p{share * 100:.0f}",
                            )
                            for share in (0.5, 0.95, 0.99)
                        ],
                        threshold=LIMITS.api_latency_p95_milliseconds,
                    ),
                    one_query(
                        "Reachable from outside",
                        Unit.SHARE,
                        "avg(monitoring_googleapis_com:uptime_check_check_passed"
                        '{monitored_resource="uptime_url"})',
                        "checks passed",
                    ),
                ],
            ),
            Row(
                title="Instances",
                panels=[
                    one_query(
                        "How many",
                        Unit.COUNT,
                        f"sum by (state) (run_googleapis_com:container_instance_count{{{labels}}})",
                        "{{state}}",
                    ),
                    one_query(
                        "Memory in use",
                        Unit.SHARE,
                        "histogram_quantile(0.99, sum by (le) (rate("
                        f"run_googleapis_com:container_memory_utilizations_bucket{{{labels}}}[5m])))",
                        "p99",
                    ),
                    one_query(
                        "CPU in use",
                        Unit.SHARE,
                        "histogram_quantile(0.99, sum by (le) (rate("
                        f"run_googleapis_com:container_cpu_utilizations_bucket{{{labels}}}[5m])))",
                        "p99",
                    ),
                ],
            ),
        ],
    )
