"""GitLab: a note on a merge request.

Source: GitLab REST API v4, "Notes", and the predefined variables of CI/CD, 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote

from apex_guardrails.comments.api import Api
from apex_guardrails.comments.markup import unmentioned
from apex_guardrails.comments.report import Comment
from apex_guardrails.comments.variables import Variables

_PAGE: Final = 100
_HINT: Final = "GITLAB_TOKEN needs the scope `api` and the role Reporter"
_QUICK_ACTION: Final = re.compile(r"^(\s*)/(?=\w)", re.MULTILINE)


@dataclass(frozen=True)
class MergeRequest:
    """A merge request."""

    api: Api
    project: str
    number: str

    most = 1_000_000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """The one that a job is for; `None` where it is for none."""
        job = Variables(environment, "GitLab CI", "gitlab")
        url = job.needed("CI_API_V4_URL").rstrip("/")
        number = job.get("CI_MERGE_REQUEST_IID")
        if not number:
            return None
        # In a fork's pipeline CI_PROJECT_ID is the fork's.
        project = job.get("CI_MERGE_REQUEST_PROJECT_ID") or job.needed("CI_PROJECT_ID")
        token = job.token(
            "GITLAB_TOKEN",
            "make a project access token with the scope `api` and the role Reporter, and give it "
            "to the job as a masked variable (the job's own token may not comment)",
        )
        return cls(Api(url, {"PRIVATE-TOKEN": token}, _HINT), project, number)

    @property
    def name(self) -> str:
        """What people call it there."""
        return f"merge request {self.number}"

    def dressed(self, comment: Comment) -> str:
        """The text, in which no line is a quick action such as `/merge`."""
        text = _QUICK_ACTION.sub(r"\1\\/", unmentioned(comment.text))
        return f"<!-- {comment.key} -->\n{text}"

    def ours(self, marker: str) -> Iterator[str]:
        """Our own notes; those of others are not, although a token may change them."""
        own = self.api.ask("GET", "/user")["id"]
        for page in self.api.pages(f"{self._notes}?sort=asc&per_page={_PAGE}", _PAGE):
            for note in page:
                if note["author"]["id"] == own and note["body"].startswith(marker):
                    yield f"{self._notes}/{int(note['id'])}"

    def post(self, text: str) -> None:
        """Writes a new note."""
        self.api.ask("POST", self._notes, {"body": text})

    def update(self, where: str, text: str) -> None:
        """Writes a note anew."""
        self.api.ask("PUT", where, {"body": text})

    @property
    def _notes(self) -> str:
        project, number = quote(self.project, safe=""), quote(self.number, safe="")
        return f"/projects/{project}/merge_requests/{number}/notes"
