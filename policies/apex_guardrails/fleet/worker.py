"""What a process of a cluster does: it judges batches, and sends back what was found as bytes."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Final

from apex_guardrails.fleet.batches import Batch, packed
from apex_guardrails.fleet.judging import Judge
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.pack.about import pack_info

_ALONE: Final = threading.Lock()
"""Rules are not made to be asked by several threads of one process at a time."""


@lru_cache(maxsize=1)
def _judge(plan: Plan) -> Judge:
    return Judge(plan)


def judge_batch(plan: Plan, batch: Batch) -> bytes:
    """The part of a batch, packed.

    Raises:
        PackError: the pack fails its own cases.
        UsageError: the settings cannot be read where the worker is.
    """
    with _ALONE:
        judge = _judge(plan)
        return packed([judge.judge(state) for state in batch.states], judge, plan)


def about_worker(plan: Plan) -> tuple[str, str]:
    """The version of apex that a worker has, and the digest of the settings and rules it sees.

    Raises:
        UsageError: the settings cannot be read where the worker is.
    """
    with _ALONE:
        # A worker may have lived longer than what the settings said then.
        _judge.cache_clear()
        return pack_info()["version"], _judge(plan).settings.digest()
