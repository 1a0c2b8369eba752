"""Asks a host's REST API: bounded in time, size and attempts; the token goes nowhere else."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Final
from urllib.parse import urlsplit

from apex_guardrails.support.errors import UsageError

TIMEOUT: Final = 30
"""Seconds that a host may be silent."""
LONGEST: Final = 60
"""Seconds that an answer may take."""
MAX_ANSWER: Final = 16 << 20
ATTEMPTS: Final = 3
LONGEST_PAUSE: Final = 20
"""Seconds between attempts at most, whatever a host asks for."""

_NOT_DONE: Final = frozenset({429, 503})
"""What a host has not done, so that it can be asked again for anything."""
_AGAIN: Final = _NOT_DONE | {500, 502, 504}


class RefusedError(UsageError):
    """A host does not do what it is asked for; `status` is 0 where it does not answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: an API that sends elsewhere is at another address than the CI says."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Api:
    """A host's API. A proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`) is used.

    Attributes:
        url: where it is; what is asked for comes below it.
        headers: the token's among them.
        token_hint: what is said where the token is refused.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    token_hint: str

    def __post_init__(self) -> None:
        """Looks at the address.

        Raises:
            UsageError: it is none.
        """
        parts = urlsplit(self.url)
        # Within this machine nobody listens; elsewhere the token would be read on its way.
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        )
        if not is_safe or not parts.hostname or parts.username:
            raise UsageError("the API's address that the job names is not an https:// address")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer.

        What may have been done already is not asked for twice: it would be posted twice.

        Raises:
            RefusedError: there is no good answer.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                again = _NOT_DONE if method == "POST" else _AGAIN
                error.close()
                if error.code not in again or attempt == ATTEMPTS:
                    raise self._refusal(method, path, error) from None
                _pause(attempt, error.headers)
            except (OSError, http.client.HTTPException) as error:
                if method == "POST" or attempt == ATTEMPTS:
                    reason = getattr(error, "reason", None) or error
                    raise RefusedError(f"{method} {self.url}{path}: {reason}") from None
                _pause(attempt, None)
        raise AssertionError

    def pages(self, path: str, size: int, most: int = 30) -> Iterator[Any]:
        """The lists on the pages that a host counts by `page`, until one is not full.

        Raises:
            RefusedError: there are more than `most`.
        """
        mark = "&" if "?" in path else "?"
        for page in range(1, most + 1):
            items = self.ask("GET", f"{path}{mark}page={page}")
            yield items
            if len(items.get("values", ()) if isinstance(items, dict) else items) < size:
                return
        raise RefusedError(f"GET {self.url}{path}: has more than {most * size:,} comments")

    def _once(self, method: str, path: str, body: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310 the address is the CI's own variable
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "User-Agent": "apex-guardrails"},
        )
        if body is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in self.headers.items():
            request.add_unredirected_header(name, value)
        opener = urllib.request.build_opener(_Stay)
        with opener.open(request, timeout=TIMEOUT) as answer:
            content = self._read(answer)
        try:
            return json.loads(content) if content else None
        except (ValueError, RecursionError):
            raise RefusedError(f"{method} {self.url}{path}: the answer is no JSON") from None

    @staticmethod
    def _read(answer: http.client.HTTPResponse) -> bytes:
        end = time.monotonic() + LONGEST
        content = bytearray()
        while part := answer.read1(1 << 16):
            content += part
            if len(content) > MAX_ANSWER:
                raise RefusedError(f"the answer has more than {MAX_ANSWER >> 20} MiB")
            if time.monotonic() > end:
                raise RefusedError(f"the answer takes longer than {LONGEST} seconds")
        return bytes(content)

    def _refusal(self, method: str, path: str, error: urllib.error.HTTPError) -> RefusedError:
        # What a host says of it is not shown: it may quote what it was sent.
        hints = {
            401: self.token_hint,
            403: self.token_hint,
            404: f"there is no such thing, or the token may not see it; {self.token_hint}",
        }
        hint = f": {hints[error.code]}" if error.code in hints else ""
        said = http.client.responses.get(error.code, "")
        return RefusedError(
            f"{method} {self.url}{path}: {error.code} {said}".rstrip() + hint, error.code
        )


def _pause(attempt: int, headers: Message | None) -> None:
    asked = headers.get("Retry-After", "") if headers else ""
    seconds = int(asked) if asked.isdecimal() else attempt
    time.sleep(min(seconds, LONGEST_PAUSE))
