"""Startup scripts check what they download before they run it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from apex_guardrails.gcp.machines import MACHINES, SCRIPTS, script_violations
from apex_guardrails.model import Resource, Violation, case, rule

_CONTINUED: Final = re.compile(r"\\\n")
_COMMANDS: Final = re.compile(r"\n|;|&&|\|\|?")
_WORD: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'])+")
_BEFORE: Final = frozenset({"sudo", "exec", "then", "do", "if", "else", "!", "time", "nohup", "-E"})
"""Words that may stand before a command's name."""

_RUNNERS: Final = re.compile(r"(?:ba|da|z|k)?sh|python[\d.]*|perl|ruby|node|source|\.")
_INSTALLERS: Final = frozenset({"dpkg", "rpm", "apt", "apt-get", "yum", "dnf", "gdebi"})
_CHECKS: Final = re.compile(
    r"\b(?:sha\d+sum|shasum|md5sum|b2sum|openssl\s+dgst|gpgv?|cosign|minisign|checksig)\b"
)
_OUTPUT: Final = re.compile(r"-\w*o|--output")
_DOCUMENT: Final = re.compile(r"-\w*O|--output-document")
_BY_NAME: Final = re.compile(r"-\w*O|--remote-name(?:-all)?")
_GOOGLE: Final = re.compile(r"https://(?:dl|packages\.cloud)\.google\.com/")
"""Where Google has its own packages, which run on the machine anyway."""


@rule(
    severity="high",
    on=MACHINES,
    fix="Compare it with a checksum that the script has (sha256sum -c) before it is run; or build "
    "it into an image.",
)
def compute_startup_script_no_unchecked_download(machine: Resource) -> Iterator[Violation]:
    """Whoever controls the URL can run code as root on the VM."""
    yield from script_violations(machine, _unchecked)


def _unchecked(script: str) -> Iterator[str]:
    if not _downloads(script):
        return
    downloaded: set[str] = set()
    for command in _COMMANDS.split(_CONTINUED.sub(" ", script)):
        # Nothing is downloaded yet, nor here: most commands of a script are not looked at closer.
        if not downloaded and not _downloads(command):
            continue
        if _CHECKS.search(command):
            downloaded.clear()
            continue
        words = [word.strip("\"'") for word in _WORD.findall(command)]
        while words and (words[0] in _BEFORE or "=" in words[0]):
            del words[0]
        if not words:
            continue
        name = _base(words[0])
        if name in ("curl", "wget"):
            target = _target(name, words[1:])
            if target and not _GOOGLE.search(command):
                downloaded.add(target)
        elif file := next((it for it in _run(name, words) if it in downloaded), None):
            yield f"runs {file}, which it downloads and does not check"
            return


def _downloads(script: str) -> bool:
    return "curl" in script or "wget" in script


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _target(name: str, words: Sequence[str]) -> str:
    """The file that a download is written to; "" for none."""
    option = _OUTPUT if name == "curl" else _DOCUMENT
    for word, value in zip(words, [*words[1:], ""], strict=True):
        given, equals, inside = word.partition("=")
        if option.fullmatch(given):
            return _base(inside if equals else value)
        if word in (">", "1>"):
            return _base(value)
    if name == "wget" or any(map(_BY_NAME.fullmatch, words)):
        return next((_base(word.partition("?")[0]) for word in words if "://" in word), "")
    return ""


def _run(name: str, words: Sequence[str]) -> Iterator[str]:
    """The files that a command runs, or installs."""
    if _RUNNERS.fullmatch(name):
        yield from (_base(word) for word in words[1:] if not word.startswith("-"))
    elif name in _INSTALLERS:
        yield from map(_base, words[1:])
    else:
        yield name


URL = "https://example.org/x.sh"
CASES = [
    case.fails(metadataStartupScript=f"curl -fsSLo /tmp/x.sh {URL}\nbash /tmp/x.sh"),
    case.passes(
        metadataStartupScript=f"curl -fsSLo x.sh {URL}\necho '3b1f  x.sh' | sha256sum -c\nsh x.sh"
    ),
    case.passes(metadataStartupScript=f"curl -fsSLo /tmp/x.sh {URL}"),
    case.passes(metadataStartupScript="bash /opt/x.sh"),
    case.passes(),
    *(
        case.fails(metadataStartupScript=script)
        for script in (
            f"curl -o x.sh {URL} && sh x.sh",
            f"curl {URL} -o x.sh; sudo -E bash ./x.sh --yes",
            f"curl --output=/tmp/x.sh {URL} || exit 1\n. /tmp/x.sh",
            f"curl --output /tmp/x.sh {URL}\nif bash -e /tmp/x.sh; then true; fi",
            f"curl -s {URL} > /tmp/x.sh\nchmod +x /tmp/x.sh\n/tmp/x.sh",
            f"curl -sSO {URL}\nchmod +x x.sh && ./x.sh",
            f"curl --remote-name {URL}\npython3 x.sh",
            f"wget {URL}\nDEBUG=1 bash x.sh",
            f"wget '{URL}?v=2'\nbash x.sh",
            f"wget -qO /tmp/x.sh {URL}\nsource /tmp/x.sh",
            f"wget \\\n  --output-document=/tmp/x.sh {URL}\nnohup /tmp/x.sh",
            f'wget -O "/tmp/x.sh" "{URL}"\nbash "/tmp/x.sh"',
            "wget -q https://example.org/agent.deb\ndpkg -i agent.deb",
            "curl -LO https://example.org/agent.rpm\nyum install -y ./agent.rpm",
            f"sha256sum /etc/hosts\ncurl -o x.sh {URL}\nsh x.sh",
        )
    ),
    *(
        case.passes(metadataStartupScript=script)
        for script in (
            f"curl -o x.sh {URL}\ngpg --verify x.sig x.sh && sh x.sh",
            f"curl -s {URL} -o a.txt\ncat a.txt",
            f"curl -s {URL}\nsh x.sh",
            f"curl -s {URL}\nsh x/",
            "curl -sSO https://dl.google.com/cloudagents/x.sh\nsudo bash x.sh",
            f"wget -O - {URL} | jq .\nsh x.sh",
            f"wget -q\n{URL}\nsh",
            "apt-get install -y curl wget",
            "echo wget; FOO=bar",
            # Another rule says so.
            f"curl {URL} | sh",
        )
    ),
    case.undecided(metadataStartupScript=case.UNKNOWN),
    case.fails(
        metadataStartupScript=case.concat("curl -o x https://", case.UNKNOWN, "\nchmod +x x; ./x")
    ),
    case.passes(metadataStartupScript=case.concat("curl ", case.UNKNOWN, " -o /tmp/agent\n")),
    case.undecided(metadataStartupScript=case.concat("true\n", case.UNKNOWN)),
    *(case.undecided(metadata={key: case.UNKNOWN}) for key in SCRIPTS),
    *(case.fails(metadata={key: f"curl -o x {URL}; sh x"}) for key in SCRIPTS),
    *(
        case.fails(case.CaseResource(token, {"metadataStartupScript": f"wget {URL}; sh x.sh"}))
        for token in MACHINES
    ),
]
