"""Secrets: set in the stack's configuration, kept in Secret Manager."""

from infra.secrets.store import SecretStore, SecretStoreArgs, StoredSecret

__all__ = ["SecretStore", "SecretStoreArgs", "StoredSecret"]
