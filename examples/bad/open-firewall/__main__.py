"""SSH, a database and then every port open to the internet, on networks that nobody planned."""

import pulumi_gcp as gcp

INTERNET = ["0.0.0.0/0"]

network = gcp.compute.Network("lab", auto_create_subnetworks=True)

gcp.compute.Firewall(
    "allow-ssh",
    network="default",
    source_ranges=INTERNET,
    allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["22", "3389"])],
)

gcp.compute.Firewall(
    "allow-databases",
    network=network.id,
    source_ranges=INTERNET,
    allows=[
        gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["5432", "6333-6334", "7687"]),
        gcp.compute.FirewallAllowArgs(protocol="udp", ports=["11211"]),
    ],
)

# It did not work with the ports above, so now it is all of them.
gcp.compute.Firewall(
    "allow-all-for-now",
    network=network.id,
    source_ranges=["::/0"],
    allows=[gcp.compute.FirewallAllowArgs(protocol="all")],
)
