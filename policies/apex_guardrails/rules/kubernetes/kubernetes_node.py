"""What pods must leave to the node they run on: one rule each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import (
    DAEMON_SETS,
    OF_ONE_WORKLOAD,
    any_of,
    containers,
    together,
)
from apex_guardrails.gcp.node_places import place, rules_node, rules_node_read_only, shows_keys
from apex_guardrails.model import UNKNOWN, Stack, Violation
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.pod_facts import (
    DAEMON_SET,
    DEPLOYMENT,
    Look,
    PodFact,
    pod_rules,
)
from apex_guardrails.rules.families.table import RuleRow

_HOST_NAMESPACES: Final = ("hostNetwork", "hostPID", "hostIPC")


def _shares_host(pod: View) -> Iterator[Violation]:
    def look(path: str) -> Iterator[Violation]:
        if pod.get(path, omitted=False) is True:
            yield pod.fail(f"uses {path}", at=path)

    return together(*map(look, _HOST_NAMESPACES))


def _is_only_read(pod: View, volume: View) -> bool:
    """Whether containers mount a volume, and each of them read-only.

    Raises:
        UndecidedError: that is not known before deployment.
    """
    name = volume.get("name")

    def mounted(is_so: Callable[[View], bool]) -> bool:
        def mounts(container: View) -> bool:
            return any_of(
                container.each("volumeMounts"),
                lambda mount: mount.get("name") == name and is_so(mount),
            )

        return any_of(containers(pod), mounts)

    is_written = mounted(lambda mount: mount.get("readOnly", omitted=False) is not True)
    return not is_written and mounted(lambda _: True)


def _is_ruled(pod: View, volume: View, path: str) -> bool:
    return rules_node_read_only(path) or (rules_node(path) and not _is_only_read(pod, volume))


def _is_shown(pod: View, volume: View, path: str) -> bool:
    return shows_keys(path) and not _is_ruled(pod, volume, path)


def _is_neither(_pod: View, _volume: View, path: str) -> bool:
    return not rules_node(path)


def _mounting(is_wrong: Callable[[View, View, str], bool]) -> Look:
    def in_pod(pod: View) -> Iterator[Violation]:
        def look(volume: View) -> Iterator[Violation]:
            path = volume.get("hostPath.path")
            if path and is_wrong(pod, volume, place(str(path))):
                yield volume.fail(f"mounts {path} of the node", at="hostPath.path")

        return Stack.each(pod.each("volumes"), look)

    return in_pod


_READ: Final = {"name": "host", "readOnly": True}
_WRITTEN: Final = {"name": "host", "readOnly": False}
_PLAIN: Final = {"name": "host"}
_SOCKET: Final = "/var/run/docker.sock"


def _mounted(path: str, *mounts: Any, name: Any = "host", **spec: Any) -> dict[str, Any]:
    """A pod with a volume, and a container for each mount."""
    return {
        "containers": [{"volumeMounts": [{"name": "data"}, mount]} for mount in mounts],
        "volumes": [{"name": name, "hostPath": {"path": path}}],
        **spec,
    }


def _unclear(path: str) -> tuple[dict[str, Any], ...]:
    """Pods that mount it, or it is not known whether they do, or whether they write there."""
    return (
        {"volumes": UNKNOWN},
        {"volumes": [UNKNOWN]},
        {"volumes": [{"hostPath": {"path": UNKNOWN}}]},
        _mounted(path, _READ, name=UNKNOWN),
        _mounted(path, containers=UNKNOWN),
        _mounted(path, _READ, initContainers=UNKNOWN),
        *(
            _mounted(path, _READ, **{name: [{"volumeMounts": mounts}]})
            for name in ("containers", "initContainers")
            for mounts in (
                UNKNOWN,
                [{"name": UNKNOWN}],
                [{"name": "host", "readOnly": UNKNOWN}],
                [_READ, {"name": "host", "readOnly": UNKNOWN}],
            )
        ),
    )


_RULING: Final = (
    *("/", "//etc", "/var/../etc/kubernetes/manifests", "/var/lib", "/run/crio/crio.sock", "/usr"),
    *("/dev", "/sys/fs", "/proc/1/root/var", "/proc/sys/kernel", "/var/lib/kubelet/pods"),
)
_HARMLESS: Final = (
    *("/var/log", "/etcetera", "/dev/fuse", "/etc/localtime", "/var/runner", "/run/netns"),
    *("/var/lib/kubelet/plugins/ours", "/mnt/var/run", "/mnt/proc/1/root"),
)


_NONE: Final[tuple[dict[str, Any], ...]] = (
    {"volumes": [{"name": "data", "emptyDir": {}}]},
    {"volumes": [{"hostPath": {"path": ""}}, {"hostPath": {}}]},
    {},
)

_ONLY_READ: Final = (
    _mounted("/", _READ),
    _mounted("/etc/kubernetes", _READ, _READ),
    _mounted("/etc", containers=[{}, {"volumeMounts": [{}, _READ]}]),
    _mounted("/etc", containers=None, initContainers=[{}, {"volumeMounts": [{}, _READ]}]),
)
_WRITABLE: Final = (
    _mounted("/etc", _WRITTEN),
    _mounted("/etc", _PLAIN),
    _mounted("/etc", _READ, _PLAIN),
    _mounted("/etc", {"name": UNKNOWN}, _WRITTEN),
    _mounted("/etc", containers=UNKNOWN, initContainers=[{"volumeMounts": [_PLAIN]}]),
    _mounted("/etc", _READ, name="other"),
    {"volumes": [{"hostPath": {"path": "/etc/"}}]},
    {"containers": [{"volumeMounts": [_READ]}], "volumes": [{"hostPath": {"path": "/etc"}}]},
)
"""Those that no container mounts among them: another one may be added to the pod."""


def _sharing(on: tuple[str, ...], shown: str) -> PodFact:
    return PodFact(
        look=_shares_host,
        good=({"containers": []}, *({path: False} for path in _HOST_NAMESPACES)),
        bad=(
            *({path: True} for path in _HOST_NAMESPACES),
            {"hostNetwork": UNKNOWN, "hostIPC": True},
        ),
        unclear=tuple({path: UNKNOWN} for path in _HOST_NAMESPACES),
        on=on,
        shown=shown,
    )


_WHY_NOT_SHARED: Final = (
    "They see the node's traffic and processes, and get the account of the node."
)
_SHARE_NOTHING: Final = "Remove hostNetwork, hostPID and hostIPC."

ROWS: Final = (
    RuleRow(
        id="kubernetes-no-node-mounts",
        about=PodFact(
            look=_mounting(_is_ruled),
            good=(
                *_NONE,
                *(_mounted(path, _PLAIN) for path in _HARMLESS),
                # Another rule says so.
                *_ONLY_READ,
            ),
            bad=(
                {"volumes": [{"name": "docker", "hostPath": {"path": _SOCKET}}]},
                {"volumes": [{"hostPath": {"path": UNKNOWN}}, {"hostPath": {"path": "/etc"}}]},
                *_WRITABLE,
                *(_mounted(path, _PLAIN) for path in _RULING),
                *(_mounted(path, _READ) for path in (_SOCKET, "/run", "/run/systemd")),
            ),
            unclear=_unclear("/etc"),
        ),
        severity="high",
        title="Pods do not mount what rules the node",
        why="Whoever connects to the runtime's socket, or writes to /etc, is root on the node.",
        fix="Remove the volume, or mount it with readOnly: true where it holds no socket; for "
        "files of the program's own use an emptyDir or a claim.",
    ),
    RuleRow(
        id="kubernetes-no-node-keys",
        about=PodFact(
            look=_mounting(_is_shown),
            good=(
                *_NONE,
                _mounted("/proc", _READ),
                _mounted("/var/log", _READ),
                # Another rule says so.
                *_WRITABLE,
                *(_mounted(path, _READ) for path in ("/var/run", "/run/log", "/mnt", "/usr")),
            ),
            bad=_ONLY_READ,
            unclear=_unclear("/etc"),
        ),
        severity="medium",
        title="Pods do not read the credentials of the node and of other pods",
        why="Read-only, too, / or /var/lib/kubelet shows the tokens of all pods on the node.",
        fix="Mount only the folders that the program reads, such as /var/log.",
    ),
    RuleRow(
        id="kubernetes-no-host-paths",
        about=PodFact(
            look=_mounting(_is_neither),
            good=(
                *_NONE,
                # Other rules say so.
                {"volumes": [{"hostPath": {"path": "/etc"}}]},
                _mounted("/etc", _READ),
            ),
            bad=({"volumes": [{"name": "data", "hostPath": {"path": "/mnt/data"}}]},),
            unclear=_unclear("/mnt")[:3],
            on=OF_ONE_WORKLOAD,
        ),
        severity="low",
        title="Pods, but for a DaemonSet's, keep their files in volumes, not on the node",
        why="Files on a node are gone when the pod moves, and other pods there may read them.",
        fix="Use a persistentVolumeClaim, or an emptyDir for what may be lost.",
    ),
    RuleRow(
        id="kubernetes-no-host-namespaces",
        about=_sharing(OF_ONE_WORKLOAD, DEPLOYMENT),
        severity="medium",
        title="Pods, but for a DaemonSet's, do not share the node's network or processes",
        why=_WHY_NOT_SHARED,
        fix=_SHARE_NOTHING,
    ),
    RuleRow(
        id="kubernetes-agents-no-host-namespaces",
        about=_sharing(DAEMON_SETS, DAEMON_SET),
        severity="medium",
        title="Pods of a DaemonSet do not share the node's network or processes",
        why=_WHY_NOT_SHARED,
        fix=_SHARE_NOTHING,
        opt_in=True,
    ),
)

RULES = pod_rules(__name__, ROWS)
