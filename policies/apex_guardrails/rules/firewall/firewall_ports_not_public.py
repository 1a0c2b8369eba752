"""Ports that are not open to the whole internet: one rule each, and one for all the others."""

from collections.abc import Iterator

from apex_guardrails.gcp.firewalls import (
    MEND,
    PING,
    WITH_PORTS,
    PublicPorts,
    has_targets,
    is_ingress,
    opened,
    require_open,
    source_of,
)
from apex_guardrails.gcp.networks import format_ports
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, UndecidedError, Violation, case, rule
from apex_guardrails.rules.families.port_rules import OPEN_PORTS, Ports
from apex_guardrails.rules.families.table import RuleRow

ROWS = [
    RuleRow(
        id="firewall-admin-ports-not-public",
        about=Ports(("tcp",), (23, 445, 5985, 5986, 5900, 389, 2049, 2379, 2380)),
        severity="high",
        title="Telnet, SMB, WinRM, VNC, LDAP, NFS and etcd are not open to the internet.",
        why="Administrative protocols are not built to face the internet.",
    ),
    RuleRow(
        id="firewall-docker-not-public",
        about=Ports(("tcp",), (2375, 2376)),
        severity="critical",
        title="The Docker API (2375, 2376) is not open to the internet.",
        why="It gives root on the host.",
    ),
    RuleRow(
        id="firewall-elasticsearch-not-public",
        about=Ports(("tcp",), (9200, 9300)),
        severity="critical",
        title="Elasticsearch (9200, 9300) is not open to the internet.",
        why="Anyone can read the indices without a login.",
    ),
    RuleRow(
        id="firewall-ftp-data-not-public",
        about=Ports(("tcp",), (20,)),
        severity="high",
        title="FTP data (20) is not open to the internet.",
        why="FTP sends data unencrypted.",
        controls=("checkov:CKV_GCP_77",),
    ),
    RuleRow(
        id="firewall-ftp-not-public",
        about=Ports(("tcp",), (21,)),
        severity="high",
        title="FTP control (21) is not open to the internet.",
        why="FTP sends passwords unencrypted.",
        controls=("checkov:CKV_GCP_75",),
    ),
    RuleRow(
        id="firewall-http-not-public",
        about=Ports(("tcp",), (80,)),
        severity="medium",
        title="HTTP (80) is not open to the internet on VMs.",
        why="Unencrypted traffic bypasses the load balancer.",
        controls=("checkov:CKV_GCP_106",),
    ),
    RuleRow(
        id="firewall-memcached-not-public",
        about=Ports(("tcp", "udp"), (11211,)),
        severity="high",
        title="Memcached (11211) is not open to the internet.",
        why="Attackers use open Memcached servers to amplify DDoS attacks.",
    ),
    RuleRow(
        id="firewall-mongodb-not-public",
        about=Ports(("tcp",), (27017,)),
        severity="critical",
        title="MongoDB (27017) is not open to the internet.",
        why="Bots find and wipe open MongoDB servers.",
    ),
    RuleRow(
        id="firewall-mssql-not-public",
        about=Ports(("tcp",), (1433,)),
        severity="critical",
        title="SQL Server (1433) is not open to the internet.",
        why="Attackers scan the internet for databases constantly.",
    ),
    RuleRow(
        id="firewall-mysql-not-public",
        about=Ports(("tcp",), (3306,)),
        severity="critical",
        title="MySQL (3306) is not open to the internet.",
        why="Attackers scan the internet for databases constantly.",
        controls=("checkov:CKV_GCP_88",),
    ),
    RuleRow(
        id="firewall-neo4j-bolt-not-public",
        about=Ports(("tcp",), (7687,)),
        severity="critical",
        title="Neo4j Bolt (7687) is not open to the internet.",
        why="Attackers can try to read or drop the graph.",
    ),
    RuleRow(
        id="firewall-neo4j-http-not-public",
        about=Ports(("tcp",), (7474, 7473)),
        severity="critical",
        title="Neo4j HTTP and HTTPS (7474, 7473) are not open to the internet.",
        why="The Neo4j browser is an admin console.",
    ),
    RuleRow(
        id="firewall-postgres-not-public",
        about=Ports(("tcp",), (5432,)),
        severity="critical",
        title="PostgreSQL (5432) is not open to the internet.",
        why="Attackers scan the internet for databases constantly.",
    ),
    RuleRow(
        id="firewall-qdrant-not-public",
        about=Ports(("tcp",), (6333, 6334)),
        severity="critical",
        title="Qdrant (6333, 6334) is not open to the internet.",
        why="Qdrant has no authentication by default.",
    ),
    RuleRow(
        id="firewall-rdp-not-public",
        about=Ports(("tcp",), (3389,)),
        severity="high",
        title="RDP (3389) is not open to the internet.",
        why="RDP is a common way in for ransomware.",
        controls=("cis-gcp-4.0:3.7", "checkov:CKV_GCP_3", "trivy:GCP-0070"),
    ),
    RuleRow(
        id="firewall-redis-not-public",
        about=Ports(("tcp",), (6379,)),
        severity="critical",
        title="Redis (6379) is not open to the internet.",
        why="An open Redis allows remote code execution.",
    ),
    RuleRow(
        id="firewall-ssh-not-public",
        about=Ports(("tcp",), (22,)),
        severity="high",
        title="SSH (22) is not open to the internet.",
        why="Bots try passwords on open SSH ports within minutes.",
        controls=("cis-gcp-4.0:3.6", "checkov:CKV_GCP_2", "trivy:GCP-0071"),
    ),
]

TCP = [{"protocol": "tcp", "ports": ["8443"]}]
WEB = [{"protocol": "tcp", "ports": ["80", "443"]}]
WORLD = ["0.0.0.0/0"]


@rule(
    severity="critical",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0027"],
    fix=MEND,
    parameters=PublicPorts,
    module=__name__,
    id="firewall-no-public-ingress",
    title="Only public ports, on the intended machines, are open to the whole internet.",
    cases=[
        case.passes(allows=TCP, sourceRanges=["10.0.0.0/8", "35.235.240.0/20"]),
        case.undecided(allows=TCP, sourceRanges=["somewhere"]),
        case.fails(allows=TCP, sourceRanges=["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"]),
        case.fails(allows=TCP, sourceRanges=["8.0.0.0/7"]),
        case.passes(allows=TCP, sourceRanges=["8.0.0.0/7"], _parameters={"widest_ipv4": 7}),
        case.passes(allows=WEB, sourceRanges=[case.UNKNOWN], targetTags=["web"]),
        case.undecided(allows=WEB, sourceRanges=[case.UNKNOWN]),
        case.passes(denies=TCP, sourceRanges=[case.UNKNOWN]),
        case.passes(allows=[{"protocol": "icmp"}], sourceRanges=[case.UNKNOWN]),
        case.passes(allows=[{"protocol": "all"}, *TCP], sourceRanges=WORLD),
        case.passes(allows=case.UNKNOWN, sourceRanges=["10.0.0.0/8"]),
        case.passes(allows=TCP, sourceRanges=["10.0.0.0/8"], direction=case.UNKNOWN),
        case.passes(
            allows=[{"protocol": case.UNKNOWN, "ports": ["443"]}],
            sourceRanges=WORLD,
            targetTags=["web"],
        ),
        case.undecided(allows=[{"protocol": case.UNKNOWN, "ports": ["443"]}], sourceRanges=WORLD),
        case.undecided(allows=[{"protocol": case.UNKNOWN}], sourceRanges=WORLD, targetTags=["web"]),
        case.passes(allows=TCP, sourceTags=["bastion"]),
        case.passes(allows=TCP, sourceServiceAccounts=[case.UNKNOWN]),
        case.not_applicable(allows=TCP, sourceRanges=WORLD, direction="EGRESS"),
        case.not_applicable(allows=TCP, sourceRanges=WORLD, disabled=True),
        case.passes(denies=TCP, sourceRanges=WORLD),
        case.passes(allows=[], sourceRanges=WORLD),
        case.passes(allows=WEB, sourceRanges=WORLD, targetTags=["web"]),
        case.passes(allows=WEB, sourceRanges=WORLD, targetServiceAccounts=[case.UNKNOWN]),
        case.passes(allows=WEB, targetTags=["web"]),
        case.passes(
            allows=TCP,
            sourceRanges=WORLD,
            targetTags=["web"],
            _parameters={"public_ports": [8443]},
        ),
        case.fails(
            allows=[{"protocol": "tcp", "ports": ["8529"]}],
            sourceRanges=WORLD,
            targetTags=["arangodb"],
            _parameters={"public_ports": [8529]},
        ),
        # The other rules of the firewall say what is wrong with these.
        case.passes(allows=[{"protocol": "tcp", "ports": ["22"]}], sourceRanges=WORLD),
        case.passes(allows=[{"protocol": "tcp", "ports": ["20-25"]}], sourceRanges=WORLD),
        case.passes(allows=[{"protocol": "all"}], sourceRanges=WORLD),
        case.passes(allows=[{"protocol": "tcp"}], sourceRanges=WORLD),
        case.passes(allows=[{"protocol": "icmp"}], sourceRanges=WORLD),
        case.passes(allows=[{"protocol": 58}], sourceRanges=WORLD),
        case.passes(allows=[{"ports": ["1"]}], sourceRanges=WORLD),
        case.fails(allows=TCP, sourceRanges=["10.0.0.0/8", "0.0.0.0/0"]),
        case.fails(allows=TCP, sourceRanges=["::/0"], sourceTags=["bastion"], disabled=False),
        case.fails(allows=TCP, sourceRanges=["0.0.0.0/1"], direction="INGRESS"),
        case.fails(allows=TCP, sourceRanges=[case.UNKNOWN, "0.0.0.0/0"]),
        case.fails(allows=[case.UNKNOWN, *TCP], sourceRanges=WORLD),
        case.fails(allows=TCP, sourceRanges=WORLD, targetTags=["web"]),
        case.fails(allows=WEB, sourceRanges=WORLD),
        case.fails(allows=WEB, sourceRanges=WORLD, targetTags=[]),
        case.fails(
            allows=[{"protocol": "tcp", "ports": ["443-444"]}], sourceRanges=WORLD, targetTags=["w"]
        ),
        case.fails(allows=[{"protocol": "udp", "ports": ["22"]}], sourceRanges=WORLD),
        case.fails(allows=[{"protocol": "esp"}], sourceRanges=WORLD, targetTags=["vpn"]),
        case.fails(allows=TCP, sourceRanges=[], sourceTags=[]),
        case.fails(allows=TCP),
        case.undecided(allows=TCP, sourceRanges=[case.UNKNOWN]),
        case.undecided(allows=TCP, sourceRanges=case.UNKNOWN),
        case.undecided(allows=TCP, direction=case.UNKNOWN),
        case.undecided(allows=TCP, sourceRanges=WORLD, disabled=case.UNKNOWN),
        case.undecided(allows=case.UNKNOWN, sourceRanges=WORLD),
        case.undecided(allows=[{"protocol": case.UNKNOWN, "ports": ["1"]}], sourceRanges=WORLD),
        case.undecided(allows=[{"protocol": "tcp", "ports": case.UNKNOWN}], sourceRanges=WORLD),
        case.undecided(allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}], sourceRanges=WORLD),
    ],
)
def firewall_no_public_ingress(firewall: Resource, settings: PublicPorts) -> Iterator[Violation]:
    """Every machine behind the rule is scanned and attacked within minutes."""
    whom = source_of(firewall, settings)
    if whom.is_certainly_not_public:
        return
    for entry in opened(firewall).others:
        if entry.protocol in ("", *PING):
            continue  # firewall-no-default-rule-pattern
        ports = [
            part
            for part in entry.ports
            if not _is_expected(firewall, settings, entry.protocol, part)
        ]
        if ports or entry.protocol not in WITH_PORTS:
            require_open(firewall, whom)
            what = f"opens {format_ports(*ports)} to" if ports else f"allows {entry.protocol} from"
            yield entry.view.fail(f"{what} {whom.share} ({whom.at})")
    for gap in opened(firewall).open_gaps:
        if not has_targets(firewall) or gap.ports is None:
            raise UndecidedError(gap.path)
        if not all(map(settings.are_public, gap.ports)):
            raise UndecidedError(gap.path)


def _is_expected(firewall: Resource, settings: PublicPorts, name: str, ports: range) -> bool:
    """Whether ports may be public here, or are those of a rule of their own."""
    if settings.are_public(ports):
        return has_targets(firewall)
    return any(name in row.about.protocols and row.about.is_among(ports) for row in ROWS)


RULES = OPEN_PORTS.rules(__name__, ROWS)
