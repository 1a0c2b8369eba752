"""Rules that a source cannot be asked about, as it does not have what they are about."""

from __future__ import annotations

from typing import Final

ABOUT_SECRET_CONFIG: Final = frozenset(
    {"credentials-secret-config-not-shown", "credentials-sensitive-inputs-secret"}
)
"""Rules that look for the values of secret config, which only who runs a program knows."""

ABOUT_CONFIG: Final = ABOUT_SECRET_CONFIG | {"stack-config-no-plain-secrets"}
"""Rules about the stack's config, which a state does not have: their pass would prove nothing."""

ABOUT_OUTPUTS: Final = frozenset(
    {
        "stack-outputs-no-secrets",
        "stack-outputs-not-turned-into-text",
        "stack-outputs-passwords-declared",
    }
)
"""Rules about the stack's outputs, which `pulumi preview --json` does not tell."""
