"""The four paths without which a release is of no use; docs/workloads.md has what they ask for."""

from __future__ import annotations

import contextlib
import uuid

from tests.smoke.client import Api, Content, UnreachableError
from tests.smoke.contract import DATABASES, PENDING, SEARCHES, STARTED
from tests.smoke.documents import Documents
from tests.smoke.metrics import Readings


def query() -> Content:
    """Returns a search that no cache can answer."""
    return Content.json(
        {"query": f"smoke test {uuid.uuid4().hex}", "limit": 1, "databases": DATABASES}
    )


def test_health(api: Api) -> None:
    """A new revision may still be starting, and its address not be known everywhere yet."""

    def missing() -> str | None:
        try:
            answer = api.ask("GET", api.paths.health, credentials=False)
        except UnreachableError as error:
            return str(error)
        if answer.status in {404, 429} or answer.status >= 500:
            return str(answer.wrong("200"))
        answer.expect(200)
        return None

    api.patience.wait(missing)


def test_ingest_starts_a_workflow(api: Api, documents: Documents) -> None:
    document = documents.ingest()

    def missing() -> str | None:
        answer = api.ask("GET", api.paths.of("status", document))
        if answer.status == 404:
            return str(answer.wrong("200 with a status"))
        status = answer.expect(200).fields(status=str)["status"].lower()
        if status == PENDING:
            return str(answer.wrong(f"a status of {' or '.join(STARTED)}"))
        if status not in STARTED:
            raise answer.wrong(f"a status of {' or '.join(STARTED)}")
        return None

    api.patience.wait(missing)


def test_search_asks_the_four_databases(api: Api) -> None:
    api.ask("POST", api.paths.search, query(), credentials=False).expect(401, 403)
    answer = api.ask("POST", api.paths.search, query()).expect(200)
    found = answer.fields(results=list, databases_used=list)
    silent = [name for name in DATABASES if name not in found["databases_used"]]
    if silent:
        raise answer.wrong(f"databases_used with {', '.join(silent)}")


def test_metrics_flow(api: Api) -> None:
    readings = Readings(SEARCHES)

    def read() -> str | None:
        answer = api.ask("GET", api.paths.metrics).expect(200)
        still = readings.missing(answer.body.decode("utf-8", errors="replace"))
        return still and f"{answer.request}: {still}"

    def missing() -> str | None:
        with contextlib.suppress(UnreachableError):  # the other test says so
            api.ask("POST", api.paths.search, query())
        return read()

    read()
    api.patience.wait(missing)
