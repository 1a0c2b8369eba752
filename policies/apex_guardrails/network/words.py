"""By which words names, images and scripts say that something is a database."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from apex_guardrails.gcp.engines import DATABASE, ENGINES, Engine

_BY_PORT: Final = {port: engine for engine in ENGINES for port in engine.ports}
_BY_WORD: Final = {word: engine for engine in (*ENGINES, DATABASE) for word in engine.words}

_WITH: Final = frozenset(
    """
    admin adminer agent api app backend backup backups bastion browser cdc client clients commander
    compass connect connector console consumer consumers dashboard dashboards egress exporter
    exporters express frontend gui importer insight jump kibana loader metrics migrate migration
    migrations migrator monitor monitoring odbc jdbc operator seeder sync tool toolkit tools ui user
    users viewer web worker workers access driver doc docs
    """.split()  # noqa: SIM905 a list of words is read more easily as a text
)
"""Words after an engine's that make a name one of what works with it: `postgres-exporter`. Before
it they say whose it is: `api-postgres`."""

_FOR: Final = frozenset(
    "allow to from need needs use uses using lib python perl php ruby java nodejs dotnet".split()  # noqa: SIM905 as above
)
"""Words before an engine's that do the same: `allow-postgres`, `python3-redis`."""

_A_DATABASE: Final = re.compile(r"[a-z]{3,}db|db(?:server|host|node|vm|instance|master|primary)")
"""Words in which one is: `ordersdb`, `vectordb`, `dbserver`."""

_WORD: Final = re.compile(r"[a-z]+[0-9]*[a-z]*|[0-9]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)  # names, tags and labels are those of many
def engine_of(name: str) -> Engine | None:
    """The engine that a name, tag or label names; `None` where it is of something else.

    `orders-postgres-1` is PostgreSQL's, `db` some database's; `postgres-exporter` is of none.
    """
    words = _words(name)
    places = [place for place, word in enumerate(words) if word in _BY_WORD]
    if (
        not places
        or _FOR.intersection(words[: places[0]])
        or _WITH.intersection(words[places[-1] :])
    ):
        return None
    found = [_BY_WORD[words[place]] for place in places]
    return next((engine for engine in found if engine is not DATABASE), DATABASE)


def is_only_engine(name: str) -> bool:
    """Whether a name is an engine's and has no other words: `neo4j`, `db-1`."""
    return all(word in _BY_WORD or word.isdigit() for word in _words(name))


def _words(name: str) -> list[str]:
    return [_word(word) for word in _WORD.findall(_CAMEL.sub("-", name).lower())]


def _word(word: str) -> str:
    # `postgres16`, `pg01` and `db1`, and not the engines that end in a digit.
    if word not in _BY_WORD:
        word = word.rstrip("0123456789") or word
    return "db" if word not in _BY_WORD and _A_DATABASE.fullmatch(word) else word


@lru_cache(maxsize=4096)
def engine_of_image(image: str) -> Engine | None:
    """The engine that an image of a container or of a machine's disk holds.

    `postgres:16`, `docker.io/bitnami/postgresql@sha256:...`, `mcr.microsoft.com/mssql/server`,
    `projects/windows-sql-cloud/global/images/family/sql-std-2022-win-2022`.
    """
    if "windows-sql-cloud" in image:
        return _BY_WORD["mssql"]
    path = image.partition("@")[0].split("/")
    path[-1] = path[-1].partition(":")[0]
    named = engine_of(path[-1])
    if named is None and path[-1] in ("server", "database", "enterprise", "community"):
        named = engine_of(path[-2]) if len(path) > 1 else None
    return None if named is DATABASE else named


_STARTS: Final = re.compile(
    r"""(?:\b(?:apt|apt-get|aptitude|yum|dnf|apk|zypper|microdnf)\s[^\n;&|]*?\b(?:install|add)\s
    |\b(?:docker|podman|nerdctl)\s[^\n;&|]*?\b(?:run|pull|create)\s
    |\bsystemctl\s[^\n;&|]*?\b(?:start|enable|restart)\s
    |(?:^|\bsudo\s+)service\s
    |\bimage:\s
    |^\s*-\s+(?![\w-]+:))(?P<what>[^\n;&|]*)""",
    re.VERBOSE | re.MULTILINE,
)
"""Where scripts, cloud-init and declarations of containers name what a machine will run."""

_OPTION: Final = re.compile(
    r"(?:^|\s)(?:-[ehlpuvw]|--(?:env|env-file|link|net|network|name|hostname|volume|publish|add-host"
    r"|label|mount|restart|user|workdir))[ =]+\S+"
)
_VERSION: Final = re.compile(r"-(?:server|contrib|common|org|ce|\d[\d.]*)$")


@lru_cache(maxsize=512)  # machines that are alike start with the same script
def engine_of_script(script: str) -> Engine | None:
    """The engine that a script, or a declaration of containers, installs or starts.

    What it merely mentions, a client that it installs or the address of a database, is none.
    """
    for start in _STARTS.finditer(script.replace("\\\n", " ")):
        what = _OPTION.sub(" ", start["what"])
        words = [word.strip("'\"") for word in what.split() if "=" not in word]
        if start[0].lstrip().startswith("-") and len(words) != 1:
            continue  # an element of a list that is no package's name alone
        for word in words:
            engine = engine_of_image(_VERSION.sub("", word.removesuffix(".service")))
            if engine is not None:
                return engine
    return None


_RUNS: Final = re.compile(
    r"\b(?:docker|podman|nerdctl)\s[^\n;&|]*?\b(?:run|create)\s(?P<what>[^\n;&|]*)"
)
_PUBLISHES: Final = re.compile(
    # Docker's reference, `docker run --publish`: [ADDRESS:]PORT:PORT[/PROTOCOL], or ranges of them.
    r"""(?:^|\s)(?:-p|--publish)[ =]*['"]?
    (?:(?P<address>[\d.]+|\[[0-9a-f:]+\]):)?
    (?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?:\d""",
    re.VERBOSE,
)
_LOOPBACK: Final = ("127.", "[::1]")
_LISTENS: Final = re.compile(
    # Servers, as their packages call them; `mysql --port` is a client's.
    r"""(?:^|[\s/])(?P<program>[a-z]+(?:d|-server)|postgres)\s
    [^\n;&|]*?--port[ =](?P<port>\d{1,5})\b""",
    re.MULTILINE | re.VERBOSE,
)
_RELAYS: Final = re.compile(
    # socat(1), address types TCP-LISTEN and TCP.
    r"""\bsocat\s[^\n;&|]*?\bTCP[46]?-L(?:ISTEN)?:(?P<port>\d{1,5})\b
    [^\n;&|]*?\bTCP[46]?:[^\s:]+:(?P<to>\d{1,5})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PORTS: Final = range(1, 65536)


@lru_cache(maxsize=512)
def engines_published(script: str) -> tuple[tuple[range, Engine], ...]:
    """The engines that a script has answer at other ports than their own, and these ports."""
    joined = script.replace("\\\n", " ")
    found: list[tuple[range, Engine]] = []
    for run in _RUNS.finditer(joined):
        engine = engine_of_script(run[0])
        if engine is None:
            continue
        for published in _PUBLISHES.finditer(run["what"]):
            if (published["address"] or "").startswith(_LOOPBACK):
                continue
            first = int(published["first"])
            found.append((range(first, int(published["last"] or first) + 1), engine))
    for listens in _LISTENS.finditer(joined):
        engine = engine_of_image(listens["program"].removesuffix("-server"))
        if engine is not None:
            found.append((_only(listens["port"]), engine))
    for relays in _RELAYS.finditer(joined):
        for _, engine in engines_at((_only(relays["to"]),)):
            found.append((_only(relays["port"]), engine))
    return tuple(
        (ports, engine)
        for ports, engine in found
        if ports and ports[0] in _PORTS and ports[-1] in _PORTS
    )


def _only(port: str) -> range:
    return range(int(port), int(port) + 1)


@lru_cache(maxsize=4096)  # rules and machines that are alike have the same ports
def engines_at(ports: tuple[range, ...]) -> tuple[tuple[int, Engine], ...]:
    """The engines whose ports are among some ranges, with the port."""
    return tuple(
        (port, engine) for port, engine in _BY_PORT.items() if any(port in part for part in ports)
    )
