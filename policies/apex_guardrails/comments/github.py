"""GitHub: a comment in the conversation of a pull request.

Source: GitHub REST API 2022-11-28, "Issue comments".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from apex_guardrails.comments.api import Api, RefusedError
from apex_guardrails.comments.report import Comment
from apex_guardrails.comments.variables import Variables

BOT: Final = "github-actions[bot]"
"""Who comments with a job's own token."""

_PAGE: Final = 100
_HINT: Final = "GITHUB_TOKEN needs `pull-requests: write`, which a fork's pull request does not get"


@dataclass(frozen=True)
class PullRequest:
    """A pull request.

    Attributes:
        author: whose comments are our own; `None`: asked for.
    """

    api: Api
    number: int
    author: str | None = None

    most = 65_000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """The one that a job is for; `None` where it is for none."""
        job = Variables(environment, "GitHub Actions", "github")
        repository = job.needed("GITHUB_REPOSITORY")
        number = _number(job)
        if number is None:
            return None
        token = job.token("GITHUB_TOKEN", "give the step `env: GITHUB_TOKEN: ${{ github.token }}`")
        url = job.get("GITHUB_API_URL", "https://api.github.com")
        # The token of a GitHub App of one's own cannot ask who it is.
        return cls(api(url, repository, token), number, job.get("APEX_COMMENT_AUTHOR") or None)

    @property
    def name(self) -> str:
        """What people call it there."""
        return f"pull request {self.number}"

    def dressed(self, comment: Comment) -> str:
        """The text as it is: reports are written for GitHub."""
        return f"<!-- {comment.key} -->\n{comment.text}"

    def ours(self, marker: str) -> Iterator[str]:
        """Our own comments; those of others are not, although a token may change them."""
        author = self.author or self._author()
        path = f"/issues/{self.number}/comments?per_page={_PAGE}"
        for page in self.api.pages(path, _PAGE):
            for item in page:
                is_ours = (item.get("user") or {}).get("login") == author
                if is_ours and (item.get("body") or "").startswith(marker):
                    yield f"/issues/comments/{int(item['id'])}"

    def post(self, text: str) -> None:
        """Writes a new comment."""
        self.api.ask("POST", f"/issues/{self.number}/comments", {"body": text})

    def update(self, where: str, text: str) -> None:
        """Writes a comment anew."""
        self.api.ask("PATCH", where, {"body": text})

    def _author(self) -> str:
        try:
            user = Api(self.api.url.partition("/repos/")[0], self.api.headers, _HINT)
            return str(user.ask("GET", "/user")["login"])
        except RefusedError as error:
            # A job's own token is no user's.
            if error.status in {401, 403}:
                return BOT
            raise


def api(url: str, repository: str, token: str) -> Api:
    """The API of a repository."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Api(f"{url.rstrip('/')}/repos/{repository}", headers, _HINT)


def _number(job: Variables) -> int | None:
    event = job.get("GITHUB_EVENT_PATH")
    if event:
        try:
            told = json.loads(Path(event).read_text("utf-8"))
            return int(told["pull_request"]["number"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
    # Without an event, as in Cloud Build or Jenkins, the reference says it.
    found = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", job.get("GITHUB_REF"))
    return int(found[1]) if found else None
