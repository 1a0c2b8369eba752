"""The page about what is counted says it of every type."""

from __future__ import annotations

from apex_guardrails.cost.free import is_free
from apex_guardrails.cost.type_names import shorten
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.provider.schema import tokens
from scripts.cost_types import page


def test_every_type_is_priced_free_or_without_a_price() -> None:
    said = page()
    priced, rest = said.split("## Free\n")
    free, unpriced = rest.split("## Without a price\n")

    for token in all_estimators():
        assert f"`{shorten(token).partition('.')[2]}`" in priced, token
    for token in set(tokens()) - set(all_estimators()):
        if ":index/" not in token:
            name = token.rpartition(":")[2]
            assert name in (free if is_free(token) else unpriced), token


def test_what_a_type_assumes_and_does_not_count_is_read_from_its_code() -> None:
    said = page()

    assert "Assumed: `backup_share`, " in said
    assert "Not counted, and listed as unpriced, where:\n\n- " in said
    assert "{" not in said
