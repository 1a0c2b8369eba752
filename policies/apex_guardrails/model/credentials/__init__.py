"""Recognises credentials: by their form, by their name, and by where a value comes from."""

from apex_guardrails.model.credentials.addresses import has_password
from apex_guardrails.model.credentials.secret_config import SecretConfig
from apex_guardrails.model.credentials.tokens import TOKEN_FORMATS, may_hold_token, token_format

__all__ = [
    "TOKEN_FORMATS",
    "SecretConfig",
    "has_password",
    "may_hold_token",
    "token_format",
]
