"""The users of a load test, as Locust runs them; tests/load/__main__.py starts it."""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

import gevent
from locust import HttpUser, events, task

from tests.load.plan import Plan, Sample
from tests.smoke.contract import DATABASES, parse_token

PLAN = Plan.read(os.environ)


def with_token(request: Any) -> Any:
    """Puts the token on a request; as `auth` it stands above what a .netrc says of the host."""
    request.headers["Authorization"] = f"Bearer {parse_token(os.environ)}"
    return request


class ApiUser(HttpUser):
    """Searches, and now and then brings in a document."""

    def wait_time(self) -> float:
        """Returns the seconds until its next task."""
        return PLAN.pause * random.uniform(0.5, 1.5)  # noqa: S311 - nothing is kept secret by it

    def ask(self, kind: str, method: str, path: str, *expected: int, **content: Any) -> Any:
        """Asks once, and returns the answer; one with another status is an error."""
        with self.client.request(
            method,
            path,
            name=kind,
            catch_response=True,
            allow_redirects=False,
            auth=with_token,
            timeout=PLAN.request_timeout,
            **content,
        ) as answer:
            if answer.status_code == 0:
                answer.failure(f"no answer ({type(answer.error).__name__})")
            elif answer.status_code not in expected:
                answer.failure(f"answered {answer.status_code}, expected {expected[0]}")
        return answer

    def on_start(self) -> None:
        """Begins with a document: no test is without."""
        self.ingest()

    @task(7)
    def search(self) -> None:
        """Asks for something that no cache has."""
        query = {"query": f"load test {uuid.uuid4()}", "limit": 10, "databases": DATABASES}
        self.ask("search", "POST", PLAN.paths.search, 200, json=query)

    @task(1)
    def ingest(self) -> None:
        """Brings in a document, and removes it."""
        name = f"load-{uuid.uuid4()}.txt"
        files = {"file": (name, f"Load test {name}. It may be deleted.\n", "text/plain")}
        answer = self.ask(
            "ingest",
            "POST",
            PLAN.paths.ingest,
            200,
            201,
            202,
            files=files,
            data={"source": "load-test"},
        )
        try:
            document = str(answer.json()["uuid"])
        except (ValueError, LookupError, TypeError, AttributeError):
            return
        self.ask("delete", "DELETE", PLAN.paths.of("delete", document), 200, 202, 204)


@events.user_error.add_listener
def fail(user_instance: Any, **_: Any) -> None:
    """Ends the test without a verdict, for a defect of its own; Locust's log has it."""
    user_instance.environment.process_exit_code = 3
    gevent.spawn(user_instance.environment.runner.quit)


@events.init.add_listener
def write_samples(environment: Any, **_: Any) -> None:
    """Writes down every request, and ends the test after so many."""
    samples = PLAN.samples.open("w", encoding="utf-8", buffering=1)
    written = 0

    def write(name: str, response_time: float, exception: Exception | None, **_: Any) -> None:
        nonlocal written
        error = None if exception is None else str(exception) or type(exception).__name__
        samples.write(Sample(name, response_time / 1000, error).line())
        written += 1
        if written == PLAN.requests:
            gevent.spawn(environment.runner.quit)  # not by a user: each is waited for

    environment.events.request.add_listener(write)
