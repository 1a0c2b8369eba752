"""A rotation of secrets: two deployments, and the smoke tests in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from pydantic import SecretStr

from infra.rotation import Rotation, fingerprint, text_of
from operations.errors import Exit, OperationError
from operations.rotation import keys as particular
from operations.rotation.place import Place
from operations.rotation.seen import Seen, see
from operations.service import Address
from operations.smoke import SmokeResult
from operations.stack import OperatedStack

_REMEMBERED = 200  # deployments that are looked through for the value before
_MEANWHILE = "somebody else has changed the stack in the meantime"

Values = Callable[[Sequence[str]], Mapping[str, SecretStr]]
"""Asks for the new values of some keys."""


class RotationRun:
    """The rotation of a stack's secrets: reads where it is, and takes it to its end or back."""

    def __init__(
        self,
        stack: OperatedStack,
        smoke: Callable[[Address], SmokeResult] | None,
        say: Callable[[str], None],
        *,
        done_by_hand: bool = False,
    ) -> None:
        """Takes a stack.

        Args:
            stack: The stack.
            smoke: Whether the API works; `None` where it is not to be asked.
            say: Takes what is being done, in words.
            done_by_hand: Whether somebody has done what has to be done by hand.
        """
        self._stack = stack
        self._smoke = smoke
        self._say = say
        self._done_by_hand = done_by_hand

    def status(self) -> str:
        """Which rotation is under way, in words."""
        seen = see(self._stack)
        if not seen.under_way:
            return "no rotation is under way"
        return f"a rotation of {_listed(seen.under_way)} is under way"

    def rotate(self, keys: Sequence[str], values: Values) -> list[str]:
        """Rotates secrets, or takes their rotation that is under way to its end.

        Args:
            keys: The secrets' keys.
            values: Is asked for their new values, if the rotation has not begun.

        Returns:
            The secrets that were rotated; none where all of them have these values.

        Raises:
            OperationError: it cannot be done, and nothing changed; or it was taken back; or it is
                half way, and the same again goes on.
        """
        for key in keys:
            if key not in self._stack.secret_keys:
                known = ", ".join(self._stack.secret_keys)
                raise OperationError(
                    f"{key} is not a secret in Pulumi.yaml; the secrets are {known}"
                )
        seen = see(self._stack)
        self._refuse_during_a_release(seen)
        self._refuse_another_file(seen)
        if not seen.under_way:
            if not self._begin(seen, keys, values):
                return []
        elif not seen.is_at_its_end and set(seen.under_way) == set(keys):
            self._go_on(seen, keys)
        elif not (seen.is_at_its_end and set(seen.under_way) <= set(keys)):
            raise OperationError(
                f"a rotation of {_listed(seen.under_way)} is under way: end that first, or take it "
                "back (--back)",
                Exit.BUSY,
            )
        if not seen.is_at_its_end:
            self._pass_smoke(seen.address, keys)
            seen = see(self._stack)
            if not all(seen.places[key].is_deployed for key in keys):
                raise OperationError(_MEANWHILE, Exit.BUSY)
        self._finish(seen, keys)
        return list(keys)

    def back(self) -> list[str]:
        """Takes back the rotation that is under way.

        Returns:
            The secrets that have their old values again.

        Raises:
            OperationError: none is under way, or the deployment failed.
        """
        seen = see(self._stack)
        self._refuse_during_a_release(seen)
        keys = seen.under_way
        if not keys:
            raise OperationError(
                "no rotation is under way. To have an older value again, rotate to it"
            )
        if seen.is_at_its_end:
            raise OperationError(
                f"the rotation of {_listed(keys)} has passed its smoke tests: run it again to end "
                "it. To have the older value again, rotate to it then",
                Exit.BUSY,
            )
        particular.check_before(keys, done_by_hand=self._done_by_hand)
        self._take_back(keys)
        return keys

    def _begin(self, seen: Seen, keys: Sequence[str], values: Values) -> bool:
        particular.check_before(keys, done_by_hand=self._done_by_hand)
        new, old = values(keys), self._stack.secrets()
        resent = self._resent()
        known = [
            key
            for key in keys
            if old.get(key) == new[key] and _print(new[key], resent) == _newest(seen.places[key])
        ]
        if len(known) == len(keys):
            return False
        if known:
            raise OperationError(f"{_listed(known)} would keep the same value: leave it out")
        if see(self._stack) != seen:  # whoever was asked for values may have taken their time
            raise OperationError(_MEANWHILE, Exit.BUSY)
        self._say(f"rotate {_listed(keys)}: a new version beside the old one")
        self._deploy(seen, keys, lambda place: place.file.begun(), new)
        return True

    def _go_on(self, seen: Seen, keys: Sequence[str]) -> None:
        """Deploys what was begun once more: whether all of it was deployed is not known."""
        particular.check_before(keys, done_by_hand=self._done_by_hand)
        present, resent = self._stack.secrets(), self._resent()
        for key in keys:
            told = seen.places[key].deployed.get(seen.places[key].file.number)
            if told and (key not in present or _print(present[key], resent) != told):
                raise self._another_file(key)
        self._say(f"go on with the rotation of {_listed(keys)}, to the value that it began with")
        self._deploy(seen, keys, lambda place: place.file)

    def _pass_smoke(self, address: Address, keys: Sequence[str]) -> None:
        hints = self._by_hand_afterwards(keys)
        if self._smoke is None:
            for hint in hints:
                self._say(hint)
            return
        if hints and not self._done_by_hand:
            raise OperationError(
                f"the new version is deployed, and the old one enabled still. {'; '.join(hints)}. "
                "Then run the same command with --done-by-hand",
                Exit.BUSY,
            )
        verdict = self._smoke(address)
        self._say(verdict.reason)
        if not verdict.passed:
            self._give_up(keys, verdict.reason)

    def _finish(self, seen: Seen, keys: Sequence[str]) -> None:
        self._say(f"disable the old version of {_listed(keys)}")
        self._deploy(seen, keys, lambda place: Rotation(place.newest))

    def _give_up(self, keys: Sequence[str], reason: str) -> None:
        if particular.TOLD_FIRST in keys:
            raise OperationError(
                f"{reason}. Nothing was taken back: tell the database the old password, then "
                "scripts/rotate --back --done-by-hand (docs/runbooks/neo4j-password.md)",
                Exit.FAILED,
            )
        self._take_back(keys)
        raise OperationError(f"taken back: {reason}", Exit.REFUSED)

    def _take_back(self, keys: Sequence[str]) -> None:
        seen = see(self._stack)
        self._say(f"take back the rotation of {_listed(keys)}")
        old = {key: self._value_before(key, seen.places[key]) for key in keys}
        self._deploy(seen, keys, lambda place: place.previous, old, is_forward=False)
        for hint in self._by_hand_afterwards(keys):
            self._say(hint)

    def _value_before(self, key: str, place: Place) -> SecretStr:
        """The value whose fingerprint the version before has: the backend keeps each one."""
        told = place.deployed.get(place.previous.number)
        present = self._stack.secrets().get(key)
        if told and present and _print(present, self._resent()) == told:
            return present
        for update in islice(self._stack.history(with_secrets=True), _REMEMBERED):
            value = update.secrets.get(key)
            if told and value and _print(value, update.config["secrets-version"]) == told:
                return value
        raise OperationError(
            f"{key}: no earlier deployment has its old value. Rotate to it: gcloud secrets "
            f"versions access N --secret={key} shows it"
        )

    def _deploy(
        self,
        seen: Seen,
        keys: Sequence[str],
        move: Callable[[Place], Rotation],
        values: Mapping[str, SecretStr] | None = None,
        *,
        is_forward: bool = True,
    ) -> None:
        """Deploys some secrets' next place."""
        self._refuse_during_a_release(seen)
        rotations = {key: place.file for key, place in seen.places.items()}
        rotations |= {key: move(seen.places[key]) for key in keys}
        try:
            self._stack.deploy({"secret-rotations": text_of(rotations)}, values)
        except OperationError as error:
            is_begin = is_forward and any(rotations[key].is_under_way for key in keys)
            if error.exit is Exit.FAILED and is_begin:
                self._say(f"{error}")
                self._give_up(keys, f"{error}")
            raise

    def _refuse_during_a_release(self, seen: Seen) -> None:
        if seen.is_released:
            raise OperationError(
                "a release of the API is under way, whose stable revision reads the old version: "
                "end that first (scripts/release)",
                Exit.BUSY,
            )

    def _refuse_another_file(self, seen: Seen) -> None:
        for key, place in seen.places.items():
            if not place.fits:
                raise self._another_file(key)

    def _another_file(self, key: str) -> OperationError:
        return OperationError(
            f"{key}: Pulumi.{self._stack.name}.yaml is not what was deployed last. Get the newest "
            "one; or, if a rotation is being taken back, end that: scripts/rotate --back",
            Exit.BUSY,
        )

    def _by_hand_afterwards(self, keys: Sequence[str]) -> list[str]:
        return particular.by_hand_afterwards(keys, self._stack.config("qdrant-runtime"))

    def _resent(self) -> str:
        return self._stack.config("secrets-version")


def _print(value: SecretStr, resent: str) -> str | None:
    # What is no number was refused by the program, and nothing has its fingerprint.
    return fingerprint(value.get_secret_value(), int(resent)) if resent.isdecimal() else None


def _newest(place: Place) -> str:
    return place.deployed[place.newest]


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys)
