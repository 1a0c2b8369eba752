"""What the Google Cloud project itself needs before anything can be built in it."""

from infra.project.apis import Api, EnabledApis

__all__ = ["Api", "EnabledApis"]
