"""The hosts that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from apex_guardrails.comments import azure, bitbucket, github, gitlab
from apex_guardrails.comments.posting import PullRequest

HOSTS: Final[Mapping[str, Callable[[Mapping[str, str]], PullRequest | None]]] = {
    "github": github.PullRequest.of,
    "gitlab": gitlab.MergeRequest.of,
    "azure": azure.PullRequest.of,
    "bitbucket": bitbucket.PullRequest.of,
}
"""By what `--to` calls it: the pull request that the variables of a job name, if it is for one."""
