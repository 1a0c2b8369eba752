"""Places of a node that a pod must not mount: in kinds, and however a path is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.node_places import place, rules_node, rules_node_read_only, shows_keys

SEGMENTS = st.lists(st.sampled_from(["etc", "var", "run", "lib", "kubelet", "x"]), max_size=4)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("//etc", "/etc"),
        ("/./etc", "/etc"),
        ("/var/../etc/", "/etc"),
        ("etc", "/etc"),
        ("/../..", "/"),
        ("//var/run//docker.sock", "/run/docker.sock"),
        ("/var/run", "/run"),
        ("/var/runner", "/var/runner"),
        ("/mnt/var/run", "/mnt/var/run"),
        ("/proc/1/root", "/"),
        ("/proc/self/root/etc", "/etc"),
        ("/proc/1/root/proc/2/root/var/run", "/run"),
        ("/proc/1/rootless", "/proc/1/rootless"),
        ("/mnt/proc/1/root", "/mnt/proc/1/root"),
    ],
)
def test_a_place_is_the_same_however_it_is_written(written: str, meant: str) -> None:
    assert place(written) == meant


@given(SEGMENTS, st.lists(st.sampled_from(["/", "/./", "//", "/x/../"]), min_size=5, max_size=5))
def test_dots_and_doubled_slashes_change_nothing(steps: list[str], between: list[str]) -> None:
    plain = "/" + "/".join(steps)
    written = between[0] + "".join(
        step + gap for step, gap in zip(steps, between[1:], strict=False)
    )

    assert place(written) == place(plain)


@given(SEGMENTS)
def test_above_what_rules_a_node_is_what_rules_it(steps: list[str]) -> None:
    path = place("/".join(steps))
    above = place(path + "/..")

    assert not rules_node(path) or rules_node(above)
    assert not shows_keys(path) or (shows_keys(above) and rules_node(path))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/etc",
            "/etc/kubernetes",
            "/etc/kubernetes/manifests",
            "/etc/shadow",
            "/usr",
            "/lib",
        ),
        *("/run/crio/crio.sock", "/run/containerd", "/var/lib", "/var/lib/containerd", "/var"),
        *("/var/lib/kubelet/pods", "/var/lib/kubelet/pki", "/proc", "/proc/sys/kernel", "/dev"),
        *("/sys", "/sys/fs", "/home/kubernetes", "/home/kubernetes/bin", "/usr/local/bin/tool"),
    ],
)
def test_what_rules_a_node(path: str) -> None:
    assert rules_node(path)


@pytest.mark.parametrize(
    "path",
    [
        *("/var/log", "/var/log/pods", "/etc/localtime", "/etc/ssl/certs", "/lib/modules", "/mnt"),
        *("/dev/fuse", "/run/netns", "/sys/fs/bpf", "/home/kubernetes/bin/nvidia", "/etcetera"),
        *("/var/lib/kubelet/device-plugins", "/var/lib/kubelet/plugins/a/csi.sock", "/data"),
    ],
)
def test_what_does_not(path: str) -> None:
    assert not rules_node(path)
    assert not shows_keys(path)


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        *(
            (path, True)
            for path in ("/run", "/run/docker.sock", "/run/containerd/x", "/run/systemd")
        ),
        *((path, False) for path in ("/", "/var", "/etc", "/run/log", "/running", "/proc")),
    ],
)
def test_sockets_rule_it_even_read_only(path: str, *, is_so: bool) -> None:
    assert rules_node_read_only(path) is is_so


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        *((path, True) for path in ("/", "/var", "/etc", "/root/.ssh", "/var/lib/kubelet/pods")),
        *((path, False) for path in ("/proc", "/sys", "/usr/bin", "/dev", "/run", "/etc/cron.d")),
    ],
)
def test_what_shows_credentials(path: str, *, is_so: bool) -> None:
    assert shows_keys(path) is is_so
