"""Reads Google's public catalogue of prices, which is online: `apex prices fetch` alone asks it.

Source: Cloud Billing API v1, `services.list` and `services.skus.list` (Google's reference, read
2026-11). The API key goes into the header `X-Goog-Api-Key`, so that no address holds it; it is
shown nowhere, written nowhere, and given to no host but that of the endpoint.
"""

from __future__ import annotations

import json
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final, NoReturn

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.text import one_line

ENDPOINT: Final = "https://cloudbilling.googleapis.com"

KEY_VARIABLE: Final = "APEX_GOOGLE_API_KEY"
"""The environment variable that holds the API key."""

_PAGE_SIZE: Final = 5000
"""The most that the API gives at once."""

_LARGEST: Final = 128 * 1024 * 1024
"""Bytes of an answer; a page of the catalogue has a tenth of that."""

_MOST_PAGES: Final = 1000
_ATTEMPTS: Final = 5
_TIMEOUT: Final = 30
"""Seconds."""

_LONGEST_PAUSE: Final = 60.0
_LATER: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which it is worth to ask again."""

_NAME: Final = re.compile(r"services/[A-Za-z0-9-]+")

_LOCAL: Final = ("127.0.0.1", "::1", "localhost")
_GOOGLE: Final = ".googleapis.com"

_LONGEST_ANSWER: Final = 300.0
"""Seconds that an answer may take as a whole."""

_PART: Final = 64 * 1024
"""Bytes that are read at once, at the most."""


@dataclass(frozen=True)
class Service:
    """A service that sells something.

    Attributes:
        name: as the API names it, such as `services/9662-B51E-5089`.
        title: as people know it, such as `Cloud SQL`.
    """

    name: str
    title: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key is for one host: another one is not followed to."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Catalog:
    """The Cloud Billing Catalog.

    Attributes:
        key: the API key.
        endpoint: where the API is.
        sleep: waits so many seconds.
        clock: the seconds since some time.
    """

    key: str = field(repr=False)
    endpoint: str = ENDPOINT
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        if "@" in self.endpoint:
            raise UsageError(
                f"--endpoint: must have no user name and no password, as in {ENDPOINT}"
            )
        try:
            parts = urllib.parse.urlsplit(self.endpoint)
            host, scheme, _ = parts.hostname or "", parts.scheme, parts.port
        except ValueError:
            parts, host, scheme = urllib.parse.urlsplit(""), "", ""
        is_local = scheme == "http" and host in _LOCAL
        if not is_local and not (scheme == "https" and host.endswith(_GOOGLE)):
            raise UsageError(
                f"--endpoint {one_line(self.endpoint, 100)}: expected an address such as "
                f"{ENDPOINT}\n  the API key is sent to https://*{_GOOGLE} or this machine alone"
            )
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise UsageError(f"{KEY_VARIABLE}: is no API key: it has characters that no key has")
        self._host = parts.netloc
        # A proxy would get what is meant for this machine.
        direct = [urllib.request.ProxyHandler({})] if is_local else []
        self._opener = urllib.request.build_opener(_NoRedirect, *direct)

    def services(self) -> Mapping[str, Service]:
        """Every service, by title.

        Raises:
            UsageError: the catalogue cannot be read.
        """
        found: dict[str, Service] = {}
        for page in self._pages("v1/services", {}):
            services = page.get("services")
            for item in services if isinstance(services, list) else ():
                if not isinstance(item, dict):
                    continue
                name, title = item.get("name"), item.get("displayName")
                if isinstance(title, str) and isinstance(name, str) and _NAME.fullmatch(name):
                    found[title] = Service(name, title)
        return found

    def skus(self, service: Service) -> Iterator[str]:
        """The pages of a service's SKUs in US dollars, as JSON.

        Raises:
            UsageError: the catalogue cannot be read.
        """
        for page in self._pages(f"v1/{service.name}/skus", {"currencyCode": "USD"}):
            if not isinstance(page.get("skus"), list):
                raise UsageError(
                    f"{self._host}: answers with a page without SKUs for {service.title}; "
                    "try again later"
                )
            yield json.dumps(page, ensure_ascii=False)

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        token = ""
        for _ in range(_MOST_PAGES):
            asked = {**query, "pageSize": str(_PAGE_SIZE)}
            page = self._page(path, asked | ({"pageToken": token} if token else {}))
            yield page
            before, token = token, str(page.get("nextPageToken", ""))
            if not token:
                return
            if token == before:
                break
        raise UsageError(f"{self._host}: gives the pages of {path} without end; try again later")

    def _page(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        text = self._answer(f"{self.endpoint.rstrip('/')}/{path}?{urllib.parse.urlencode(query)}")
        try:
            page = json.loads(text)
        except (ValueError, RecursionError):
            page = None
        if not isinstance(page, dict):
            raise UsageError(
                f"{self._host}: answers with something else than the catalogue; is a proxy between?"
            )
        return page

    def _answer(self, address: str) -> bytes:
        """What is answered, asked again where the server is busy or the connection breaks."""
        request = urllib.request.Request(address, headers={"X-Goog-Api-Key": self.key})  # noqa: S310 checked above
        for attempt in range(1, _ATTEMPTS + 1):
            is_last = attempt == _ATTEMPTS
            pause = min(2.0**attempt, _LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311 not a secret
            try:
                started = self.clock()
                with self._opener.open(request, timeout=_TIMEOUT) as answer:
                    return self._content(answer, started + _LONGEST_ANSWER)
            except urllib.error.HTTPError as error:
                with error:
                    if is_last or error.code not in _LATER:
                        self._refuse(error)
                    pause = _asked_for(error.headers.get("Retry-After")) or pause
            except (OSError, HTTPException) as error:
                if is_last or _is_final(error):
                    self._unreachable(error)
            self.sleep(pause)
        raise AssertionError  # pragma: no cover the last attempt returns or raises

    def _content(self, answer: HTTPResponse, end: float) -> bytes:
        """All of an answer, which may neither be too large nor take too long."""
        content = bytearray()
        while part := answer.read1(_PART):
            content += part
            if len(content) > _LARGEST:
                raise UsageError(f"{self._host}: an answer is larger than {_LARGEST:,} bytes")
            if self.clock() > end:
                raise UsageError(
                    f"{self._host}: an answer takes longer than {_LONGEST_ANSWER:.0f} seconds; "
                    "try again later"
                )
        if answer.length:
            raise IncompleteRead(bytes(content), answer.length)
        return bytes(content)

    def _refuse(self, error: urllib.error.HTTPError) -> NoReturn:
        said = self._said(error)
        if error.code in _LATER:
            raise UsageError(
                f"{self._host}: still answers {error.code} after {_ATTEMPTS} attempts{said}; "
                "try again later"
            ) from None
        if error.code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise UsageError(
                f"{self._host}: refuses the API key in {KEY_VARIABLE} ({error.code}){said}\n"
                "  the key's project needs the Cloud Billing API enabled, and the key must allow it"
            ) from None
        raise UsageError(f"{self._host}: answers {error.code}{said}") from None

    def _said(self, error: urllib.error.HTTPError) -> str:
        """What the API says of an error, without the key, which it may quote."""
        try:
            message = json.loads(error.read(_PAGE_SIZE))["error"]["message"]
        except (OSError, ValueError, KeyError, TypeError, HTTPException, RecursionError):
            return ""
        text = str(message).replace(self.key, "[API key]")
        return f": {one_line(text, 200)}"

    def _unreachable(self, error: Exception) -> NoReturn:
        reason = getattr(error, "reason", error)
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        said = one_line(why.replace(self.key, "[API key]"), 200)
        raise UsageError(
            f"{self._host}: cannot be reached: {said}\n"
            "  an export that was made elsewhere is read by `apex prices import`"
        ) from None


def _asked_for(header: str | None) -> float:
    """The seconds that a server asks to wait for; 0 where it does not say."""
    if header is None or not header.strip().isdecimal():
        return 0.0
    return min(float(header), _LONGEST_PAUSE)


def _is_final(error: Exception) -> bool:
    """Whether it fails the same way again: no such host, no route, a certificate that is wrong."""
    import socket
    import ssl

    reason = getattr(error, "reason", error)
    finally_so = (socket.gaierror, ssl.SSLCertVerificationError, ConnectionRefusedError)
    return isinstance(reason, finally_so)
