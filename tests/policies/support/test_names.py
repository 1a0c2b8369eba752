"""Names of inputs as languages write them."""

from __future__ import annotations

import pytest

from apex_guardrails.support.names import snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ipv4Enabled", "ipv4_enabled"),
        ("name", "name"),
        ("enableL4IlbSubsetting", "enable_l4_ilb_subsetting"),
        ("mainRFileUri", "main_r_file_uri"),
        ("hostPID", "host_pid"),
        ("clusterIPs", "cluster_ips"),
        ("nonResourceURLs", "non_resource_urls"),
        ("targetCPUUtilizationPercentage", "target_cpu_utilization_percentage"),
        ("openAPIV3Schema", "open_apiv3_schema"),
        ("JSONPath", "json_path"),
    ],
)
def test_names_are_in_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected
