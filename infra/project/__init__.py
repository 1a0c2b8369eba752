"""What belongs to the Google Cloud project as a whole."""

from infra.project.apis import EnabledApis, GoogleApi
from infra.project.budget import Budget, BudgetArgs
from infra.project.context import StackContext
from infra.project.github import GitHubPipelines, GitHubPipelinesArgs
from infra.project.identities import ServiceIdentity
from infra.project.registry import ImageRegistry

__all__ = [
    "Budget",
    "BudgetArgs",
    "EnabledApis",
    "GitHubPipelines",
    "GitHubPipelinesArgs",
    "GoogleApi",
    "ImageRegistry",
    "ServiceIdentity",
    "StackContext",
]
