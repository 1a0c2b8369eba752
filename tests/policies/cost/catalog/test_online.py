"""Reading Google's catalogue: pages, patience, and what is said when it cannot be read."""

from __future__ import annotations

import ast
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import apex_guardrails
from apex_guardrails.cost.catalog import read_export, read_mapping
from apex_guardrails.cost.catalog.online import ENDPOINT, KEY_VARIABLE, Catalog
from apex_guardrails.support.errors import UsageError
from tests.policies.cost.catalog.exports import sku
from tests.policies.cost.catalog.server import KEY, CatalogServer, serving
from tests.policies.judged import Apex

SQL = "9662-B51E-5089"
SKUS = [sku(sku_id=f"AAAA-AAAA-000{number}") for number in range(5)]


@pytest.fixture
def server() -> Iterator[CatalogServer]:
    titles = sorted({entry.service for entry in read_mapping()} | {"BigQuery", "Cloud Run"})
    services = {title: SQL if title == "Cloud SQL" else f"A{n}" for n, title in enumerate(titles)}
    skus = {number: SKUS if number == SQL else [] for number in services.values()}
    with serving(CatalogServer(services, skus, per_page=2)) as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def catalog(server: CatalogServer, pauses: list[float]) -> Catalog:
    return Catalog(KEY, server.address, pauses.append)


def few(server: CatalogServer) -> None:
    """Takes away what other tests need."""
    server.services = {"BigQuery": "24E6", "Cloud SQL": SQL, "Cloud Run": "152E"}


def pages(catalog: Catalog) -> list[Any]:
    return [json.loads(page) for page in catalog.skus(catalog.services()["Cloud SQL"])]


def refused(catalog: Catalog) -> str:
    with pytest.raises(UsageError) as caught:
        catalog.services()
    message = str(caught.value)
    assert KEY not in message
    assert len(message.splitlines()) <= 2
    return message


def test_every_page_is_read_in_us_dollars(catalog: Catalog, server: CatalogServer) -> None:
    few(server)
    found = pages(catalog)

    assert [item["skuId"] for page in found for item in page["skus"]] == [
        item["skuId"] for item in SKUS
    ]
    assert [page["nextPageToken"] for page in found] == ["2", "4", ""]
    assert server.asked == [
        "/v1/services?pageSize=5000",
        "/v1/services?pageSize=5000&pageToken=2",
        f"/v1/services/{SQL}/skus?currencyCode=USD&pageSize=5000",
        f"/v1/services/{SQL}/skus?currencyCode=USD&pageSize=5000&pageToken=2",
        f"/v1/services/{SQL}/skus?currencyCode=USD&pageSize=5000&pageToken=4",
    ]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_and_each_time_later(
    catalog: Catalog, server: CatalogServer, pauses: list[float], status: int
) -> None:
    server.first += [(status, {}, b"")] * 3

    assert "Cloud SQL" in catalog.services()
    first, second, third = pauses
    assert 1 <= first <= 2 <= second <= 4 <= third <= 8


def test_the_time_that_a_server_asks_for_is_waited(
    catalog: Catalog, server: CatalogServer, pauses: list[float]
) -> None:
    after = [{"Retry-After": value} for value in ("7", "99999", "Wed, 21 Oct 2026 07:28:00 GMT")]
    server.first += [(429, headers, b"") for headers in after]

    catalog.services()
    assert pauses[:2] == [7, 60]
    assert 4 <= pauses[2] <= 8


def test_a_server_that_stays_busy_is_given_up(
    catalog: Catalog, server: CatalogServer, pauses: list[float]
) -> None:
    server.first += [(503, {}, {"error": {"message": f"busy\nwith {KEY}"}})] * 9

    said = refused(catalog)
    assert said.endswith("still answers 503 after 5 attempts: busy with [API key]; try again later")
    assert len(pauses) == 4


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_key_that_is_refused_is_said_once(
    catalog: Catalog, server: CatalogServer, pauses: list[float], status: int
) -> None:
    server.first += [(status, {}, {"error": {"code": status, "message": "Not this one."}})]

    said = refused(catalog)
    assert f"refuses the API key in {KEY_VARIABLE} ({status}): Not this one.\n" in said
    assert "Cloud Billing API enabled" in said
    assert (pauses, len(server.asked)) == ([], 1)


def test_a_key_that_the_server_repeats_is_not_shown(server: CatalogServer) -> None:
    other = Catalog("AIza-another-key", server.address)

    with pytest.raises(UsageError, match=r"API key not valid: \[API key\]\.") as caught:
        other.services()
    assert "AIza" not in str(caught.value) + repr(other)


@pytest.mark.parametrize("content", [b"<html>Sign in</html>", b"[]", b"[" * 100_000])
def test_an_answer_that_is_no_catalogue_is_said(
    catalog: Catalog, server: CatalogServer, content: bytes
) -> None:
    server.first += [(200, {}, content)]

    assert "answers with something else than the catalogue; is a proxy between?" in refused(catalog)


def test_another_host_is_not_followed_to(catalog: Catalog, server: CatalogServer) -> None:
    with serving(CatalogServer({}, {})) as other:
        server.first += [(302, {"Location": f"{other.address}/v1/services"}, b"")]

        assert "answers 302" in refused(catalog)
        assert other.asked == []


def test_pages_without_end_are_given_up(catalog: Catalog, server: CatalogServer) -> None:
    server.first += [(200, {}, {"services": [], "nextPageToken": "again"})] * 3

    assert "gives the pages of v1/services without end" in refused(catalog)


def test_a_host_that_cannot_be_reached_is_said(pauses: list[float]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said = refused(Catalog(KEY, f"http://127.0.0.1:{port}", pauses.append))

    assert said.startswith(f"127.0.0.1:{port}: cannot be reached: Connection refused\n")
    assert "`apex prices import`" in said
    # It is no better a second later.
    assert pauses == []


def test_a_connection_that_breaks_is_tried_again(pauses: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            for _ in range(5):
                listening.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        port = listening.getsockname()[1]
        said = refused(Catalog(KEY, f"http://127.0.0.1:{port}", pauses.append))
        thread.join()
    assert "cannot be reached" in said
    assert len(pauses) == 4


@pytest.mark.parametrize(
    ("endpoint", "key", "said"),
    [
        ("http://cloudbilling.example", KEY, f"expected an address such as {ENDPOINT}"),
        ("ftp://127.0.0.1", KEY, "--endpoint ftp://127.0.0.1: expected an address"),
        ("nowhere", KEY, "--endpoint nowhere: expected an address"),
        ("https://[", KEY, r"--endpoint https://\[: expected an address"),
        ("https://cloudbilling.googleapis.com:x", KEY, "expected an address"),
        ("https://googleapis.com.example", KEY, r"sent to https://\*\.googleapis\.com or this"),
        ("https://evilgoogleapis.com", KEY, "expected an address"),
        (f"https://u:{KEY}@cloudbilling.googleapis.com", KEY, "no user name and no password"),
        (ENDPOINT, "a\nb", "is no API key"),
        (ENDPOINT, "schlüssel", "is no API key"),
    ],
)
def test_where_and_with_what_is_checked_before_anything_is_sent(
    endpoint: str, key: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        Catalog(key, endpoint)
    assert key not in str(caught.value)


def test_a_catalogue_that_is_fetched_is_imported(
    apex: Apex, tmp_path: Path, server: CatalogServer
) -> None:
    fetch = ["prices", "fetch", "--output", "catalogue.json", "--endpoint", server.address]
    environment = {KEY_VARIABLE: KEY}
    apex.writing(tmp_path, *fetch, **environment).expect(
        0,
        "Cloud SQL: 3 pages\n",
        "Compute Engine: 1 page\n",
        "written: catalogue.json; `apex prices import catalogue.json` reads it\n",
    )
    written = tmp_path / "catalogue.json"
    assert KEY not in written.read_text("utf-8")
    export = read_export(written)
    assert (len(export.skus), export.is_whole, export.skipped) == (5, True, ())

    before = written.read_bytes()
    server.per_page = 1
    apex(tmp_path, *fetch, "--service", "Cloud SQK", **environment).expect_only(
        2,
        '--service Cloud SQK: there is no such service in the catalogue, did you mean "Cloud SQL"?',
    )
    apex(tmp_path, *fetch, **{KEY_VARIABLE: "AIza-another"}).expect_only(2, "refuses the API key")
    apex(tmp_path, *fetch, **{KEY_VARIABLE: " "}).expect_only(
        2, f"{KEY_VARIABLE} is not set: it must hold an API key"
    )
    assert written.read_bytes() == before
    apex.writing(tmp_path, *fetch, "--service", "BigQuery", **environment).expect(
        0, "BigQuery: 1 p"
    )


def test_a_service_that_the_catalogue_lacks_is_an_error_and_nothing_is_written(
    apex: Apex, tmp_path: Path, server: CatalogServer
) -> None:
    few(server)
    apex(
        tmp_path,
        *["prices", "fetch", "--output", "c.json", "--endpoint", server.address],
        **{KEY_VARIABLE: KEY},
    ).expect_only(2, "the catalogue lacks ", "Compute Engine", "--service reads others alone")
    assert server.asked == [item for item in server.asked if "/skus" not in item]


@pytest.mark.parametrize("content", [{}, {"skus": None}, {"skus": {}, "nextPageToken": ""}])
def test_a_page_without_skus_is_an_error(
    catalog: Catalog, server: CatalogServer, content: Any
) -> None:
    sql = catalog.services()["Cloud SQL"]
    server.first.append((200, {}, content))

    with pytest.raises(UsageError, match="answers with a page without SKUs for Cloud SQL"):
        list(catalog.skus(sql))


def test_services_that_are_no_objects_are_passed_over(
    catalog: Catalog, server: CatalogServer
) -> None:
    item = {"name": "services/1", "displayName": "One"}
    server.first.append((200, {}, {"services": [7, None, "x", item]}))

    assert list(catalog.services()) == ["One"]


def test_an_answer_that_drips_is_given_up(server: CatalogServer, pauses: list[float]) -> None:
    ticks = itertools.count(0, 301)
    slow = Catalog(KEY, server.address, pauses.append, lambda: float(next(ticks)))

    assert "an answer takes longer than 300 seconds; try again later" in refused(slow)


def test_an_answer_that_ends_too_early_is_asked_for_again(
    catalog: Catalog, server: CatalogServer, pauses: list[float]
) -> None:
    server.first.append((200, {"Content-Length": "9999"}, {"services": []}))

    assert "Cloud SQL" in catalog.services()
    assert len(pauses) == 1


def test_no_proxy_gets_what_is_meant_for_this_machine(
    catalog: Catalog, server: CatalogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(CatalogServer({}, {})) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        direct = Catalog(KEY, server.address, catalog.sleep)
        assert "Cloud SQL" in direct.services()
        assert proxy.asked == []


def test_nothing_else_goes_online() -> None:
    """What only speaks to the judged program and the engine does so by gRPC.

    Online are what asks for prices, and what comments on a pull request; a fleet's buckets are
    read by obstore.
    """
    package = Path(apex_guardrails.__file__).parent
    online = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3"}
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Import) and online & {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module in online)
    }
    assert found == {"comments/api.py", "cost/catalog/online.py"}
