"""What is said of a section for a stack that there is not."""

from __future__ import annotations

import pytest

from apex_guardrails.settings import PolicyPackSettings, without_stack

FILES = ("dev", "production", "staging")


def said(pattern: str, files: tuple[str, ...] = FILES, judged: str = "dev") -> list[str]:
    return without_stack(
        PolicyPackSettings.model_validate({"stacks": {pattern: {}}}), files, judged
    )


@pytest.mark.parametrize("pattern", ["dev", "prod*", "*", "[ds]*", "s??????"])
def test_what_fits_a_stack_is_not_spoken_of(pattern: str) -> None:
    assert not said(pattern)


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("prodution", ', did you mean "production"?'),
        ("Dev", ', did you mean "dev"?'),
        ("stagin?x", ', did you mean "staging"?'),
        ("qa", ""),
        ("test-*", ""),
    ],
)
def test_what_fits_none_is_named_with_the_nearest(pattern: str, hint: str) -> None:
    assert said(pattern) == [
        f"stacks.{pattern} matches no stack of the project (dev, production, staging){hint}"
    ]


def test_the_judged_stack_is_one_without_a_file() -> None:
    assert not said("review-7", judged="review-7")


def test_where_no_stack_has_a_file_only_a_misspelt_one_is_named() -> None:
    assert not said("production", files=())
    assert said("deev", files=()) == [
        'stacks.deev matches no stack of the project (dev), did you mean "dev"?'
    ]
    assert not said("deev", files=(), judged="")


def test_many_stacks_are_not_all_named() -> None:
    [line] = said("qa", files=tuple(f"s{number}" for number in range(20)), judged="")

    assert line.endswith("(s0, s1, s10, s11, s12, s13, s14, s15, ...)")


def test_a_section_of_a_tag_is_spoken_of_where_it_cannot_count() -> None:
    assert said("tag:environment=prod*") == [
        "stacks.tag:environment=prod* does not count here: the stack's tags are not known"
    ]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"environment": "production"}, []),
        ({"environment": "dev"}, []),
        (
            {"enviroment": "production"},
            [
                (
                    "stacks.tag:environment=prod*: the stack has no tag environment, "
                    'did you mean "enviroment"?'
                )
            ],
        ),
        ({}, ["stacks.tag:environment=prod*: the stack has no tag environment"]),
    ],
)
def test_a_tag_that_the_stack_does_not_have(tags: dict[str, str], told: list[str]) -> None:
    settings = PolicyPackSettings.model_validate({"stacks": {"tag:environment=prod*": {}}})
    settings.is_about(tags)
    assert without_stack(settings, FILES, "dev") == told
