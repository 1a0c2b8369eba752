"""Asks the API, and says in one sentence what is wrong with an answer."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.smoke.contract import Paths

_LARGEST = 8 * 1024 * 1024
"""Bytes of an answer that are read."""
_SHOWN = 200
"""Characters of an answer that are shown."""


class CheckFailedError(AssertionError):
    """The API does not do what docs/workloads.md asks of it; the message is for the operator."""


class UnreachableError(CheckFailedError):
    """There was no answer at all."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer that points elsewhere is a wrong one: the token goes to the base URL alone."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Content:
    """What is sent."""

    body: bytes
    type: str

    @classmethod
    def json(cls, value: Any) -> Content:
        """Returns a value as JSON."""
        return cls(json.dumps(value).encode(), "application/json")

    @classmethod
    def form(cls, fields: dict[str, str], file_name: str, content: bytes) -> Content:
        """Returns a form with one file as `file`, as multipart/form-data (RFC 7578)."""
        boundary = uuid.uuid4().hex
        disposition = f"--{boundary}\r\nContent-Disposition: form-data; name"
        parts = [f'{disposition}="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        file = f'{disposition}="file"; filename="{file_name}"\r\nContent-Type: text/plain\r\n\r\n'
        body = "".join([*parts, file]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return cls(body, f"multipart/form-data; boundary={boundary}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    request: str
    """Method and path."""
    status: int
    body: bytes = field(repr=False)
    seconds: float

    def wrong(self, expected: str) -> CheckFailedError:
        """Returns the error that says what was expected instead."""
        text = self.body[: 4 * _SHOWN].decode("utf-8", errors="replace")
        shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}..."
        return CheckFailedError(
            f"{self.request}: answered {self.status} after {self.seconds:.2f} s; "
            f"expected {expected}. It said: {shown or '(nothing)'}"
        )

    def expect(self, *statuses: int) -> Answer:
        """Returns itself if it has one of the statuses.

        Raises:
            CheckFailedError: It has another one.
        """
        if self.status not in statuses:
            raise self.wrong(" or ".join(map(str, statuses)))
        return self

    def fields(self, **types: type) -> dict[str, Any]:
        """Returns the JSON object that it is, with at least these fields.

        Raises:
            CheckFailedError: It is something else.
        """
        names = ", ".join(types)
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.wrong(f"a JSON object with {names}") from None
        if not isinstance(found, dict) or not all(
            isinstance(found.get(name), kind) and found[name] != "" for name, kind in types.items()
        ):
            raise self.wrong(f"a JSON object with {names}")
        return found


@dataclass
class Patience:
    """How long the whole run may take, one answer, and what comes late; in seconds."""

    request: float
    poll: float
    interval: float
    run: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._end = self.clock() + self.run

    def left(self) -> float:
        """Returns the seconds that the run has left, none or less where it is over."""
        return self._end - self.clock()

    def wait(self, missing: Callable[[], str | None]) -> None:
        """Asks again and again until nothing is missing.

        Args:
            missing: Asks once, and returns what is still missing; None for nothing.

        Raises:
            CheckFailedError: Something is still missing when the time is over.
        """
        end = self.clock() + self.poll
        while (still := missing()) is not None:
            if self.clock() + self.interval > end:
                raise CheckFailedError(f"{still} (asked for {self.poll:g} s)")
            self.sleep(self.interval)


class Api:
    """A deployed API."""

    def __init__(
        self,
        base_url: str,
        token: str,
        paths: Paths,
        headers: Mapping[str, str],
        patience: Patience,
    ) -> None:
        self.base_url = base_url
        self._headers = headers
        self.paths = paths
        self.patience = patience
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)

    def redact(self, text: str) -> str:
        """Returns a text without the token."""
        return text.replace(self._token, "***")

    def ask(
        self,
        method: str,
        path: str,
        content: Content | None = None,
        *,
        credentials: bool = True,
        after_the_end: bool = False,
    ) -> Answer:
        """Asks once.

        Args:
            method: HTTP's.
            path: What is appended to the base URL.
            content: What is sent.
            credentials: Whether the token is sent.
            after_the_end: Whether it is asked even if the run's time is over: what cleans up.

        Raises:
            UnreachableError: There was no answer, or not in time.
            CheckFailedError: The run's time is over.
        """
        shown = f"{method} {path}"
        left = self.patience.request if after_the_end else self.patience.left()
        if left <= 0:
            raise CheckFailedError(
                f"{shown}: not asked, the run's {self.patience.run:g} s are over (--run-timeout)"
            )
        headers = {"User-Agent": "apex-smoke", "Accept": "*/*", **self._headers}
        if content:
            headers["Content-Type"] = content.type
        if credentials:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(  # noqa: S310 - the base URL's scheme is http or https
            self.base_url + path,
            data=content.body if content else None,
            headers=headers,
            method=method,
        )
        return self._send(request, shown, min(left, self.patience.request))

    def _send(self, request: urllib.request.Request, shown: str, timeout: float) -> Answer:
        began = time.monotonic()
        try:
            try:
                response = self._opener.open(request, timeout=timeout)
            except urllib.error.HTTPError as error:
                response = error
            with response:
                content = _read(response, began + timeout)
                status = response.status
        except TimeoutError:
            raise UnreachableError(f"{shown}: no answer within {timeout:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise UnreachableError(f"{shown}: no answer within {timeout:g} s") from None
            reason = getattr(error, "reason", None) or error
            raise UnreachableError(
                f"{shown}: no answer, {reason or type(error).__name__}"
            ) from None
        # An API may repeat what it was sent.
        said = content.replace(self._token.encode(), b"***")
        return Answer(shown, status, said, time.monotonic() - began)


def _read(response: Any, end: float) -> bytes:
    """Reads an answer, which may come in small pieces, until a moment of `time.monotonic`."""
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > end:
            raise TimeoutError
        if size > _LARGEST:
            raise OSError(f"more than {_LARGEST} bytes")
    return b"".join(pieces)
