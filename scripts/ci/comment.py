"""Posts or updates the one comment under a pull request that its runs of policy.yml have.

Runs in comment.yml, which may write and therefore trusts nothing of the pull request: the event
says which run and which commit, GitHub's API which pull request and which files it changes. Only
the reports come from its run's artifacts, as text of an unknown author. The comment is posted by
what `apex comment` posts with; nothing is installed for it.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apex_guardrails.comments import posting
from apex_guardrails.comments.api import RefusedError
from apex_guardrails.comments.github import BOT, PullRequest
from apex_guardrails.comments.github import api as repository_api
from apex_guardrails.comments.report import Comment
from scripts.ci.artifact import (
    EXIT_CODES,
    MAX_ARCHIVE,
    ArtifactError,
    Verdict,
    harmless,
    read_verdict,
)
from scripts.ci.guarded import guarded

KEY: Final = "apex-guardrails: verdict"
WORKFLOW: Final = ".github/workflows/policy.yml"
MAX_ANSWER: Final = 8 << 20
_PAGE: Final = 100
_MAX_PAGES: Final = 30


class CommentError(Exception):
    """There is nothing to comment on, or GitHub does not answer; says why."""


@dataclass(frozen=True)
class GitHub:
    """The part of GitHub's REST API that is needed, for one repository."""

    url: str
    """Such as https://api.github.com."""
    repository: str
    token: str

    def request(self, method: str, path: str, body: Any = None, limit: int = MAX_ANSWER) -> bytes:
        """The answer to a request below the repository.

        Raises:
            CommentError: there is no good answer, or one of more than `limit` bytes.
        """
        url = f"{self.url}/repos/{self.repository}/{path}"
        request = urllib.request.Request(  # noqa: S310 the address is GitHub's own variable
            url, method=method, data=None if body is None else json.dumps(body).encode()
        )
        # Unredirected: an artifact lies with a storage that the token is not for.
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 as above
                content: bytes = answer.read(limit + 1)
        except (urllib.error.URLError, OSError) as error:
            raise CommentError(f"{method} {path}: {error}") from None
        if len(content) > limit:
            raise CommentError(f"{method} {path}: the answer is larger than {limit} bytes")
        return content

    def get(self, path: str) -> Any:
        """The answer's JSON."""
        return json.loads(self.request("GET", path))

    def pages(self, path: str, key: str | None = None) -> Iterator[Any]:
        """The items of all pages."""
        mark = "&" if "?" in path else "?"
        for page in range(1, _MAX_PAGES + 1):
            answer = self.get(f"{path}{mark}per_page={_PAGE}&page={page}")
            items = answer if key is None else answer[key]
            yield from items
            if len(items) < _PAGE:
                return
        raise CommentError(f"GET {path}: more than {_MAX_PAGES} pages")


def pull_request(github: GitHub, run: Mapping[str, Any]) -> int | None:
    """The open pull request that a run was for; `None` where it has moved on or is closed.

    The event names none for a fork, so it is found by branch and commit.

    Raises:
        CommentError: the run is none of policy.yml for a pull request.
    """
    if run["event"] != "pull_request" or run["path"].partition("@")[0] != WORKFLOW:
        raise CommentError(f"the run is none of {WORKFLOW} for a pull request")
    head = urllib.parse.quote(f"{run['head_repository']['owner']['login']}:{run['head_branch']}")
    numbers = [
        int(found["number"])
        for found in github.pages(f"pulls?state=open&head={head}")
        if found["head"]["sha"] == run["head_sha"]
        and (found["head"]["repo"] or {}).get("id") == run["head_repository"]["id"]
    ]
    return min(numbers, default=None)


def verdicts(
    github: GitHub, run: Mapping[str, Any], stacks: Sequence[str]
) -> dict[str, Verdict | str]:
    """What the run says of each stack; a text where it says nothing that can be used."""
    newest: dict[str, Mapping[str, Any]] = {}
    for artifact in github.pages(f"actions/runs/{int(run['id'])}/artifacts", "artifacts"):
        name = artifact["name"]
        if name not in newest or artifact["id"] > newest[name]["id"]:
            newest[name] = artifact
    return {stack: _verdict(github, newest.get(f"verdict-{stack}"), run, stack) for stack in stacks}


def _verdict(
    github: GitHub, artifact: Mapping[str, Any] | None, run: Mapping[str, Any], stack: str
) -> Verdict | str:
    if artifact is None or artifact["expired"]:
        return "the run has no verdict: an earlier step failed"
    if artifact["size_in_bytes"] > MAX_ARCHIVE:
        return f"the verdict was not read: is larger than {MAX_ARCHIVE} bytes"
    path = f"actions/artifacts/{int(artifact['id'])}/zip"
    try:
        archive = github.request("GET", path, limit=MAX_ARCHIVE)
        return read_verdict(archive, stack=stack, commit=run["head_sha"])
    except ArtifactError as error:
        return f"the verdict was not read: {error}"


def body(
    run: Mapping[str, Any],
    said: Mapping[str, Verdict | str],
    changed: Sequence[str],
    repository: str,
) -> str:
    """The comment: first what is known, then what the run reports."""
    lines = [
        "## Apex Guardrails",
        "",
        (
            f"Commit {run['head_sha']}, judged by the rules and settings of its base. "
            f"[The run]({run['html_url']}) ended with: {run['conclusion']}."
        ),
        "",
        "| stack | what the run says |",
        "| --- | --- |",
    ]
    for stack, verdict in said.items():
        text = verdict if isinstance(verdict, str) else EXIT_CODES[verdict.exit_code]
        lines.append(f"| {stack} | {text} |")
    lines += ["", "This is advice: a program can tell a judge what it likes. Deployment decides."]
    if changed:
        lines += [
            "",
            (
                "**Changes what the verdict rests on**, which counts once it is merged, and is the "
                "code owners' to approve:"
            ),
            "",
            *(f"- `{_plain(path)}`" for path in changed[:_PAGE]),
        ]
        if len(changed) > _PAGE:
            lines.append(f"- and {len(changed) - _PAGE} more")
    text = "\n".join(lines)
    for stack, verdict in said.items():
        if isinstance(verdict, Verdict) and verdict.report:
            text += f"\n\n### {stack}\n\n{harmless(verdict.report, repository)}"
    return text


def _plain(path: str) -> str:
    """A file's name, which may hold anything, as text between backquotes."""
    return "".join(char if char.isprintable() and char != "`" else "?" for char in path)


def post(github: GitHub, number: int, text: str) -> None:
    """Writes the comment, or writes it anew where it is there.

    Anybody can write the marker; only GitHub's own bot is us.
    """
    api = repository_api(github.url, github.repository, github.token)
    try:
        posting.post(PullRequest(api, number, author=BOT), Comment(KEY, text))
    except RefusedError as error:
        raise CommentError(str(error)) from None


def stacks_here(root: Path) -> list[str]:
    """The stacks of the trusted checkout."""
    return sorted(path.suffixes[0][1:] for path in root.glob("Pulumi.*.yaml"))


def main(environment: Mapping[str, str]) -> int:
    """Comments on the pull request of the run in the event; 1 and a line where it cannot."""
    run = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text())["workflow_run"]
    repository = environment["GITHUB_REPOSITORY"]
    github = GitHub(environment["GITHUB_API_URL"], repository, environment["GITHUB_TOKEN"])
    try:
        number = pull_request(github, run)
        if number is None:
            print("No open pull request has this commit at its end any more: nothing to say.")
            return 0
        changed = guarded(
            name
            for file in github.pages(f"pulls/{number}/files")
            for name in (file["filename"], file.get("previous_filename"))
            if name
        )
        said = verdicts(github, run, stacks_here(Path()))
        post(github, number, body(run, said, changed, repository))
    except CommentError as error:
        print(f"comment: {error}", file=sys.stderr)
        return 1
    print(f"Commented on pull request {number}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
