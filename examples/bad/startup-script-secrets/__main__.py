"""A machine on the internet, as the default account, with secrets in its start-up script."""

import pulumi
import pulumi_gcp as gcp

# In two parts, lest a scanner take it for a real one.
GITHUB_TOKEN = "ghp" + "_" + "notARealToken" * 3
STARTUP_SCRIPT = f"""#!/bin/bash
curl -fsSL https://example.com/agent/install.sh | bash
export PGPASSWORD=not-a-real-password
git clone https://x-access-token:{GITHUB_TOKEN}@github.com/example/batch.git /opt/batch
docker run -d -p 7474:7474 -p 7687:7687 -e NEO4J_AUTH=none neo4j:5
"""

batch = gcp.compute.Instance(
    "batch",
    zone="us-central1-a",
    machine_type="e2-standard-4",
    boot_disk=gcp.compute.InstanceBootDiskArgs(
        initialize_params=gcp.compute.InstanceBootDiskInitializeParamsArgs(
            image="debian-cloud/debian-12",
        ),
    ),
    network_interfaces=[
        gcp.compute.InstanceNetworkInterfaceArgs(
            network="default",
            access_configs=[gcp.compute.InstanceNetworkInterfaceAccessConfigArgs()],
        ),
    ],
    can_ip_forward=True,
    metadata={
        "enable-oslogin": "FALSE",
        "serial-port-enable": "TRUE",
        "api-token": GITHUB_TOKEN,
    },
    metadata_startup_script=STARTUP_SCRIPT,
    service_account=gcp.compute.InstanceServiceAccountArgs(scopes=["cloud-platform"]),
)

pulumi.export("address", batch.network_interfaces[0].network_ip)
