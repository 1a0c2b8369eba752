"""A public entrance over plain HTTP, or with TLS 1.0, and nothing before it."""

import pulumi
import pulumi_gcp as gcp

shop = gcp.compute.RegionNetworkEndpointGroup(
    "shop",
    region="us-central1",
    network_endpoint_type="SERVERLESS",
    cloud_run={"service": "shop"},
)
backend = gcp.compute.BackendService(
    "shop",
    load_balancing_scheme="EXTERNAL_MANAGED",
    protocol="HTTP",
    backends=[{"group": shop.id}],
)
routes = gcp.compute.URLMap("shop", default_service=backend.id)

http = gcp.compute.TargetHttpProxy("shop", url_map=routes.id)
gcp.compute.GlobalForwardingRule(
    "http", target=http.id, port_range="80", load_balancing_scheme="EXTERNAL_MANAGED"
)

certificate = gcp.compute.ManagedSslCertificate("shop", managed={"domains": ["shop.example.com"]})
for_old_phones = gcp.compute.SSLPolicy(
    "for-old-phones", profile="COMPATIBLE", min_tls_version="TLS_1_0"
)
https = gcp.compute.TargetHttpsProxy(
    "shop",
    url_map=routes.id,
    ssl_certificates=[certificate.id],
    ssl_policy=for_old_phones.id,
)
gcp.compute.GlobalForwardingRule(
    "https", target=https.id, port_range="443", load_balancing_scheme="EXTERNAL_MANAGED"
)
admin = gcp.compute.TargetHttpsProxy("admin", url_map=routes.id, ssl_certificates=[certificate.id])
admin_entrance = gcp.compute.GlobalForwardingRule(
    "admin", target=admin.id, port_range="8443", load_balancing_scheme="EXTERNAL_MANAGED"
)

pulumi.export("address", admin_entrance.ip_address)
