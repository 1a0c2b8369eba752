"""What pods must not have: one rule each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import (
    OF_ONE_WORKLOAD,
    WITH_PODS,
    containers,
    in_place,
    pod_specs,
    violations,
)
from apex_guardrails.model import UNKNOWN, Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.table import RuleRow, RuleTable

Look = Callable[[View], Iterator[Violation]]


@dataclass(frozen=True, kw_only=True)
class PodFact:
    """What a rule is about.

    Attributes:
        look: what is wrong with a pod, or with a container where `of_containers`.
        good: some that pass; the first is shown.
        bad: some that fail; the first is shown.
        unclear: some of which it cannot be told.
        on: the types.
    """

    look: Look
    good: tuple[dict[str, Any], ...]
    bad: tuple[dict[str, Any], ...]
    unclear: tuple[dict[str, Any], ...]
    of_containers: bool = False
    on: tuple[str, ...] = WITH_PODS


def _check(fact: PodFact) -> Check:
    def in_pod(pod: View) -> Iterator[Violation]:
        return violations(containers(pod), fact.look) if fact.of_containers else fact.look(pod)

    def check(resource: Resource) -> Iterator[Violation]:
        return violations(pod_specs(resource), in_pod)

    return check


_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_SHAPES: Final = (
    _DEPLOYMENT,
    "kubernetes:core/v1:Pod",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:core/v1:PodList",
)


def _cases_in(fact: PodFact, token: str) -> Iterator[Case]:
    def of(spec: Any) -> case.CaseResource:
        return case.CaseResource(token, in_place(token, spec))

    lists = ("containers", "initContainers") if fact.of_containers else ()
    for expected, specs in (
        (case.fails, fact.bad),
        (case.passes, fact.good),
        (case.undecided, fact.unclear),
    ):
        for spec in specs:
            for name in lists:
                yield expected(of({name: [spec]}))
            if not lists:
                yield expected(of(spec))
    yield case.undecided(of(UNKNOWN))
    for name in lists:
        yield case.undecided(of({name: UNKNOWN}))
    if lists:
        bad = fact.bad[0]
        yield case.fails(of({"containers": [UNKNOWN, bad]}))
        yield case.fails(of({"containers": [fact.unclear[0], bad]}))
        yield case.fails(of({"containers": UNKNOWN, "initContainers": [bad]}))
        yield case.passes(of({}))


def _cases(fact: PodFact) -> Iterator[Case]:
    for token in _SHAPES:
        yield from _cases_in(fact, token)
    bad = {"containers": [fact.bad[0]]} if fact.of_containers else fact.bad[0]
    item = in_place("kubernetes:core/v1:Pod", bad)
    pods = "kubernetes:core/v1:PodList"
    yield case.fails(case.resource(pods, items=[UNKNOWN, in_place(pods, {}), item]))
    yield case.passes(case.resource(pods))
    yield case.undecided(case.resource(pods, items=UNKNOWN))


def _own_cases(fact: PodFact) -> Iterator[Case]:
    return _cases_in(fact, _DEPLOYMENT)


def _security(**settings: Any) -> dict[str, Any]:
    return {"securityContext": settings}


def _in_containers(*specs: Any) -> tuple[dict[str, Any], ...]:
    """Pods with one container each, that is started as usual or before the others."""
    return tuple({name: [spec]} for spec in specs for name in ("containers", "initContainers"))


def _is_privileged(container: View) -> Iterator[Violation]:
    path = "securityContext.privileged"
    if container.get(path, omitted=False) is True:
        yield container.fail("is privileged", at=path)


_CAPABILITIES: Final = frozenset(
    {"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO"}
)
"""Those with which a process leaves its container (Linux, capabilities(7), 2026-11)."""


def _may_leave(container: View) -> Iterator[Violation]:
    for entry in container.each("securityContext.capabilities.add"):
        name = str(entry.get("")).upper().removeprefix("CAP_")
        if name in _CAPABILITIES:
            yield entry.fail(f"has the capability {name}")


_HOST_NAMESPACES: Final = ("hostNetwork", "hostPID", "hostIPC")


def _shares_host(pod: View) -> Iterator[Violation]:
    for path in _HOST_NAMESPACES:
        if pod.get(path, omitted=False) is True:
            yield pod.fail(f"uses {path}", at=path)


_HOST_ROOTS: Final = (
    *("/", "/etc", "/proc", "/root", "/run", "/run/containerd", "/var", "/var/lib/kubelet"),
    *("/var/run", "/var/run/docker.sock", "/run/docker.sock", "/var/lib/docker"),
    *("/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock", "/run/crio"),
)
"""Places by which whoever may write there is the node's administrator."""


def _is_node(path: str) -> bool:
    return (path.rstrip("/") or "/") in _HOST_ROOTS


def _mounts_node(pod: View) -> Iterator[Violation]:
    for volume in pod.each("volumes"):
        path = volume.get("hostPath.path", omitted="")
        if _is_node(str(path)) and path:
            yield volume.fail(f"mounts {path} of the node", at="hostPath.path")


def _mounts_host(pod: View) -> Iterator[Violation]:
    for volume in pod.each("volumes"):
        path = volume.get("hostPath.path", omitted="")
        if path and not _is_node(str(path)):
            yield volume.fail(f"mounts {path} of the node", at="hostPath.path")


def _runs_as_root(pod: View) -> Iterator[Violation]:
    path = "securityContext.runAsUser"

    def look(container: View) -> Iterator[Violation]:
        own = container.get(path)
        if own == 0:
            yield container.fail("runs as root", at=path)
        elif own is None and pod.get(path) == 0:
            yield pod.fail("runs as root", at=path)

    return violations(containers(pod), look)


def _may_run_as_root(pod: View) -> Iterator[Violation]:
    path = "securityContext.runAsNonRoot"

    def look(container: View) -> Iterator[Violation]:
        own = container.get(path)
        if (pod.get(path) if own is None else own) is not True:
            yield container.fail("may run as root", at=path)

    return violations(containers(pod), look)


def _may_escalate(container: View) -> Iterator[Violation]:
    path = "securityContext.allowPrivilegeEscalation"
    if container.get(path, omitted=True) is not False:
        yield container.fail("may gain more privileges than it was started with", at=path)


def _has_token(pod: View) -> Iterator[Violation]:
    path = "automountServiceAccountToken"
    if pod.get(path, omitted=True) is not False:
        yield pod.fail("gets a token for the cluster's API", at=path)


ROWS: Final = (
    RuleRow(
        id="kubernetes-no-privileged-containers",
        about=PodFact(
            look=_is_privileged,
            of_containers=True,
            good=(_security(privileged=False), _security()),
            bad=(_security(privileged=True),),
            unclear=(_security(privileged=UNKNOWN), {"securityContext": UNKNOWN}),
        ),
        severity="high",
        title="No container is privileged",
        why="A program in such a container is root on the node, and reaches all that runs there.",
        fix="Remove securityContext.privileged, and add the capability that the program needs.",
    ),
    RuleRow(
        id="kubernetes-no-host-capabilities",
        about=PodFact(
            look=_may_leave,
            of_containers=True,
            good=(
                _security(capabilities={"add": ["NET_BIND_SERVICE"]}),
                _security(capabilities={"drop": ["ALL"]}),
                _security(capabilities={"add": [""]}),
            ),
            bad=(
                _security(capabilities={"add": ["SYS_ADMIN"]}),
                _security(capabilities={"add": ["cap_sys_module"]}),
                *(_security(capabilities={"add": [name]}) for name in sorted(_CAPABILITIES)),
            ),
            unclear=(
                _security(capabilities={"add": UNKNOWN}),
                _security(capabilities={"add": [UNKNOWN]}),
            ),
        ),
        severity="high",
        title="No container has a capability that lets it leave",
        why="With one of these a program takes over the node, as it would with privileged: true.",
        fix="Remove it from securityContext.capabilities.add.",
    ),
    RuleRow(
        id="kubernetes-no-host-namespaces",
        about=PodFact(
            look=_shares_host,
            good=({"containers": []}, *({path: False} for path in _HOST_NAMESPACES)),
            bad=tuple({path: True} for path in _HOST_NAMESPACES),
            unclear=tuple({path: UNKNOWN} for path in _HOST_NAMESPACES),
            on=OF_ONE_WORKLOAD,
        ),
        severity="medium",
        title="Pods do not share the node's network or processes",
        why="They see the node's traffic and processes, and get the account of the node.",
        fix="Remove hostNetwork, hostPID and hostIPC.",
    ),
    RuleRow(
        id="kubernetes-no-node-mounts",
        about=PodFact(
            look=_mounts_node,
            good=(
                {"volumes": [{"name": "data", "emptyDir": {}}]},
                {"volumes": [{"hostPath": {"path": "/var/log"}}]},
                {"volumes": [{"hostPath": {"path": ""}}, {"hostPath": {}}]},
                {},
            ),
            bad=(
                {"volumes": [{"name": "docker", "hostPath": {"path": "/var/run/docker.sock"}}]},
                *({"volumes": [{"hostPath": {"path": f"{path}/"}}]} for path in _HOST_ROOTS),
            ),
            unclear=(
                {"volumes": UNKNOWN},
                {"volumes": [UNKNOWN]},
                {"volumes": [{"hostPath": {"path": UNKNOWN}}]},
            ),
        ),
        severity="high",
        title="Pods do not mount what rules the node",
        why="Whoever writes to the runtime's socket or to /etc is root on the node.",
        fix="Remove the volume; for files of the program's own use an emptyDir or a claim.",
    ),
    RuleRow(
        id="kubernetes-no-host-paths",
        about=PodFact(
            look=_mounts_host,
            good=(
                {"volumes": [{"name": "data", "emptyDir": {}}]},
                # Another rule says so.
                {"volumes": [{"hostPath": {"path": "/etc"}}]},
                {"volumes": [{"hostPath": {"path": ""}}, {"hostPath": {}}]},
                {},
            ),
            bad=({"volumes": [{"name": "data", "hostPath": {"path": "/mnt/data"}}]},),
            unclear=(
                {"volumes": UNKNOWN},
                {"volumes": [UNKNOWN]},
                {"volumes": [{"hostPath": {"path": UNKNOWN}}]},
            ),
            on=OF_ONE_WORKLOAD,
        ),
        severity="low",
        title="Pods keep their files in volumes, not on the node",
        why="Such files are gone when the pod moves, and other pods on the node may read them.",
        fix="Use a persistentVolumeClaim, or an emptyDir for what may be lost.",
    ),
    RuleRow(
        id="kubernetes-no-root",
        about=PodFact(
            look=_runs_as_root,
            good=(
                *_in_containers(_security(runAsUser=1000), {}),
                {"securityContext": {"runAsUser": 1000}, "containers": [{}]},
                {"securityContext": {"runAsUser": 0}, "containers": [_security(runAsUser=1000)]},
                {"securityContext": {"runAsUser": 0}},
            ),
            bad=(
                *_in_containers(_security(runAsUser=0)),
                {"securityContext": {"runAsUser": 0}, "containers": [{}]},
            ),
            unclear=(
                {"containers": UNKNOWN},
                {"initContainers": UNKNOWN},
                *_in_containers(_security(runAsUser=UNKNOWN)),
                {"securityContext": {"runAsUser": UNKNOWN}, "containers": [{}]},
            ),
        ),
        severity="medium",
        title="No container is told to run as root",
        why="What breaks out of a container is then root on the node.",
        fix="Set securityContext.runAsUser to another user, or leave it to the image.",
    ),
    RuleRow(
        id="kubernetes-run-as-non-root",
        about=PodFact(
            look=_may_run_as_root,
            good=(
                *_in_containers(_security(runAsNonRoot=True)),
                {"securityContext": {}},
                {"securityContext": {"runAsNonRoot": True}, "containers": [{}]},
            ),
            bad=(
                *_in_containers({"name": "app"}),
                {
                    "securityContext": {"runAsNonRoot": True},
                    "containers": [_security(runAsNonRoot=False)],
                },
                {"securityContext": {"runAsNonRoot": False}, "containers": [{}]},
            ),
            unclear=(
                {"containers": UNKNOWN},
                {"initContainers": UNKNOWN},
                *_in_containers(_security(runAsNonRoot=UNKNOWN)),
                {"securityContext": {"runAsNonRoot": UNKNOWN}, "containers": [{}]},
            ),
        ),
        severity="low",
        title="Containers may not run as root",
        why="An image that runs as root is started as such, unless the pod forbids it.",
        fix="Set securityContext.runAsNonRoot: true.",
        opt_in=True,
    ),
    RuleRow(
        id="kubernetes-no-privilege-escalation",
        about=PodFact(
            look=_may_escalate,
            of_containers=True,
            good=(_security(allowPrivilegeEscalation=False),),
            bad=({"name": "app"}, _security(allowPrivilegeEscalation=True)),
            unclear=(_security(allowPrivilegeEscalation=UNKNOWN),),
        ),
        severity="low",
        title="Containers gain no more privileges than they were started with",
        why="A program with the setuid bit makes its caller root in the container.",
        fix="Set securityContext.allowPrivilegeEscalation: false.",
        opt_in=True,
    ),
    RuleRow(
        id="kubernetes-no-api-token",
        about=PodFact(
            look=_has_token,
            good=({"automountServiceAccountToken": False},),
            bad=({"containers": []}, {"automountServiceAccountToken": True}),
            unclear=({"automountServiceAccountToken": UNKNOWN},),
        ),
        severity="low",
        title="Pods get no token for the cluster's API",
        why="Few programs call the API, and whoever takes over another one can.",
        fix="Set automountServiceAccountToken: false.",
        opt_in=True,
    ),
)

RULES = RuleTable[PodFact](
    on=lambda fact: fact.on,
    check=_check,
    cases=_cases,
    own_cases=_own_cases,
).rules(__name__, ROWS)
