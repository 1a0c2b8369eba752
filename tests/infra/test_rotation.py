"""How often each secret has been rotated is one text of the configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rotation import Rotation, fingerprint, rotations_of, text_of, version_name

ROTATIONS = st.dictionaries(
    st.sampled_from(["jwt-secret-key", "openai-api-key", "postgres-password"]),
    st.one_of(
        st.integers(1, 999_999).map(Rotation),
        st.integers(1, 999_999).map(lambda number: Rotation(number, is_under_way=True)),
    ),
)


@given(ROTATIONS)
def test_what_is_written_is_read(rotations: dict[str, Rotation]) -> None:
    assert rotations_of(text_of(rotations)) == rotations


@given(st.text())
def test_what_is_read_is_written_or_refused(text: str) -> None:
    try:
        rotations = rotations_of(text)
    except ValueError:
        return
    assert rotations_of(text_of(rotations)) == {
        secret: it for secret, it in rotations.items() if it != Rotation()
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("jwt-secret-key", "is no list of rotations"),
        ("jwt-secret-key=-1", "is no list of rotations"),
        ("jwt-secret-key=1+2+3", "is no list of rotations"),
        ("jwt-secret-key=٣", "is no list of rotations"),
        ("jwt-secret-key=1+3", "has two versions of jwt-secret-key that do not follow one another"),
        ("jwt-secret-key=1,jwt-secret-key=2", "has jwt-secret-key twice"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{problem.replace('+', '.')}$"):
        rotations_of(text)


def test_a_rotation_goes_forward_and_back() -> None:
    begun = Rotation(2).begun()
    assert begun.numbers == [2, 3]
    assert begun.finished().numbers == [3]
    assert begun.taken_back() == Rotation(2)
    with pytest.raises(ValueError, match="at least the first"):
        Rotation(0, is_under_way=True)


def test_a_secret_that_was_never_rotated_has_its_own_name() -> None:
    assert [version_name("jwt-secret-key", number) for number in (0, 1)] == [
        "jwt-secret-key",
        "jwt-secret-key-1",
    ]


@given(st.text(), st.integers(1, 9))
def test_a_fingerprint_is_a_number_of_json(value: str, resent: int) -> None:
    number = int(fingerprint(value, resent))
    assert number == int(float(number))
    assert fingerprint(value, resent + 1) != str(number)
    assert fingerprint(value + "x", resent) != str(number)
