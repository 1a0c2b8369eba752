"""A rotation comes to its end or back, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from operations.errors import Exit, OperationError
from operations.rotation.run import RotationRun
from operations.service import Address
from operations.smoke import SmokeResult
from operations.stack import Update
from tests.operations.killing import KilledError
from tests.operations.secret_stack import SecretStack, old

JWT, OPENAI, POSTGRES, QDRANT = (
    "jwt-secret-key",
    "openai-api-key",
    "postgres-password",
    "qdrant-api-key",
)
PASSED = SmokeResult(passed=True, reason="the smoke tests passed")
FAILED = SmokeResult(passed=False, reason="a smoke test failed")


def new(key: str) -> SecretStr:
    return SecretStr(f"New-1-of-{key}")


def values(keys: Sequence[str]) -> dict[str, SecretStr]:
    return {key: new(key) for key in keys}


def unasked(_: Sequence[str]) -> dict[str, SecretStr]:
    raise AssertionError("nobody is to be asked for a value")


def run(
    stack: SecretStack, verdict: SmokeResult = PASSED, *, done_by_hand: bool = True, **more: Any
) -> RotationRun:
    options: dict[str, Any] = {"smoke": lambda _: verdict, "say": lambda _: None, **more}
    return RotationRun(stack, done_by_hand=done_by_hand, **options)


def is_as_before(stack: SecretStack) -> None:
    for key in stack.secret_keys:
        assert stack.value_read(key) == old(key).get_secret_value()
        assert stack.values[key] == old(key)
        assert stack.numbers(key) == [0]
    assert stack.config("secret-rotations") == ""


def has_new(stack: SecretStack, keys: Sequence[str], number: int = 1) -> None:
    for key in stack.secret_keys:
        value = new(key) if key in keys else old(key)
        assert stack.value_read(key) == value.get_secret_value()
        assert stack.numbers(key) == [number if key in keys else 0]


def test_secrets_are_rotated_together_and_again() -> None:
    stack = SecretStack()
    assert run(stack).rotate([JWT, OPENAI], values) == [JWT, OPENAI]
    has_new(stack, [JWT, OPENAI])
    assert stack.config("secret-rotations") == f"{JWT}=1, {OPENAI}=1"

    run(stack).rotate([JWT], lambda _: {JWT: SecretStr("another")})
    assert stack.value_read(JWT) == "another"
    assert stack.numbers(JWT) == [2]


def test_the_same_value_is_no_rotation() -> None:
    stack = SecretStack()
    run(stack).rotate([JWT], values)
    assert run(stack).rotate([JWT], values) == []
    with pytest.raises(OperationError, match=f"{JWT} would keep the same value"):
        run(stack).rotate([JWT, OPENAI], values)
    has_new(stack, [JWT])


def test_a_value_that_was_set_and_never_deployed_is_deployed() -> None:
    stack = SecretStack()
    stack.values[JWT] = new(JWT)
    assert run(stack).rotate([JWT], values) == [JWT]
    has_new(stack, [JWT])


@given(
    keys=st.sets(st.sampled_from([JWT, OPENAI, POSTGRES]), min_size=1).map(sorted),
    first=st.integers(0, 40),
    second=st.integers(0, 40),
    ends=st.booleans(),
)
def test_what_is_killed_anywhere_comes_to_its_end_or_back(
    keys: list[str], first: int, second: int, ends: bool
) -> None:
    stack = SecretStack()

    def killed(command: Callable[[], object], left: int) -> bool:
        stack.left = left
        try:
            command()
        except KilledError:
            return True
        finally:
            stack.left = None
        return False

    if not killed(lambda: run(stack).rotate(keys, values), first):
        has_new(stack, keys)
        return
    if ends or "+" not in stack.config("secret-rotations"):  # not begun, or at its end
        killed(lambda: run(stack).rotate(keys, values), second)
        run(stack).rotate(keys, values)
        has_new(stack, keys)
    else:
        killed(lambda: run(stack).back(), second)
        if run(stack).status() != "no rotation is under way":
            run(stack).back()
        is_as_before(stack)
    assert run(stack).status() == "no rotation is under way"


def test_a_smoke_test_that_fails_takes_it_back() -> None:
    stack = SecretStack()
    with pytest.raises(OperationError, match="taken back: a smoke test failed") as error:
        run(stack, FAILED).rotate([JWT, POSTGRES], values)
    assert error.value.exit is Exit.REFUSED
    is_as_before(stack)


def test_a_version_that_does_not_start_is_taken_back() -> None:
    stack = SecretStack(failing={(POSTGRES, 1)})
    with pytest.raises(OperationError, match="taken back: the deployment") as error:
        run(stack).rotate([JWT, POSTGRES], values)
    assert error.value.exit is Exit.REFUSED
    is_as_before(stack)


def test_going_back_that_fails_can_be_tried_again() -> None:
    stack = SecretStack(failing={(JWT, 1), (JWT, 0)})
    with pytest.raises(OperationError, match="the deployment of stack staging failed") as error:
        run(stack).rotate([JWT], values)
    assert error.value.exit is Exit.FAILED
    stack.failing.clear()
    with pytest.raises(OperationError, match="is not what was deployed last"):
        run(stack).rotate([JWT], values)
    assert run(stack).back() == [JWT]
    is_as_before(stack)


def test_a_refused_preview_changes_nothing() -> None:
    stack = SecretStack(refusing=True)
    with pytest.raises(OperationError, match="is refused") as error:
        run(stack).rotate([JWT], values)
    assert error.value.exit is Exit.REFUSED
    is_as_before(stack)


def test_who_needs_a_hand_says_so_and_goes_on_when_told() -> None:
    stack = SecretStack(file={"qdrant-runtime": "vm"})
    for key, what in ((JWT, "APEX_API_TOKEN"), (QDRANT, "start it again")):
        with pytest.raises(OperationError, match=what) as error:
            run(stack, done_by_hand=False).rotate([key], values)
        assert error.value.exit is Exit.BUSY
        assert stack.numbers(key) == [0, 1]
        assert run(stack).status() == f"a rotation of {key} is under way"
        assert run(stack).rotate([key], unasked) == [key]
    has_new(stack, [JWT, QDRANT])


def test_in_an_emergency_the_api_is_not_asked() -> None:
    stack, said = SecretStack(), list[str]()
    run(stack, smoke=None, say=said.append, done_by_hand=False).rotate([JWT], values)
    has_new(stack, [JWT])
    assert any("APEX_API_TOKEN" in line for line in said)


def test_neo4j_is_told_first_and_alone() -> None:
    neo4j, stack = "neo4j-password", SecretStack()
    with pytest.raises(OperationError, match=r"neo4j-password\.md") as error:
        run(stack, done_by_hand=False).rotate([neo4j], unasked)
    assert error.value.exit is Exit.NOT_JUDGED
    with pytest.raises(OperationError, match="rotate it alone"):
        run(stack).rotate([neo4j, JWT], unasked)
    is_as_before(stack)

    with pytest.raises(OperationError, match="Nothing was taken back") as error:
        run(stack, FAILED).rotate([neo4j], values)
    assert error.value.exit is Exit.FAILED
    with pytest.raises(OperationError, match="--done-by-hand"):
        run(stack, done_by_hand=False).back()
    assert run(stack).back() == [neo4j]
    is_as_before(stack)


def test_one_rotation_at_a_time() -> None:
    stack = SecretStack()
    with pytest.raises(OperationError, match="APEX_API_TOKEN"):
        run(stack, done_by_hand=False).rotate([JWT], values)
    with pytest.raises(OperationError, match=f"a rotation of {JWT} is under way") as error:
        run(stack).rotate([JWT, OPENAI], unasked)
    assert error.value.exit is Exit.BUSY


def test_nothing_moves_during_a_release() -> None:
    stack = SecretStack(released=True)
    with pytest.raises(OperationError, match="a release of the API is under way") as error:
        run(stack).rotate([JWT], unasked)
    assert error.value.exit is Exit.BUSY
    with pytest.raises(OperationError, match="a release of the API is under way"):
        run(stack).back()


def test_a_release_that_begins_meanwhile_is_not_disturbed() -> None:
    stack = SecretStack()

    def smoke(_: Address) -> SmokeResult:
        stack.released = True
        return PASSED

    with pytest.raises(OperationError, match="a release of the API is under way"):
        run(stack, smoke=smoke).rotate([JWT], values)
    assert stack.numbers(JWT) == [0, 1]
    stack.released = False
    assert run(stack).rotate([JWT], unasked) == [JWT]


def test_who_takes_it_back_meanwhile_has_taken_it_back() -> None:
    stack = SecretStack()

    def smoke(_: Address) -> SmokeResult:
        run(stack).back()
        return PASSED

    with pytest.raises(OperationError, match="somebody else has changed the stack"):
        run(stack, smoke=smoke).rotate([JWT], values)
    is_as_before(stack)


def test_what_has_passed_its_smoke_tests_is_not_taken_back() -> None:
    stack = SecretStack()
    with pytest.raises(OperationError, match="APEX_API_TOKEN"):
        run(stack, done_by_hand=False).rotate([JWT], values)
    stack.file["secret-rotations"] = f"{JWT}=1"
    with pytest.raises(OperationError, match="has passed its smoke tests") as error:
        run(stack).back()
    assert error.value.exit is Exit.BUSY
    assert run(stack).rotate([JWT], unasked) == [JWT]
    has_new(stack, [JWT])


def test_who_changes_the_stack_while_a_value_is_asked_for_comes_first() -> None:
    stack = SecretStack()

    def slow(keys: Sequence[str]) -> dict[str, SecretStr]:
        run(stack).rotate([OPENAI], values)
        return values(keys)

    with pytest.raises(OperationError, match="somebody else has changed the stack") as error:
        run(stack).rotate([JWT], slow)
    assert error.value.exit is Exit.BUSY
    has_new(stack, [OPENAI])


def test_a_file_that_is_not_the_deployed_one_is_refused() -> None:
    stack = SecretStack()
    run(stack).rotate([JWT], values)
    stack.file["secret-rotations"] = ""
    with pytest.raises(OperationError, match=r"Pulumi\.staging\.yaml is not what was deployed"):
        run(stack).rotate([OPENAI], unasked)


def test_a_value_that_was_changed_half_way_is_refused() -> None:
    stack = SecretStack()
    with pytest.raises(OperationError, match="APEX_API_TOKEN"):
        run(stack, done_by_hand=False).rotate([JWT], values)
    stack.values[JWT] = SecretStr("another")
    with pytest.raises(OperationError, match="is not what was deployed last"):
        run(stack).rotate([JWT], unasked)
    assert run(stack).back() == [JWT]
    is_as_before(stack)


def test_a_value_that_nobody_remembers_is_not_made_up() -> None:
    stack = SecretStack()
    with pytest.raises(OperationError, match="APEX_API_TOKEN"):
        run(stack, done_by_hand=False).rotate([JWT], values)
    stack.past = [Update({"secrets-version": "1"}, stack.past[0].ended, succeeded=True)]
    with pytest.raises(OperationError, match="no earlier deployment has its old value"):
        run(stack).back()


def test_only_what_is_secret_can_be_rotated() -> None:
    with pytest.raises(OperationError, match=f"owner is not a secret in Pulumi.yaml; .*{JWT}"):
        run(SecretStack()).rotate(["owner"], unasked)


def test_a_configuration_that_makes_no_sense_is_named() -> None:
    stack = SecretStack(file={"secret-rotations": "jwt"})
    with pytest.raises(OperationError, match="secret-rotations: 'jwt' is no list of rotations"):
        run(stack).status()
    # The program refuses it; nothing was deployed with it.
    stack = SecretStack()
    with pytest.raises(OperationError, match="APEX_API_TOKEN"):
        run(stack, done_by_hand=False).rotate([JWT], values)
    stack.file["secrets-version"] = "one"
    with pytest.raises(OperationError, match="is not what was deployed last"):
        run(stack).rotate([JWT], unasked)


def test_what_was_never_deployed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = SecretStack()
    with monkeypatch.context() as patch:
        patch.setattr(stack, "resources", list)
        with pytest.raises(OperationError, match="stack staging has not been deployed"):
            run(stack).status()
    del stack.versions[JWT, 0]
    with pytest.raises(OperationError, match=f"{JWT} has not been deployed"):
        run(stack).status()
