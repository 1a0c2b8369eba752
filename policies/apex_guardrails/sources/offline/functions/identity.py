"""Who and where: the project, the client's configuration, and the accounts that Google makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import NO_NUMBER, Asked


def project(asked: Asked) -> Mapping[str, Value] | None:
    """The project that is asked for, or config's; its number stands for one that nobody knows."""
    name = asked.text("projectId") or asked.project
    if not name:
        return None
    return {"id": f"projects/{name}", "projectId": name, "number": NO_NUMBER}


def client_config(asked: Asked) -> Mapping[str, Value] | None:
    """What the provider's configuration says; no token, as there is nobody to log in."""
    name = asked.config.get("gcp:project")
    if not name:
        return None
    region, zone = asked.config.get("gcp:region", ""), asked.config.get("gcp:zone", "")
    return {
        "id": f'projects/"{name}"/regions/"{region}"/zones/"{zone}"',
        "project": name,
        "region": region,
        "zone": zone,
        "accessToken": "",
        "defaultLabels": {},
    }


def account(asked: Asked) -> Mapping[str, Value] | None:
    """A service account by its id, or by the address that the id is given as."""
    given = asked.text("accountId")
    name = given.rpartition("/")[2]
    where = name.partition("@")[2].partition(".")[0] or asked.project
    if not name or not where:
        return None
    email = name if "@" in name else f"{name}@{where}.iam.gserviceaccount.com"
    return {
        "accountId": given,
        "project": where,
        **_account(email, f"projects/{where}/serviceAccounts/{email}"),
    }


def _account(email: str, name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "email": email, "member": f"serviceAccount:{email}"}


_AGENTS: Final[Mapping[str, tuple[str, str]]] = {
    "gcp:appengine/getDefaultServiceAccount:getDefaultServiceAccount": (
        *("email", "{project}@appspot.gserviceaccount.com"),
    ),
    "gcp:bigquery/getDefaultServiceAccount:getDefaultServiceAccount": (
        *("email", "bq-{number}@bigquery-encryption.iam.gserviceaccount.com"),
    ),
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": (
        *("email", "{number}-compute@developer.gserviceaccount.com"),
    ),
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": (
        *("emailAddress", "service-{number}@gs-project-accounts.iam.gserviceaccount.com"),
    ),
    "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": (
        *("email", "project-{number}@storage-transfer-service.iam.gserviceaccount.com"),
    ),
}
"""By function: the member that has the address, and the address (Google Cloud documentation,
"Service agents" and "Default service accounts", 2026-11)."""


def agent(asked: Asked) -> Mapping[str, Value] | None:
    """An account that Google makes, and names after the project."""
    if not asked.project:
        return None
    member, form = _AGENTS[asked.token]
    email = form.format(project=asked.project, number=NO_NUMBER)
    name = f"projects/{asked.project}/serviceAccounts/{email}"
    return {"project": asked.project, **_account(email, name), member: email}


AGENTS: Final = tuple(_AGENTS)
