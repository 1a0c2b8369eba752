"""Whether Checkov judges a stack, too."""

from __future__ import annotations

from apex_guardrails.settings import CheckovLevel, PolicyPackSettings, checkov_for


def test_it_is_off_unless_settings_say_otherwise() -> None:
    assert checkov_for(PolicyPackSettings(), "dev").level is CheckovLevel.OFF


def test_a_stack_says_what_differs_there() -> None:
    settings = PolicyPackSettings.model_validate(
        {
            "checkov": {"level": "advisory", "skip": ["CKV_GCP_37"], "timeout": 60},
            "stacks": {"prod*": {"checkov": {"level": "mandatory", "skip": ["CKV_GCP_38"]}}},
        }
    )
    dev, production = checkov_for(settings, "dev"), checkov_for(settings, "production")
    assert (dev.level, dev.skip, dev.timeout) == (CheckovLevel.ADVISORY, ("CKV_GCP_37",), 60)
    assert production.level is CheckovLevel.MANDATORY
    assert production.skip == ("CKV_GCP_37", "CKV_GCP_38")
    assert production.timeout == 60


def test_a_stack_may_skip_more_without_a_level_of_its_own() -> None:
    settings = PolicyPackSettings.model_validate(
        {"checkov": "mandatory", "stacks": {"dev": {"checkov": {"skip": ["CKV_GCP_38"]}}}}
    )
    assert checkov_for(settings, "dev").level is CheckovLevel.MANDATORY
