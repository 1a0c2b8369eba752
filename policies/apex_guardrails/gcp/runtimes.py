"""Runtimes of Cloud Functions that Google no longer supports, and since when.

Source: Cloud Run functions documentation, "Runtime support", support schedule; those whose
deprecation date had passed on 2026-11-30.
"""

from __future__ import annotations

from typing import Final

_SINCE: Final = {
    "2019-04-17": ["nodejs6"],
    "2020-06-05": ["nodejs8"],
    "2020-08-05": ["go111"],
    "2024-01-30": [
        *("dotnet3", "go113", "go116", "go118", "nodejs10", "nodejs12", "nodejs14", "nodejs16"),
        *("php74", "python37", "ruby26", "ruby27"),
    ],
    "2024-03-31": ["ruby30"],
    "2024-04-30": ["go119"],
    "2024-05-01": ["go120"],
    "2024-10-14": ["python38"],
    "2024-10-31": ["java11"],
    "2024-11-12": ["dotnet6"],
    "2025-04-30": ["nodejs18"],
    "2025-09-03": ["go121"],
    "2025-10-05": ["python39"],
    "2025-12-31": ["php81"],
    "2026-01-28": ["go122"],
    "2026-02-21": ["go123"],
    "2026-03-31": ["ruby32"],
    "2026-04-30": ["nodejs20"],
    "2026-10-04": ["python310"],
    "2026-11-10": ["dotnet8"],
}

UNSUPPORTED_SINCE: Final = {
    runtime: date for date, runtimes in _SINCE.items() for runtime in runtimes
}
"""The date by the runtime's id."""
