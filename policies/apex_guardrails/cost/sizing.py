"""The inputs that decide what a resource costs, in words: so that a change of it has a reason.

They are read for every type alike; an input that a type does not have is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.document import format_plain
from apex_guardrails.gcp.types import (
    COMPUTE_AUTOSCALER,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_AUTOSCALER,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import UNKNOWN, Resource
from apex_guardrails.model.value import Value, parse_path

Sizing = Mapping[str, str]
"""By words such as `machine type`: the value, as text."""

_NODE: Final = {
    "machineType": "machine type",
    "diskSizeGb": "disk size",
    "diskType": "disk type",
    "spot": "spot",
    "preemptible": "preemptible",
    "localSsdCount": "local SSDs",
    "ephemeralStorageLocalSsdConfig.localSsdCount": "local SSDs for pods",
    "localNvmeSsdBlockConfig.localSsdCount": "local NVMe SSDs",
    "bootDisk.sizeGb": "boot disk size",
    "bootDisk.diskType": "boot disk type",
}

_LIMITS: Final = "resources.limits"

_INPUTS: Final = {
    "region": "region",
    "zone": "zone",
    "location": "location",
    "machineType": "machine type",
    "desiredStatus": "status",
    "scheduling.provisioningModel": "provisioning model",
    "scheduling.preemptible": "preemptible",
    "bootDisk.initializeParams.size": "boot disk size",
    "bootDisk.initializeParams.type": "boot disk type",
    "scratchDisks[]": "local SSDs",
    "targetSize": "machines",
    "size": "size",
    "type": "type",
    "provisionedIops": "provisioned IOPS",
    "replicaZones[]": "zones",
    "nodeLocations[]": "zones of nodes",
    "nodeCount": "nodes in each zone",
    "initialNodeCount": "nodes at first in each zone",
    "autoscaling.minNodeCount": "fewest nodes in each zone",
    "autoscaling.maxNodeCount": "most nodes in each zone",
    **{f"nodeConfig.{path}": word for path, word in _NODE.items()},
    "enableAutopilot": "Autopilot",
    "tier": "tier",
    "memorySizeGb": "memory",
    "replicaCount": "replicas",
    "readReplicasMode": "read replicas",
    "shardCount": "shards",
    "nodeType": "node type",
    "settings.tier": "tier",
    "settings.edition": "edition",
    "settings.availabilityType": "availability",
    "settings.diskSize": "disk size",
    "settings.diskType": "disk type",
    "settings.activationPolicy": "activation policy",
    "settings.backupConfiguration.enabled": "backups",
    "minInstances": "fewest instances",
    "maxInstances": "most instances",
    "template.scaling.minInstanceCount": "fewest instances",
    "template.scaling.maxInstanceCount": "most instances",
    "scaling.manualInstanceCount": "instances",
    "scaling.minInstanceCount": "fewest instances of the service",
    f"template.containers[0].{_LIMITS}.cpu": "CPU",
    f"template.containers[0].{_LIMITS}.memory": "memory",
    "template.containers[0].resources.cpuIdle": "CPU idle",
    f"template.template.containers[0].{_LIMITS}.cpu": "CPU",
    f"template.template.containers[0].{_LIMITS}.memory": "memory",
    "serviceConfig.availableMemory": "memory",
    "serviceConfig.availableCpu": "CPU",
    "serviceConfig.minInstanceCount": "fewest instances",
    "availableMemoryMb": "memory",
    "storageClass": "storage class",
    "addressType": "address type",
    "loadBalancingScheme": "load balancing scheme",
    "versionTemplate.protectionLevel": "protection level",
    "rotationPeriod": "rotation period",
    "numNodes": "nodes",
    "processingUnits": "processing units",
    "machineConfig.cpuCount": "CPUs",
    "autoscalingPolicy.minReplicas": "fewest machines",
    "autoscalingPolicy.maxReplicas": "most machines",
}
"""By path: in words what it decides. `[]` counts the elements."""

_OF_A_TEMPLATE: Final = {
    "machineType": "machine type",
    "scheduling.provisioningModel": "provisioning model",
    "scheduling.preemptible": "preemptible",
    "disks[]": "disks",
    "disks[0].diskSizeGb": "disk size",
    "disks[0].diskType": "disk type",
}

_TEMPLATES: Final = (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)
_AUTOSCALERS: Final = (COMPUTE_AUTOSCALER, COMPUTE_REGION_AUTOSCALER)
_LONGEST: Final = 100
"""Characters; a longer text is no size."""

_UNKNOWN: Final = "not known before deployment"
_NOT_SHOWN: Final = "not shown"
"""In place of a secret, and of a text that is no size."""


def find_sizing(resource: Resource, users: Callable[[Resource], list[Resource]]) -> Sizing:
    """What of a resource's inputs decides its cost; of a secret, that there is one.

    Args:
        resource: the resource.
        users: tells the resources with an input that is made from a resource's output.
    """
    found = dict(_read(resource, _INPUTS))
    if resource.is_set("versions") and resource.property_dependencies is not None:
        templates = {item.urn: item for item in resource.referred("versions", *_TEMPLATES)}
        for template in templates.values():
            of_which = f" of {template.name}" if len(templates) > 1 else ""
            for word, text in _read(template, _OF_A_TEMPLATE):
                found[f"{word}{of_which}"] = text
        for user in users(resource):
            if user.type.token in _AUTOSCALERS:
                found |= dict(_read(user, _INPUTS))
    return found


def _read(resource: Resource, inputs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    given = resource.mapping("")
    for path, word in inputs.items():
        where = path.removesuffix("[]")
        # Most inputs of the table are another type's.
        if parse_path(where)[0] not in given:
            continue
        value = resource.peek(where)
        if value is UNKNOWN:
            yield word, _UNKNOWN
        elif value is not None and resource.is_secret(where):
            yield word, _NOT_SHOWN
        elif where != path:
            yield word, str(sum(1 for _ in resource.elements(where)))
        elif (text := _text(value)) is not None:
            yield word, text


def _text(value: Value) -> str | None:
    """A number, a truth, or a short text; of a URL its last part."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_number = isinstance(value, int | float)
    text = format_plain(Decimal(str(value))) if is_number else str(value)
    if not text or not (is_number or isinstance(value, str)):
        return None
    if len(text) > _LONGEST or not text.isprintable():
        return _NOT_SHOWN
    return text.rstrip("/").rpartition("/")[2]
