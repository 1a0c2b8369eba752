"""Addresses from which Google's own services come into a network."""

IAP_PROXY = ("35.235.240.0/20", "2600:2d00:1:7::/64")
"""Identity-Aware Proxy, which asks who it is before it passes TCP on (IAP documentation, "Using
IAP for TCP forwarding", 2026-11)."""

HEALTH_CHECKS = ("130.211.0.0/22", "35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22")
"""Health checks and front ends of load balancers (Cloud Load Balancing documentation, "Firewall
rules", 2026-11)."""
