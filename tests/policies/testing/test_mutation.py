"""What the cases of a rule do not see of a change, and what they do."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apex_guardrails.testing.mutation import dependents_of, survivors

RULE = '''
    """Instances are in order."""

    from apex_guardrails.model import Parameters, case, rule
    from pydantic import Field


    class Limits(Parameters):
        most: int = Field(3, description="How many.")


    @rule(severity="low", on="gcp:sql/databaseInstance:DatabaseInstance", fix="Mend it.",
          parameters=Limits)
    def mutated_rule(instance, limits):
        """It matters."""
        wanted = instance.get("kind", omitted="good")
        if wanted in ("bad", "worse"):
            yield instance.fail("is not in order")
        if instance.get("count", omitted=3) > limits.most and instance.get("strict", omitted=True):
            yield instance.fail("has too many")
'''
CASES = {
    "a wrong kind": 'case.fails(kind="bad")',
    "a right kind": "case.passes(kind='good', count=0)",
    "an omitted kind": "case.passes()",
    "too many": "case.fails(count=4)",
    "just enough": "case.passes(count=3)",
    "too many, and not strict": "case.passes(count=4, strict=False)",
}


@pytest.fixture
def module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str, str], str]]:
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(package: str, name: str, text: str) -> str:
        folder = tmp_path / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        (folder / f"{name}.py").write_text(textwrap.dedent(text), "utf-8")
        return f"{package}.{name}"

    yield write
    for name in [name for name in sys.modules if name.startswith("mutated_")]:
        del sys.modules[name]


def rule_with(*cases: str) -> str:
    given = ",\n        ".join(CASES[name] for name in cases)
    return f"{RULE}\n\n    CASES = [\n        {given},\n    ]\n"


def test_every_change_of_a_rule_with_all_its_cases_is_seen(
    module: Callable[[str, str, str], str],
) -> None:
    assert survivors(module("mutated_whole", "mutated_rule", rule_with(*CASES))) == []


@pytest.mark.parametrize(
    ("missing", "unseen"),
    [
        (("a wrong kind",), "that `yield instance.fail('is not in order')` is dropped"),
        (("an omitted kind", "just enough", "too many, and not strict"),
         "that `omitted='good'` is `another text`"),
        (("an omitted kind",), "that `omitted=3` is `4`"),
        (("too many",), "that `yield instance.fail('has too many')` is dropped"),
        (("too many",), "that `omitted=True` is `False`"),
        (("too many",), "that `3` is `4`"),
    ],
)  # fmt: skip
def test_a_missing_case_is_a_change_that_goes_unseen(
    module: Callable[[str, str, str], str], missing: tuple[str, ...], unseen: str
) -> None:
    cases = [name for name in CASES if name not in missing]
    package = f"mutated_{abs(hash((missing, unseen)))}"
    found = survivors(module(package, "mutated_rule", rule_with(*cases)))

    assert unseen in [mutant.change for mutant in found]


def test_a_default_that_another_module_names_is_changed_too(
    module: Callable[[str, str, str], str],
) -> None:
    module("mutated_named", "facts", "MANY = 3\n")
    text = rule_with(*(name for name in CASES if name != "an omitted kind"))
    text = text.replace("omitted=3", "omitted=MANY").replace(
        "    from pydantic", "    from mutated_named.facts import MANY\n    from pydantic"
    )
    found = survivors(module("mutated_named", "mutated_rule", text))

    assert "that `omitted=MANY` is `4`" in [mutant.change for mutant in found]


def test_a_survivor_says_where_and_what(module: Callable[[str, str, str], str]) -> None:
    name = module("mutated_place", "mutated_rule", rule_with("a right kind", "too many"))
    [dropped] = [item for item in survivors(name) if "in order" in str(item)]

    assert str(dropped).endswith(
        f"mutated_rule.py:{dropped.line}: no case sees that "
        "`yield instance.fail('is not in order')` is dropped"
    )


def test_a_change_that_never_ends_is_seen(
    module: Callable[[str, str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apex_guardrails.testing.mutation.PATIENCE_SECONDS", 0.2)
    name = module(
        "mutated_loop",
        "mutated_loop",
        '''
        """Instances count down."""

        from apex_guardrails.model import case, rule


        @rule(severity="low", on="gcp:sql/databaseInstance:DatabaseInstance", fix="Mend it.")
        def mutated_loop(instance):
            """It matters."""
            count = 3
            while count != 0:
                count -= 1
            if instance.get("kind") == "bad":
                yield instance.fail("is bad")

        CASES = [case.passes(), case.fails(kind="bad")]
        ''',
    )
    # `count == 0` ends at once, and the loop has no say: the cases cannot see that one.
    assert [mutant.change for mutant in survivors(name)] == ["that `count != 0` is `count == 0`"]

    endless = module(
        "mutated_endless",
        "mutated_endless",
        Path(sys.modules[name].__file__ or "").read_text("utf-8").replace("!= 0", "== 5"),
    )
    assert survivors(endless) == []


def test_a_helper_is_judged_by_the_cases_of_the_rules_that_use_it(
    module: Callable[[str, str, str], str],
) -> None:
    helper = module(
        "mutated_helped",
        "helper",
        """
        def is_bad(kind):
            return kind == "bad"


        def is_unused(kind):
            return kind == "worse"
        """,
    )
    user = module(
        "mutated_helped",
        "mutated_user",
        '''
        """Instances are not bad."""

        from mutated_helped.helper import is_bad
        from apex_guardrails.model import case, rule


        @rule(severity="low", on="gcp:sql/databaseInstance:DatabaseInstance", fix="Mend it.")
        def mutated_user(instance):
            """It matters."""
            if is_bad(instance.get("kind")):
                yield instance.fail("is bad")

        CASES = [case.passes(), case.fails(kind="bad")]
        ''',
    )
    dependents = dependents_of([user, helper])

    assert dependents == {helper: [user], user: []}
    before = sys.modules[helper]
    assert [mutant.change for mutant in survivors(helper, dependents[helper])] == [
        "that `kind == 'worse'` is `kind != 'worse'`"
    ]
    assert sys.modules[helper] is before


def test_cases_that_fail_without_any_change_are_an_error(
    module: Callable[[str, str, str], str],
) -> None:
    name = module(
        "mutated_unsound",
        "mutated_rule",
        rule_with(*CASES).replace('case.fails(kind="bad")', 'case.passes(kind="bad")'),
    )
    with pytest.raises(ValueError, match="fail without any change"):
        survivors(name)
