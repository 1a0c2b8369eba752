"""What is taken for a database: what says that it is one, and the ports of databases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.engines import DATABASE, OF_OTHERS, Engine
from apex_guardrails.gcp.machines import SCRIPTS
from apex_guardrails.gcp.networks import ports_of
from apex_guardrails.gcp.run import SERVICES, containers_path
from apex_guardrails.gcp.types import (
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, filled
from apex_guardrails.model.view import View
from apex_guardrails.network.addresses import MANAGED
from apex_guardrails.network.forwarding import Ports
from apex_guardrails.network.hosts import GROUPS, TEMPLATES
from apex_guardrails.network.references import read_list, read_text, read_texts
from apex_guardrails.network.words import (
    engine_of,
    engine_of_image,
    engine_of_script,
    engines_at,
    engines_published,
    is_only_engine,
)

_LABELS: Final = frozenset(
    {
        *(
            "app",
            "application",
            "component",
            "database",
            "db",
            "engine",
            "function",
            "kind",
            "layer",
        ),
        *("name", "purpose", "role", "service", "software", "tier", "type", "workload"),
    }
)
"""The labels that say what something is."""

_OF_SERVICES: Final = _LABELS - {"database", "db"}
"""Those of a service on Cloud Run: which database it uses is said of what has none of its own."""

_LABELED: Final = {
    CLOUDRUN_SERVICE: ("metadata.labels", "template.metadata.labels"),
    CLOUDRUNV2_SERVICE: ("labels", "template.labels"),
}

_NARROW: Final = 100
"""Ports; a range of more is not opened for one service."""

_ATTACHMENTS: Final = re.compile(
    r"/serviceAttachments/(?:a-[0-9a-f]+-psc-service-attachment-[0-9a-f]+|gcp-memorystore-auto-)"
)
"""How Cloud SQL and Memorystore call what they publish (documentation of both, "Private Service
Connect", 2026-11)."""


@dataclass(frozen=True)
class Saying:
    """What says that something is a database.

    Attributes:
        words: for people, such as `the tag db says so`.
        is_all: whether it is what the whole is for, and not one thing of several on a machine.
        is_sure: whether it is one, whatever the port.
        ports: those at which it is one, where they are told.
    """

    engine: Engine
    words: str
    is_all: bool = True
    is_sure: bool = False
    ports: range | None = None


@dataclass(frozen=True)
class Reason:
    """Why what is reached at some ports is taken for a database."""

    words: str
    is_known: bool = True


def find_sayings(described: Sequence[Resource]) -> Iterator[Saying]:
    """What a machine, a group of machines or an endpoint says of itself, the clearest first."""
    first = described[0]
    if first.type.token in MANAGED:
        kind = first.type.token.partition(":")[2].partition("/")[0]
        yield Saying(DATABASE, f"it is a managed database ({kind})", is_sure=True)
    attachment = (
        read_text(first, "pscTargetService")
        if first.type.token == COMPUTE_REGION_NETWORK_ENDPOINT_GROUP
        else ""
    )
    if _ATTACHMENTS.search(attachment):
        yield Saying(DATABASE, "the service attachment is a managed database's", is_sure=True)
    for resource in described:
        if resource.type.token in SERVICES:
            yield from _service(resource)
        elif resource.type.token in (
            *TEMPLATES,
            COMPUTE_INSTANCE,
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
        ):
            yield from _images(resource)
            yield from _words(resource)
        elif resource.type.token in GROUPS:
            yield from _named(resource.name, "its name")
            yield from _named(read_text(resource, "baseInstanceName"), "its machines' name")
            yield from _labels(resource.at("allInstancesConfig"))
        else:
            yield from _named(resource.name, "its name")


def _words(machine: Resource) -> Iterator[Saying]:
    yield from _named(machine.name, "its name")
    yield from _named(read_text(machine, "name"), "its name")
    for tag in read_texts(machine, "tags")[0]:
        yield from _named(tag, f"the tag {tag}")
    yield from _labels(machine)
    for path in ("metadataStartupScript", *(f'metadata["{key}"]' for key in SCRIPTS)):
        engine = engine_of_script(read_text(machine, path))
        if engine:
            yield Saying(engine, f"its start script names {engine.name}", is_all=False)
        for ports, published in engines_published(_script(machine, path)):
            words = f"its start script has {published.name} answer at {_shown((ports,))}"
            yield Saying(published, words, is_all=False, ports=ports)


def _script(machine: Resource, path: str) -> str:
    """A script as far as it is known: the host that a relay goes to is an output of another's."""
    if machine.peek(path) is not UNKNOWN:
        return read_text(machine, path)
    return filled(machine.parts_at(path) or (), "unknown")


def _named(name: str, what: str) -> Iterator[Saying]:
    engine = engine_of(name)
    if engine:
        yield Saying(engine, f"{what} says {engine.name}")


def _labels(view: View) -> Iterator[Saying]:
    labels = view.peek("labels")
    for key in sorted(_LABELS.intersection(labels)) if isinstance(labels, Mapping) else ():
        yield from _named(read_text(view, f'labels["{key}"]'), f"the label {key}")


def _images(machine: Resource) -> Iterator[Saying]:
    if machine.type.token in TEMPLATES:
        images = [read_text(disk, "sourceImage") for disk in read_list(machine, "disks")[0]]
    elif machine.type.token == COMPUTE_INSTANCE_FROM_MACHINE_IMAGE:
        images = [read_text(machine, "sourceMachineImage")]
    else:
        images = [read_text(machine, "bootDisk.initializeParams.image")]
    for image in images:
        engine = engine_of_image(image)
        if engine:
            yield Saying(engine, f"its image says {engine.name}")
    declared = engine_of_script(read_text(machine, 'metadata["gce-container-declaration"]'))
    if declared:
        yield Saying(declared, f"its container is {declared.name}")


def _service(service: Resource) -> Iterator[Saying]:
    """Of a service on Cloud Run the container that takes the requests counts, and its labels."""
    known, _ = read_list(service, containers_path(service))
    takes = [view for view in known if view.peek("ports")] or known[:1]
    for view in takes:
        image = read_text(view, "image")
        engine = engine_of_image(image)
        if engine:
            yield Saying(engine, f"its image says {engine.name}")
        for port, of_port in engines_at(tuple(_of(view))):
            yield Saying(of_port, f"its container listens on {port}, {of_port.name}'s port")
        named = engine_of(service.name)
        # An image that is known says more than a name: a service named after its database is none.
        is_told = not image or (named is not None and named.is_web and is_only_engine(service.name))
        if is_told and named and named is not DATABASE:
            yield Saying(named, f"its name says {named.name}")
    yield from _service_labels(service)


def _service_labels(service: Resource) -> Iterator[Saying]:
    for path in _LABELED[service.type.token]:
        labels = service.peek(path)
        for key in sorted(_OF_SERVICES.intersection(labels)) if isinstance(labels, Mapping) else ():
            value = read_text(service, f'{path}["{key}"]')
            engine = engine_of(value)
            # Called `orders-db` it may be what works with one.
            if engine and (engine is not DATABASE or is_only_engine(value)):
                yield Saying(engine, f"the label {key} says {engine.name}")


def _of(container: View) -> Iterator[range]:
    ports = container.peek("ports")
    views = read_list(container, "ports")[0] if not isinstance(ports, Mapping) else []
    numbers = [view.peek("containerPort") for view in views]
    if isinstance(ports, Mapping):
        numbers.append(container.peek("ports.containerPort"))
    yield from filter(None, map(ports_of, numbers))


def find_reason(ports: Ports, said: Sequence[Saying], *, is_http: bool = False) -> Reason | None:
    """Why what is reached at some ports is a database; `None` where it is not taken for one.

    The port decides. What the thing says of itself counts where the port says nothing: it is not
    known, it is one of all, or one that no other software is known by.
    """
    sure = next((item for item in said if item.is_sure), None)
    if sure is not None and not is_http:
        return Reason(sure.words)
    if ports is None:
        whole = next((item for item in said if item.is_all), None)
        return Reason(f"{whole.words}; the port is not known", is_known=False) if whole else None
    told = _told(ports, said, is_http=is_http)
    if told is not None:
        return told
    narrow = tuple(part for part in ports if len(part) <= _NARROW)
    for port, engine in engines_at(narrow):
        if engine.is_web or not is_http:
            also = next((f", and {item.words}" for item in said), "")
            return Reason(f"port {port} is {engine.name}'s{also}")
    for item in said:
        if is_http and not item.engine.is_web:
            continue
        if any(len(part) > _NARROW and _has(part, item.engine) for part in ports):
            return Reason(f"its ports are among {_shown(ports)}, and {item.words}")
        if item.is_all and any(port not in OF_OTHERS for part in narrow for port in part):
            return Reason(f"{item.words}, and port {_shown(narrow)} is no other service's")
    return None


def _told(ports: Iterable[range], said: Sequence[Saying], *, is_http: bool) -> Reason | None:
    """Why it is one where it says itself at which ports it is."""
    for item in said:
        if item.ports is None or (is_http and not item.engine.is_web):
            continue
        for part in ports:
            if both := intersect(part, item.ports):
                return Reason(f"{item.words}, and port {both.start} is open")
    return None


def intersect(one: range, other: range) -> range:
    """The ports that two ranges have in common."""
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _has(part: range, engine: Engine) -> bool:
    return not engine.ports or any(port in part for port in engine.ports)


def _shown(ports: Sequence[range]) -> str:
    return ", ".join(
        str(part.start) if len(part) == 1 else f"{part.start}-{part.stop - 1}" for part in ports
    )
