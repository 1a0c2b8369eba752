"""Places of a Kubernetes node by which a pod that mounts them rules the node, or reads its keys.

Sources: the Filesystem Hierarchy Standard (3.0), proc(5), and the documentation of Kubernetes,
containerd, CRI-O, Docker and GKE about where each keeps its files (all 2026-11).
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

_OF_A_PROCESS: Final = re.compile(r"\A(?:/proc/(?:[0-9]+|self|thread-self)/root)+(?=/|\Z)")
_LINKED: Final = re.compile(r"\A/var/run(?=/|\Z)")

_SOCKETS: Final = (
    "/run/containerd",
    "/run/cri-dockerd.sock",
    "/run/crio",
    "/run/dbus",
    "/run/docker",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/podman",
    "/run/systemd/private",
)
"""What starts programs on the node for whoever connects; a mount that is read-only admits him."""

_KEYS: Final = (
    "/etc/kubernetes",
    "/etc/shadow",
    "/etc/ssh",
    "/root",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
)
"""Where credentials are: the node's, and those of every pod on it."""

_FOR_ROOT: Final = (
    "/bin",
    "/boot",
    "/etc/cron.d",
    "/etc/crontab",
    "/etc/ld.so.preload",
    "/etc/pam.d",
    "/etc/passwd",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/systemd",
    "/lib/systemd",
    "/proc/1",
    "/proc/sys",
    "/proc/sysrq-trigger",
    "/sbin",
    "/usr/bin",
    "/usr/lib/systemd",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/var/spool/cron",
)
"""What the node's root runs or obeys."""

_ALONE: Final = ("/dev", "/home/kubernetes/bin", "/sys", "/sys/fs/cgroup", "/sys/kernel")
"""The same, while what lies below may be harmless: one device, a driver's libraries."""

_OF_PLUGINS: Final = tuple(
    f"/var/lib/kubelet/{name}"
    for name in ("device-plugins", "plugins", "plugins_registry", "pod-resources")
)
"""Where plugins of the kubelet meet it, as they are told to (Kubernetes documentation, "Device
Plugins", 2026-11)."""


def place(path: str) -> str:
    """The place on a node that a path leads to, however it is written.

    `..` is followed as if no link were on the way; `/var/run` is a link to `/run`, and the root of
    a process on the node is the node's.
    """
    found = posixpath.normpath("/" + path.lstrip("/"))
    return _LINKED.sub("/run", _OF_A_PROCESS.sub("", found) or "/")


def _is_below(path: str, tops: tuple[str, ...]) -> bool:
    return any(path == top or path.startswith(f"{top}/") for top in tops)


def _is_above(path: str, places: tuple[str, ...]) -> bool:
    return any(place.startswith(path.rstrip("/") + "/") for place in places)


def _leads_to(path: str, tops: tuple[str, ...]) -> bool:
    """Whether one of the places, or something in it, is in what a path leads to."""
    return (_is_below(path, tops) and not _is_below(path, _OF_PLUGINS)) or _is_above(path, tops)


def rules_node(path: str) -> bool:
    """Whether who may write at a path is the node's administrator.

    Args:
        path: as `place` gives it.
    """
    trees = (*_SOCKETS, *_KEYS, *_FOR_ROOT)
    return _leads_to(path, trees) or path in _ALONE or _is_above(path, _ALONE)


def rules_node_read_only(path: str) -> bool:
    """Whether he is it who can only read there: it is for the sockets that one mounts it.

    Args:
        path: as `place` gives it.
    """
    return path == "/run" or (path.startswith("/run/") and _leads_to(path, _SOCKETS))


def shows_keys(path: str) -> bool:
    """Whether who may read at a path finds the credentials of the node or of other pods.

    Args:
        path: as `place` gives it.
    """
    return _leads_to(path, _KEYS)
