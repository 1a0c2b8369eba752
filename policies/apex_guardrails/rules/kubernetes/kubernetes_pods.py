"""What pods must not have: one rule each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.cluster_objects import containers, together
from apex_guardrails.model import UNKNOWN, Stack, Violation
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.pod_facts import PodFact, in_containers, pod_rules, security
from apex_guardrails.rules.families.table import RuleRow

_PRIVILEGED: Final = "securityContext.privileged"
_HOST_PROCESS: Final = "securityContext.windowsOptions.hostProcess"


def _is_privileged(pod: View) -> Iterator[Violation]:
    def look(container: View) -> Iterator[Violation]:
        if container.get(_PRIVILEGED, omitted=False) is True:
            yield container.fail("is privileged", at=_PRIVILEGED)

    return together(
        Stack.each(containers(pod), look),
        _is_host_process(pod),
        Stack.each(containers(pod), _is_host_process),
    )


def _is_host_process(view: View) -> Iterator[Violation]:
    if view.get(_HOST_PROCESS, omitted=False) is True:
        yield view.fail("runs as a process of the Windows node", at=_HOST_PROCESS)


_CAPABILITIES: Final = frozenset(
    {"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO"}
)
"""Those with which a process leaves its container (Linux, capabilities(7), 2026-11)."""


def _may_leave(container: View) -> Iterator[Violation]:
    for entry in container.each("securityContext.capabilities.add"):
        name = str(entry.get("")).upper().removeprefix("CAP_")
        if name in _CAPABILITIES:
            yield entry.fail(f"has the capability {name}")


def _runs_as_root(pod: View) -> Iterator[Violation]:
    path = "securityContext.runAsUser"

    def look(container: View) -> Iterator[Violation]:
        own = container.get(path)
        if own == 0:
            yield container.fail("runs as root", at=path)
        elif own is None and pod.get(path) == 0:
            yield pod.fail("runs as root", at=path)

    return Stack.each(containers(pod), look)


def _may_run_as_root(pod: View) -> Iterator[Violation]:
    path = "securityContext.runAsNonRoot"

    def look(container: View) -> Iterator[Violation]:
        own = container.get(path)
        if (pod.get(path) if own is None else own) is not True:
            yield container.fail("may run as root", at=path)

    return Stack.each(containers(pod), look)


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
            good=(
                *in_containers(security(privileged=False), {}),
                security(windowsOptions={"hostProcess": False}),
                {},
            ),
            bad=(
                *in_containers(security(privileged=True)),
                *in_containers(security(windowsOptions={"hostProcess": True})),
                security(windowsOptions={"hostProcess": True}),
                {"containers": [security(privileged=UNKNOWN), security(privileged=True)]},
                {**security(windowsOptions={"hostProcess": True}), "containers": UNKNOWN},
            ),
            unclear=(
                *in_containers(security(privileged=UNKNOWN), {"securityContext": UNKNOWN}),
                *in_containers(security(windowsOptions={"hostProcess": UNKNOWN})),
                security(windowsOptions=UNKNOWN),
                {"containers": UNKNOWN},
            ),
        ),
        severity="high",
        title="No container is privileged",
        why="A program in such a container is root on the node, and reaches all that runs there.",
        fix="Remove securityContext.privileged, or windowsOptions.hostProcess, and add the "
        "capability that the program needs.",
    ),
    RuleRow(
        id="kubernetes-no-host-capabilities",
        about=PodFact(
            look=_may_leave,
            of_containers=True,
            good=(
                security(capabilities={"add": ["NET_BIND_SERVICE"]}),
                security(capabilities={"drop": ["ALL"]}),
                security(capabilities={"add": [""]}),
            ),
            bad=(
                security(capabilities={"add": ["SYS_ADMIN"]}),
                security(capabilities={"add": ["cap_sys_module"]}),
                *(security(capabilities={"add": [name]}) for name in sorted(_CAPABILITIES)),
            ),
            unclear=(
                security(capabilities={"add": UNKNOWN}),
                security(capabilities={"add": [UNKNOWN]}),
            ),
        ),
        severity="high",
        title="No container has a capability that lets it leave",
        why="With one of these a program takes over the node, as it would with privileged: true.",
        fix="Remove it from securityContext.capabilities.add.",
    ),
    RuleRow(
        id="kubernetes-no-root",
        about=PodFact(
            look=_runs_as_root,
            good=(
                *in_containers(security(runAsUser=1000), {}),
                {"securityContext": {"runAsUser": 1000}, "containers": [{}]},
                {"securityContext": {"runAsUser": 0}, "containers": [security(runAsUser=1000)]},
                {"securityContext": {"runAsUser": 0}},
            ),
            bad=(
                *in_containers(security(runAsUser=0)),
                {"securityContext": {"runAsUser": 0}, "containers": [{}]},
            ),
            unclear=(
                {"containers": UNKNOWN},
                {"initContainers": UNKNOWN},
                *in_containers(security(runAsUser=UNKNOWN)),
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
                *in_containers(security(runAsNonRoot=True)),
                {"securityContext": {}},
                {"securityContext": {"runAsNonRoot": True}, "containers": [{}]},
            ),
            bad=(
                *in_containers({"name": "app"}),
                {
                    "securityContext": {"runAsNonRoot": True},
                    "containers": [security(runAsNonRoot=False)],
                },
                {"securityContext": {"runAsNonRoot": False}, "containers": [{}]},
            ),
            unclear=(
                {"containers": UNKNOWN},
                {"initContainers": UNKNOWN},
                *in_containers(security(runAsNonRoot=UNKNOWN)),
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
            good=(security(allowPrivilegeEscalation=False),),
            bad=({"name": "app"}, security(allowPrivilegeEscalation=True)),
            unclear=(security(allowPrivilegeEscalation=UNKNOWN),),
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

RULES = pod_rules(__name__, ROWS)
