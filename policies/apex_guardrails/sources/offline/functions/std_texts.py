"""The functions of Pulumi's package std on texts and files.

Source: pulumi-std 2.3.2 and the Terraform functions that it follows.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import ipaddress
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

from apex_guardrails.sources.offline.functions.asked import ArgumentError

Function = Callable[..., Any]
"""Takes the arguments by their names, which are those of `std`."""

_VERB: Final = re.compile(r"%(?P<flags>[-+ 0#]*)(?P<width>\d*)(?P<exact>\.\d+)?(?P<verb>[a-zA-Z%])")


def shown(value: Any) -> str:
    """A value as Terraform puts it into a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def encoded(value: Any) -> str:
    """JSON as Go writes it: sorted, without spaces, and safe in HTML."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def formatted(value: str, args: list[Any] | None = None) -> str:
    """Go's `Sprintf`, with the verbs that Terraform documents."""
    values = iter(args or [])

    def one(found: re.Match[str]) -> str:
        verb, options = found["verb"], "".join(found.group("flags", "width"))
        exact = found["exact"] or ""
        if verb == "%":
            return "%"
        try:
            given = next(values)
        except StopIteration:
            raise ArgumentError("has fewer values than its format has verbs") from None
        if verb in "vt":
            return f"%{options}s" % shown(given)
        if verb == "q":
            return json.dumps(shown(given), ensure_ascii=False)
        if verb == "s":
            return f"%{options}{exact}s" % shown(given)
        if verb == "b":
            return f"{int(given):{options}b}"
        if verb in "doxX":
            return f"%{options}{verb}" % int(given)
        if verb in "feEgG":
            return f"%{options}{exact}{verb}" % float(given)
        raise ArgumentError(f"has the verb %{verb}, which is not known")

    return _VERB.sub(one, value)


def substr(text: str, offset: int = 0, length: int = -1) -> str:
    """So many characters of a text; all that follow for -1."""
    start = offset if offset >= 0 else max(len(text) + offset, 0)
    return text[start:] if length < 0 else text[start : start + length]


def replaced(text: str, search: str, replace: str) -> str:
    """Every occurrence replaced; between slashes stands a regular expression."""
    if len(search) > 1 and search.startswith("/") and search.endswith("/"):
        return re.sub(search[1:-1], re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", replace), text)
    return text.replace(search, replace)


def matched(pattern: str, text: str) -> Any:
    """What the first match, or its groups, are."""
    found = re.search(pattern, text)
    if found is None:
        raise ArgumentError("does not match")
    return _groups(found)


def _groups(found: re.Match[str]) -> Any:
    if found.groupdict():
        return found.groupdict()
    return list(found.groups()) if found.groups() else found.group()


def cidrsubnet(network: str, newbits: int, netnum: int) -> str:
    """A part of a range."""
    whole = ipaddress.ip_network(network, strict=False)
    size = whole.max_prefixlen - whole.prefixlen - int(newbits)
    if size < 0 or not 0 <= int(netnum) < 2 ** int(newbits):
        raise ArgumentError("asks for a subnet that the range does not have")
    start = int(whole.network_address) + (int(netnum) << size)
    return f"{type(whole.network_address)(start)}/{whole.prefixlen + int(newbits)}"


def cidrsubnets(network: str, newbits: list[int]) -> list[str]:
    """Parts of a range, one after the other."""
    whole = ipaddress.ip_network(network, strict=False)
    found, at = [], int(whole.network_address)
    for bits in newbits:
        size = 2 ** (whole.max_prefixlen - whole.prefixlen - int(bits))
        at = -(-at // size) * size
        found.append(f"{type(whole.network_address)(at)}/{whole.prefixlen + int(bits)}")
        at += size
    return found


def cidrhost(network: str, host: int) -> str:
    """An address of a range, from its end where the number is negative."""
    return str(ipaddress.ip_network(network, strict=False)[int(host)])


def _digest(name: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).hexdigest()


def _digest64(name: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(name, data).digest()).decode()


_OF_BYTES: Final[Mapping[str, Callable[[bytes], str]]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64sha256": _digest64("sha256"),
    "base64sha512": _digest64("sha512"),
    **{name: _digest(name) for name in ("md5", "sha1", "sha256", "sha512")},
}


def of_files(folder: Path) -> dict[str, Function]:
    """The functions that read files.

    Args:
        folder: what paths are seen from.
    """

    def read(path: str) -> bytes:
        try:
            return (folder / Path(path).expanduser()).read_bytes()
        except OSError as error:
            raise ArgumentError(f"cannot read {path}: {error.strerror}") from None

    def reading(make: Callable[[bytes], str]) -> Function:
        return lambda value: make(read(value))

    return {
        "file": lambda value: read(value).decode(),
        "fileexists": lambda value: (folder / Path(value).expanduser()).is_file(),
        **{f"file{name}": reading(make) for name, make in _OF_BYTES.items()},
    }


def _of_text(make: Callable[[bytes], str]) -> Function:
    return lambda value: make(value.encode())


TEXTS: Final[Mapping[str, Function]] = {
    "base64decode": lambda value: base64.b64decode(value, validate=True).decode(),
    "base64encode": _of_text(_OF_BYTES["base64"]),
    "base64gzip": lambda value: base64.b64encode(gzip.compress(value.encode(), mtime=0)).decode(),
    **{name: _of_text(make) for name, make in _OF_BYTES.items() if name != "base64"},
    "basename": posixpath.basename,
    "chomp": lambda value: value.rstrip("\r\n"),
    "cidrhost": cidrhost,
    "cidrnetmask": lambda value: str(ipaddress.ip_network(value, strict=False).netmask),
    "cidrsubnet": cidrsubnet,
    "cidrsubnets": cidrsubnets,
    "csvdecode": lambda value: list(csv.DictReader(io.StringIO(value))),
    "dirname": lambda value: posixpath.dirname(value) or ".",
    "endswith": lambda value, suffix: value.endswith(suffix),
    "format": formatted,
    "indent": lambda spaces, value: value.replace("\n", "\n" + " " * int(spaces)),
    "join": lambda separator, value: separator.join(map(shown, value)),
    "jsondecode": json.loads,
    "jsonencode": encoded,
    "lower": str.lower,
    "regex": matched,
    "regexall": lambda pattern, string: [_groups(one) for one in re.finditer(pattern, string)],
    "replace": replaced,
    "split": lambda separator, text: text.split(separator) if separator else list(text),
    "startswith": lambda value, prefix: value.startswith(prefix),
    "strrev": lambda value: value[::-1],
    "substr": substr,
    "title": lambda value: re.sub(r"\b\w", lambda found: found[0].upper(), value),
    "trim": lambda value, cutset: value.strip(cutset),
    "trimprefix": lambda value, prefix: value.removeprefix(prefix),
    "trimspace": str.strip,
    "trimsuffix": lambda value, suffix: value.removesuffix(suffix),
    "upper": str.upper,
    "urlencode": quote_plus,
}
