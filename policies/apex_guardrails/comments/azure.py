"""Azure DevOps: a thread of a pull request in Azure Repos.

Source: Azure DevOps REST API 7.1, "Pull Request Threads" and "Pull Request Thread Comments".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote

from apex_guardrails.comments.api import Api
from apex_guardrails.comments.markup import unmentioned
from apex_guardrails.comments.report import Comment
from apex_guardrails.comments.variables import Variables
from apex_guardrails.support.errors import UsageError

_VERSION: Final = "api-version=7.1"
_HINT: Final = "the build service needs the permission *Contribute to pull requests*"


@dataclass(frozen=True)
class PullRequest:
    """A pull request.

    Attributes:
        path: the repository, below the collection.
    """

    api: Api
    path: str
    number: str

    most = 150_000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """The one that a job is for; `None` where it is for none.

        Raises:
            UsageError: the repository is another host's.
        """
        job = Variables(environment, "Azure Pipelines", "azure")
        url = job.needed("SYSTEM_COLLECTIONURI").rstrip("/")
        number = job.get("SYSTEM_PULLREQUEST_PULLREQUESTID")
        if not number:
            return None
        provider = job.get("BUILD_REPOSITORY_PROVIDER", "TfsGit")
        if provider != "TfsGit":
            raise UsageError(
                f"BUILD_REPOSITORY_PROVIDER is {provider}: the pull request is not in Azure Repos; "
                "use --to with its host"
            )
        project = quote(job.needed("SYSTEM_TEAMPROJECTID"), safe="")
        repository = quote(job.needed("BUILD_REPOSITORY_ID"), safe="")
        token = job.token(
            "SYSTEM_ACCESSTOKEN", "give the step `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`"
        )
        path = (
            f"/{project}/_apis/git/repositories/{repository}/pullRequests/{quote(number, safe='')}"
        )
        return cls(Api(url, {"Authorization": f"Bearer {token}"}, _HINT), path, number)

    @property
    def name(self) -> str:
        """What people call it there."""
        return f"pull request {self.number}"

    def dressed(self, comment: Comment) -> str:
        """The text, which mentions nobody."""
        return f"<!-- {comment.key} -->\n{unmentioned(comment.text)}"

    def ours(self, marker: str) -> Iterator[str]:
        """The first comments of our own threads."""
        told = self.api.ask("GET", "/_apis/connectionData?api-version=7.1-preview.1")
        own = told["authenticatedUser"]["id"]
        for thread in self.api.ask("GET", f"{self.path}/threads?{_VERSION}")["value"]:
            for item in (thread.get("comments") or ())[:1]:
                is_there = not thread.get("isDeleted") and not item.get("isDeleted")
                is_ours = is_there and item["author"]["id"] == own
                if is_ours and (item.get("content") or "").startswith(marker):
                    thread_id, comment_id = int(thread["id"]), int(item["id"])
                    yield f"{self.path}/threads/{thread_id}/comments/{comment_id}?{_VERSION}"

    def post(self, text: str) -> None:
        """Makes a thread that is closed: it is not one that somebody has to resolve."""
        comment = {"parentCommentId": 0, "content": text, "commentType": "text"}
        body = {"comments": [comment], "status": "closed"}
        self.api.ask("POST", f"{self.path}/threads?{_VERSION}", body)

    def update(self, where: str, text: str) -> None:
        """Writes a comment anew."""
        self.api.ask("PATCH", where, {"content": text})
