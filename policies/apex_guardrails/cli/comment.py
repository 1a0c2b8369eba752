"""`apex comment`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex preview --format markdown --output apex.md\n"
    "  apex comment --to gitlab --file apex.md\n"
    "  apex comment --to github --file build/shop.dev.md --file build/shop.production.md",
)
def comment(
    to: Annotated[
        str, typer.Option(metavar="HOST", help="One of github, gitlab, azure, bitbucket.")
    ],
    files: Annotated[
        list[Path],
        typer.Option(
            "--file", metavar="FILE", help="A report in Markdown; repeat it for several stacks."
        ),
    ],
) -> None:
    """Posts reports under the pull request that this job of a CI is for; once, then writes it anew.

    Which one, and the token, it takes from the job's environment variables (docs/ci.md). In a job
    that is for no pull request it posts nothing, and says so.

    Exit codes: 0 posted, or there is no pull request; 2 wrong usage, or the host refuses.
    """
    import os

    from apex_guardrails.comments.hosts import HOSTS
    from apex_guardrails.comments.posting import post
    from apex_guardrails.comments.report import read_comment
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    if to not in HOSTS:
        hint = nearest(to, HOSTS) or f" (known: {', '.join(HOSTS)})"
        raise UsageError(f"--to {to}: there is no such host{hint}")
    texts = [read_comment(file) for file in files]
    keys = [text.key for text in texts]
    if len(set(keys)) < len(keys):
        raise UsageError("--file: two of the reports are about the same stack; name each once")
    pull_request = HOSTS[to](os.environ)
    if pull_request is None:
        typer.echo(f"{to}: this job is for no pull request; nothing is posted")
        return
    for file, text in zip(files, texts, strict=True):
        typer.echo(f"{to}: {pull_request.name}: {file.name} {post(pull_request, text)}")
