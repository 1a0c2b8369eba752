"""Startup scripts do not format a disk that has data."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.machines import HOLE, MACHINES, SCRIPTS, script_violations
from apex_guardrails.model import Resource, Violation, case, rule

# mke2fs asks before it overwrites a file system only on a terminal, so that in a script it needs no
# force (e2fsprogs, mke2fs.c); others refuse without it.
FORMATS = re.compile(
    r"\b(?:mkfs\.ext[234]|mke2fs|mkfs\s+-t\s*ext[234])\b"
    r"|\bmkfs(?:\.\w+)?\s(?:[^\n;|&]*\s)?(?:-\w*[fF]\w*|--force)(?!\S)"
    r"|\bwipefs\s(?:[^\n;|&]*\s)?(?:-\w*a\w*|--all)(?!\S)"
    r"|\bparted\s[^\n;|&]*\bmklabel\b"
    r"|\bsgdisk\s(?:[^\n;|&]*\s)?(?:-\w*[Zo]\w*|--zap-all|--clear)(?!\S)"
)
# cloud-init's way (its documentation, "Disk Setup").
OVERWRITES = re.compile(
    r"^(?:fs|disk)_setup:(?:\n[ -].*)*?\n[ -].*?\b(overwrite:\s*(?:true|yes))\b", re.MULTILINE
)
# What tells whether there is something on a disk, or mounted.
LOOKS = re.compile(
    r"\b(?:blkid|lsblk|findmnt|mountpoint|dumpe2fs|tune2fs|xfs_info)\b|\bfile\s+-\w*s"
    r"|\bmount\s[^\n|]*\|\|"
)
# A local SSD is empty whenever the machine is new, and has to be formatted.
LOCAL = re.compile(r"local[-_]?(?:nvme[-_]?)?ssd", re.IGNORECASE)
COMMENT = re.compile(r"(?:^|\s)#.*")
# A file system, or a command, that is not known yet.
UNCLEAR = re.compile(rf"\bmkfs\.{HOLE}|^fs_setup:(?:\n[ -].*)*{HOLE}", re.MULTILINE)


@rule(
    severity="critical",
    on=MACHINES,
    fix='Check first: blkid "$DEV" || mkfs.ext4 "$DEV".',
)
def compute_startup_script_no_forced_format(machine: Resource) -> Iterator[Violation]:
    """The script runs at every boot, and would wipe the data each time."""
    yield from script_violations(machine, _formats, UNCLEAR)


def _formats(script: str) -> Iterator[str]:
    for command in _unguarded(script):
        shown = command.replace(HOLE, "...")
        yield f"formats a disk without looking what is on it: {shown}"


def _unguarded(script: str) -> Iterator[str]:
    """The commands that format a disk, until the script looks at one."""
    for overwrites in OVERWRITES.finditer(script):
        yield overwrites[1]
    for line in script.replace("\\\n", " ").splitlines():
        code = COMMENT.sub("", line)
        formats, looks = FORMATS.search(code), LOOKS.search(code)
        if formats and not LOCAL.search(code) and not (looks and looks.start() < formats.start()):
            yield formats[0].strip()
        if looks:
            return


CASES = [
    *(
        case.passes(metadataStartupScript=script)
        for script in (
            'blkid "$DEV" || mkfs.ext4 -F "$DEV"',
            "if ! lsblk -no FSTYPE /dev/sdb; then\n  mkfs.xfs -f /dev/sdb\nfi",
            "mount /dev/sdb /data || mkfs.ext4 /dev/sdb",
            'if [ "$(file -sL /dev/sdb)" = "data" ]; then mke2fs /dev/sdb; fi',
            "mkfs.xfs /dev/sdb",
            "mkfs.btrfs -L data-f /dev/sdb",
            "# mkfs.ext4 -F /dev/sdb",
            "mkfs.ext4 -F /dev/disk/by-id/google-local-nvme-ssd-0",
            "wipefs /dev/sdb",
            "parted /dev/sdb print",
            "sgdisk -p /dev/sdb",
        )
    ),
    *(
        case.fails(metadataStartupScript=script)
        for script in (
            "set -e\nmkfs.ext4 -F /dev/sdb",
            "mkfs.ext4 /dev/sdb",
            "mkfs -t ext4 /dev/sdb",
            "mke2fs /dev/sdb",
            "mkfs.xfs -f /dev/sdb",
            "mkfs.xfs \\\n  -f /dev/sdb",
            "mkfs.btrfs --force /dev/sdb",
            "mkfs -t xfs -qf /dev/sdb",
            "wipefs -a /dev/sdb",
            "wipefs --all /dev/sdb",
            "parted -s /dev/sdb mklabel gpt",
            "sgdisk --zap-all /dev/sdb",
            "sgdisk -Z /dev/sdb",
            "mkfs.ext4 -F /dev/sdb\nblkid /dev/sdb",
            "mkfs.ext4 -F /dev/sdb && blkid /dev/sdb",
            "mount /dev/sdb /data\nmkfs.ext4 -F /dev/sdb",
            "# blkid\nmkfs.ext4 -F /dev/sdb",
        )
    ),
    case.passes(),
    case.passes(metadata={"user-data": "fs_setup:\n- overwrite: false"}),
    case.passes(metadata={"user-data": "fs_setup:\n- device: /dev/sdb\nx:\n- overwrite: true"}),
    case.fails(metadata={"user-data": "disk_setup:\n  /dev/sdb: {overwrite: yes}"}),
    case.fails(metadata={"user-data": "fs_setup:\n- device: /dev/sdb\n  overwrite: true"}),
    *(case.fails(metadata={key: "mkfs.ext4 -F /dev/sdb"}) for key in SCRIPTS),
    *(case.undecided(metadata={key: case.UNKNOWN}) for key in SCRIPTS),
    *(
        case.fails(case.resource(token, metadataStartupScript="mkfs.ext4 -F /dev/sdb"))
        for token in MACHINES[1:]
    ),
    case.undecided(metadataStartupScript=case.UNKNOWN),
    case.passes(metadataStartupScript=case.concat("mount ", case.UNKNOWN, " /data")),
    case.passes(
        metadataStartupScript=case.concat("blkid ", case.UNKNOWN, " || mkfs.ext4 ", case.UNKNOWN)
    ),
    case.fails(metadataStartupScript=case.concat("mkfs.ext4 -F /dev/", case.UNKNOWN)),
    case.fails(metadataStartupScript=case.concat("mkfs -t xfs ", case.UNKNOWN, " -f /dev/sdb")),
    case.undecided(metadataStartupScript=case.concat("mkfs.", case.UNKNOWN, " -f /dev/sdb")),
    case.undecided(metadataStartupScript=case.concat("set -e\n", case.UNKNOWN, "\nexit")),
    case.undecided(
        metadata={"user-data": case.concat("fs_setup:\n- ", case.UNKNOWN, "\nx: y")},
    ),
]
