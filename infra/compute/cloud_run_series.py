"""What Cloud Run's own metrics are told apart by (infra/monitoring/alert.py)."""


def of_service(name: str, region: str) -> str:
    """Returns the labels of a service's series."""
    return f'monitored_resource="cloud_run_revision",service_name="{name}",location="{region}"'


def of_worker_pool(name: str, region: str) -> str:
    """Returns the labels of a worker pool's series."""
    return (
        f'monitored_resource="cloud_run_worker_pool",worker_pool_name="{name}",location="{region}"'
    )


def none_running(labels: str) -> str:
    """Returns an expression: for a quarter of an hour there was not one instance."""
    instances = f"run_googleapis_com:container_instance_count{{{labels}}}"
    return f"(sum(max_over_time({instances}[15m])) == 0) or absent_over_time({instances}[15m])"
