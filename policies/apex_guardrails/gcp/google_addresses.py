"""Addresses from which Google's own services come into a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

IAP_PROXY = ("35.235.240.0/20", "2600:2d00:1:7::/64")
"""Identity-Aware Proxy, which asks who it is before it passes TCP on (IAP documentation, "Using
IAP for TCP forwarding", 2026-11)."""

HEALTH_CHECKS = ("130.211.0.0/22", "35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22")
"""Health checks and front ends of load balancers (Cloud Load Balancing documentation, "Firewall
rules", 2026-11)."""

NETBLOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "dns-forwarders": ("35.199.192.0/19",),
    "health-checkers": ("35.191.0.0/16", "130.211.0.0/22"),
    "iap-forwarders": ("35.235.240.0/20",),
    "legacy-health-checkers": ("35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"),
    "private-googleapis": ("199.36.153.8/30",),
    "restricted-googleapis": ("199.36.153.4/30",),
}
"""What `getNetblockIpRanges` answers without asking Google, by range type (the provider's data
source `google_netblock_ip_ranges`, Terraform google-beta 7.45)."""
