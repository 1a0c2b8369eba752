"""The documents that a run brings in, and takes out again."""

from __future__ import annotations

import time
import uuid

from tests.smoke.client import Api, CheckFailedError, Content


class Documents:
    """Documents that this run has brought in."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._brought: list[str] = []

    def ingest(self) -> str:
        """Brings in a document that no other run has, and returns its id."""
        name = f"smoke-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{uuid.uuid4().hex[:12]}.txt"
        content = Content.form(
            {"source": "smoke-test"}, name, f"Smoke test {name}. It may be deleted.\n".encode()
        )
        try:
            answer = self._api.ask("POST", self._api.paths.ingest, content).expect(200, 201, 202)
            document = str(answer.fields(uuid=str)["uuid"])
        except CheckFailedError as error:
            raise CheckFailedError(f"{error}; if {name} was taken in, it is still there") from None
        self._brought.append(document)
        answer.fields(workflow_id=str)
        return document

    def delete(self) -> None:
        """Removes what was brought in."""
        for document in self._brought:
            path = self._api.paths.of("delete", document)
            try:
                self._api.ask("DELETE", path, after_the_end=True).expect(200, 202, 204)
            except CheckFailedError as error:
                raise CheckFailedError(f"{error}; document {document} is still there") from None
