"""Outputs of resources, and answers of functions, that are secrets.

Of resources, what the provider's schema marks `sensitive` and only computes, without certificates
and hashes (provider/schema.jsonl), and what the registry says of the packages random and tls. Of
functions, those whose documentation says that they answer with a credential (Pulumi Registry, gcp
10.2.0, 2026-11); a provider marks no answer of a function as a secret (pulumi-aws issue 1449).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.gcp.types import (
    CHRONICLE_FEED,
    COMPUTE_CA_EXTERNAL_ACCOUNT_KEY,
    CONTAINER_CLUSTER,
    FIRESTORE_USER_CREDS,
    IAM_OAUTH_CLIENT_CREDENTIAL,
    IAM_WORKFORCE_POOL_PROVIDER_SCIM_TOKEN,
    IAP_CLIENT,
    PROJECTS_API_KEY,
    REDIS_INSTANCE,
    SERVICEACCOUNT_KEY,
    SQL_SSL_CERT,
    STORAGE_HMAC_KEY,
)

_MAC_KEYS: Final = ("b64MacKey", "b64urlMacKey", "macKey")

OF_RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "random:index/randomPassword:RandomPassword": ("result",),
    "random:index/randomBytes:RandomBytes": ("base64", "hex"),
    "tls:index/privateKey:PrivateKey": (
        *("privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"),
    ),
    CHRONICLE_FEED: ("secret",),
    COMPUTE_CA_EXTERNAL_ACCOUNT_KEY: _MAC_KEYS,
    CONTAINER_CLUSTER: ("masterAuth.clientKey",),
    FIRESTORE_USER_CREDS: ("securePassword",),
    IAM_OAUTH_CLIENT_CREDENTIAL: ("clientSecret",),
    IAM_WORKFORCE_POOL_PROVIDER_SCIM_TOKEN: ("securityToken",),
    IAP_CLIENT: ("secret",),
    PROJECTS_API_KEY: ("keyString",),
    REDIS_INSTANCE: ("authString",),
    SERVICEACCOUNT_KEY: ("privateKey",),
    SQL_SSL_CERT: ("privateKey",),
    STORAGE_HMAC_KEY: ("secret",),
}
"""The paths of secret outputs, by type."""

_VERSION: Final = ("", "secretData")

OF_FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        f"gcp:secretmanager/{name}:{name}": _VERSION
        for name in (
            *("getSecretVersion", "getSecretVersionAccess"),
            *("getRegionalSecretVersion", "getRegionalSecretVersionAccess"),
        )
    },
    **{
        f"gcp:parametermanager/{name}:{name}": ("renderedParameterData",)
        for name in ("getParameterVersionRender", "getRegionalParameterVersionRender")
    },
    "gcp:monitoring/getSecretVersion:getSecretVersion": _VERSION,
    "gcp:organizations/getClientConfig:getClientConfig": ("accessToken",),
    "gcp:redis/getInstance:getInstance": ("authString",),
    "gcp:serviceaccount/getAccountAccessToken:getAccountAccessToken": ("", "accessToken"),
    "gcp:serviceaccount/getAccountIdToken:getAccountIdToken": ("", "idToken"),
    "gcp:serviceaccount/getAccountJwt:getAccountJwt": ("", "jwt"),
    "gcp:vmwareengine/getNsxCredentials:getNsxCredentials": ("password",),
    "gcp:vmwareengine/getVcenterCredentials:getVcenterCredentials": ("password",),
}
"""The same, by function: "" where the answer as a whole is asked for that alone."""

SECRET_OUTPUTS: Final = {**OF_RESOURCES, **OF_FUNCTIONS}
