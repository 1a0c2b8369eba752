"""Private keys of RSA, made for one run: for programs that parse theirs as one.

They are short, as they guard nothing: 1,024 bits are the fewest that Go's library takes, and are
made in some hundredths of a second. Source: RFC 8017 (PKCS #1), RFC 5958 (PKCS #8).
"""

from __future__ import annotations

import secrets
from typing import Final

from apex_guardrails.sources.offline.placeholder_der import (
    OCTETS,
    SEQUENCE,
    der,
    der_integer,
    pem,
)

_BITS: Final = 512
"""Of each of the two primes."""

_EXPONENT: Final = 65_537
_SMALL: Final = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
_RSA: Final = bytes.fromhex("300d06092a864886f70d0101010500")


def rsa_private_key() -> str:
    """A private key as OpenSSL's older commands write it (PKCS #1)."""
    return pem("RSA PRIVATE KEY", _key())


def wrapped_rsa_private_key() -> str:
    """A private key as Google writes it (PKCS #8)."""
    return pem("PRIVATE KEY", der(SEQUENCE, der_integer(0), _RSA, der(OCTETS, _key())))


def _key() -> bytes:
    p, q = _prime(), _prime()
    private = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = (
        *(0, p * q, _EXPONENT, private, p, q),
        *(private % (p - 1), private % (q - 1), pow(q, -1, p)),
    )
    return der(SEQUENCE, *map(der_integer, numbers))


def _prime() -> int:
    """A prime with its two highest bits set, so that a product of two has all its bits."""
    while True:
        number = secrets.randbits(_BITS) | 0b11 << _BITS - 2 | 1
        if all(number % prime for prime in _SMALL) and _is_prime(number):
            return number


def _is_prime(number: int) -> bool:
    """Whether it is one, by the test of Miller and Rabin, and fits the exponent."""
    if (number - 1) % _EXPONENT == 0:
        return False
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    odd = (number - 1) >> twos
    for _ in range(8):
        power = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if power in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True
