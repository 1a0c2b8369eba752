"""How a revision does, as Cloud Monitoring has it.

Cloud Run's own metrics in PromQL (Google Cloud, "Cloud Run metrics" and "Query using the Cloud
Monitoring API: Prometheus endpoints", November 2026). They arrive up to four minutes late.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

from operations.errors import OperationError
from operations.release.gates import Measured

MONITORING = "https://monitoring.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/monitoring.read"
_TIMEOUT = 30  # seconds


class Session(Protocol):
    """What asks over HTTP: `requests`' session, with credentials in it."""

    def get(self, url: str, *, params: dict[str, str], timeout: float) -> Any:
        """Answers with a status and JSON."""
        ...


def session() -> Session:
    """A session with the environment's own credentials.

    Raises:
        OperationError: there are none.
    """
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError
    from google.auth.transport.requests import AuthorizedSession

    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    except DefaultCredentialsError:
        raise OperationError(
            "there are no credentials for Cloud Monitoring: gcloud auth application-default login"
        ) from None
    return AuthorizedSession(credentials)


@dataclass(frozen=True)
class Revision:
    """A revision of a service on Cloud Run."""

    project: str
    service: str
    name: str


def measure(asked: Session, revision: Revision, seconds: int, url: str = MONITORING) -> Measured:
    """How a revision did in the last seconds.

    Raises:
        OperationError: Cloud Monitoring did not tell.
    """
    where = (
        f'{{monitored_resource="cloud_run_revision",service_name="{revision.service}",'
        f'revision_name="{revision.name}"'
    )
    counted = "run_googleapis_com:request_count"
    latencies = "run_googleapis_com:request_latencies_bucket"

    def value(query: str) -> float | None:
        return _value(asked, f"{url}/v1/projects/{revision.project}/location/global", query)

    requests = value(f"sum(increase({counted}{where}}}[{seconds}s]))") or 0.0
    errors = value(f'sum(increase({counted}{where},response_code_class="5xx"}}[{seconds}s]))')
    latency = value(
        f"histogram_quantile(0.95, sum by (le) (rate({latencies}{where}}}[{seconds}s])))"
    )
    return Measured(requests, errors or 0.0, latency)


def _value(asked: Session, where: str, query: str) -> float | None:
    import requests
    from google.auth.exceptions import GoogleAuthError

    try:
        answer = asked.get(
            f"{where}/prometheus/api/v1/query", params={"query": query}, timeout=_TIMEOUT
        )
        status = answer.status_code
        if status == requests.codes.forbidden:
            raise OperationError(
                f"Cloud Monitoring refused (roles/monitoring.viewer is needed): {_said(answer)}"
            )
        if status != requests.codes.ok:
            raise OperationError(f"Cloud Monitoring answered {status}; try again")
        result = answer.json()["data"]["result"]
        found = str(result[0]["value"][1]) if result else "NaN"
        return _number(found)
    except (ValueError, LookupError, TypeError):
        raise OperationError("Cloud Monitoring answered in an unexpected form") from None
    except (requests.RequestException, GoogleAuthError) as error:
        raise OperationError(
            f"Cloud Monitoring cannot be reached ({type(error).__name__}); try again"
        ) from None


def _said(answer: Any) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return "it did not say why"


def _number(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
