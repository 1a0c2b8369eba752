"""Bitbucket Cloud: a comment on a pull request.

Source: Bitbucket Cloud REST API 2.0, "Pullrequests"; Pipelines, "Variables and secrets", 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote

from apex_guardrails.comments.api import Api, RefusedError
from apex_guardrails.comments.markup import plain_markdown
from apex_guardrails.comments.report import Comment
from apex_guardrails.comments.variables import Variables

_PAGE: Final = 100
_MOST_TRIED: Final = 5
_HINT: Final = "BITBUCKET_TOKEN needs the scope `pullrequest:write`"


@dataclass(frozen=True)
class PullRequest:
    """A pull request.

    Attributes:
        path: the repository, below the API.
    """

    api: Api
    path: str
    number: str

    most = 32_000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """The one that a job is for; `None` where it is for none."""
        job = Variables(environment, "Bitbucket Pipelines", "bitbucket")
        workspace = quote(job.needed("BITBUCKET_WORKSPACE"), safe="")
        repository = quote(job.needed("BITBUCKET_REPO_SLUG"), safe="")
        number = job.get("BITBUCKET_PR_ID")
        if not number:
            return None
        token = job.token(
            "BITBUCKET_TOKEN",
            "make a repository access token with the scope `pullrequest:write`, and keep it as a "
            "secured variable of the repository",
        )
        url = job.get("BITBUCKET_API_URL", "https://api.bitbucket.org/2.0").rstrip("/")
        path = f"/repositories/{workspace}/{repository}/pullrequests/{quote(number, safe='')}"
        return cls(Api(url, {"Authorization": f"Bearer {token}"}, _HINT), path, number)

    @property
    def name(self) -> str:
        """What people call it there."""
        return f"pull request {self.number}"

    def dressed(self, comment: Comment) -> str:
        """The text without HTML, which Bitbucket shows as it is written.

        Its marker is the definition of a link, which is not shown.
        """
        return f"[//]: # ({comment.key})\n\n{plain_markdown(comment.text)}"

    def ours(self, marker: str) -> Iterator[str]:
        """Our own comments; where the token may not ask who it is, those that may be.

        A token may change its own comments alone.
        """
        own = self._author()
        tried = 0
        for page in self.api.pages(f"{self.path}/comments?pagelen={_PAGE}", _PAGE):
            for item in page["values"]:
                author = (item.get("user") or {}).get("uuid")
                is_there = not item.get("deleted") and (own is None or author == own)
                if is_there and item["content"]["raw"].startswith(marker):
                    tried += 1
                    if tried > _MOST_TRIED:
                        return
                    yield f"{self.path}/comments/{int(item['id'])}"

    def post(self, text: str) -> None:
        """Writes a new comment."""
        self.api.ask("POST", f"{self.path}/comments", {"content": {"raw": text}})

    def update(self, where: str, text: str) -> None:
        """Writes a comment anew."""
        self.api.ask("PUT", where, {"content": {"raw": text}})

    def _author(self) -> str | None:
        try:
            return str(self.api.ask("GET", "/user")["uuid"])
        except RefusedError as error:
            # An access token without the scope `account`.
            if error.status in {401, 403, 404}:
                return None
            raise
