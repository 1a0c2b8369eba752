"""Startup scripts do not pipe a download into a shell."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.machines import HOLE, MACHINES, SCRIPTS, script_violations
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

_SHELL = (
    r"(?:sudo\s+(?:-\S+\s+)*)?(?:/\S*/)?(?:(?:ba|da|z|k)?sh(?![\w.-])"
    # What has arguments reads its program from them, and the download as its input.
    r"|(?:python[\d.]*|perl|ruby|node)(?=[ \t]*-?[ \t]*(?:[\n;&|]|$)))"
)
PIPED = re.compile(
    rf"\b(?:curl|wget)\b[^\n|;&]*\|\s*{_SHELL}"
    # What may stand before the shell's name is left out: to look for it takes most of the time.
    r"|sh\s+(?:-c\s+)?[\"']?[<$]\(\s*(?:curl|wget)\b"
)
# What is not known may be the download, or the shell.
UNCLEAR = re.compile(
    rf"^[ \t]*{HOLE}[^\n|;&]*\|\s*{_SHELL}|\b(?:curl|wget)\b[^\n|;&]*\|\s*(?:sudo\s+)?{HOLE}",
    re.MULTILINE,
)


@rule(
    severity="high",
    on=MACHINES,
    fix="Download it, verify its checksum, then run it; or build it into an image.",
)
def compute_startup_script_no_pipe_to_shell(machine: Resource) -> Iterator[Violation]:
    """Whoever controls the URL can run code as root on the VM."""
    yield from script_violations(machine, _piped, UNCLEAR)


def _piped(script: str) -> Iterator[str]:
    if PIPED.search(script):
        yield "runs what it downloads, unchecked"


CASES = [
    case.passes(metadataStartupScript="curl -fsSLo /tmp/agent.deb example.org/agent.deb"),
    case.passes(metadata={"startup-script": "journalctl | bash-completion"}),
    case.passes(),
    case.fails(metadataStartupScript="curl -sSL example.org/install.sh | bash"),
    case.fails(metadataStartupScript="wget -qO- example.org/x | sudo -E sh -s"),
    *(
        case.fails(metadataStartupScript=f"curl -s example.org/x | {words}")
        for words in ("python3", "sudo python3 -", "/usr/bin/perl -\n", "ruby; true", "node && b")
    ),
    *(
        case.passes(metadataStartupScript=f"curl -s example.org/x | {words}")
        for words in ("python3 -m json.tool", "python3 -c 'print(1)'", "perl -pe s/a/b/", "noded")
    ),
    case.fails(metadata={"startup-script": "bash <(curl -s example.org/x)"}),
    case.fails(metadata={"user-data": 'sh -c "$(curl -fsSL example.org/x)"'}),
    case.undecided(metadataStartupScript=case.UNKNOWN),
    case.passes(metadataStartupScript=case.concat("curl ", case.UNKNOWN, " -o /tmp/agent\n")),
    case.passes(metadataStartupScript=case.concat("echo ", case.UNKNOWN, " | tee /etc/host")),
    case.fails(metadataStartupScript=case.concat("curl -s ", case.UNKNOWN, " | bash")),
    case.undecided(metadataStartupScript=case.concat("x\n ", case.UNKNOWN, " a | bash\ny")),
    case.undecided(metadataStartupScript=case.concat("wget -O- a | sudo ", case.UNKNOWN, " -s")),
    case.undecided(metadataStartupScript=case.concat("curl a | ", case.UNKNOWN, " -s")),
    case.undecided(metadataStartupScript=case.concat("true\n", case.UNKNOWN)),
    *(case.undecided(metadata={key: case.UNKNOWN}) for key in SCRIPTS),
    *(case.fails(metadata={key: "curl example.org/x | sh"}) for key in SCRIPTS),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            metadataStartupScript="curl example.org/x | sh",
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_TEMPLATE,
            metadataStartupScript="curl example.org/x | sh",
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            metadataStartupScript="curl example.org/x | sh",
        )
    ),
]
