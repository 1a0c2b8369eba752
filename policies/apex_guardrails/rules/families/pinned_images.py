"""Images of containers that are told by a tag of their own, or by a digest: one rule a service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from pydantic import Field

from apex_guardrails.gcp.cluster_objects import WITH_PODS, containers, in_place, pod_specs
from apex_guardrails.gcp.images import image_at, unpinned
from apex_guardrails.gcp.run import WORKLOADS, containers_path, make_example
from apex_guardrails.model import UNKNOWN, Looser, Parameters, Resource, Violation, case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Check
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.table import RuleRow, RuleTable


class Pinned(Parameters):
    """How exactly an image must be told."""

    digest: Annotated[bool, Looser.LESS] = Field(
        False,  # noqa: FBT003 the field's default
        description="Whether it takes a digest, as a tag can be moved.",
    )


@dataclass(frozen=True, kw_only=True)
class Images:
    """What a rule is about.

    Attributes:
        on: the types.
        views: what has an image each, at `image`.
        made: makers of a case's resource with some containers, one for each place.
    """

    on: tuple[str, ...]
    views: Callable[[Resource], Iterator[View]]
    made: tuple[Callable[[Any], CaseResource], ...]


def _check(images: Images) -> Check:
    def check(resource: Resource, settings: Pinned) -> Iterator[Violation]:
        def look(container: View) -> Iterator[Violation]:
            image = image_at(container, "image")
            why = unpinned(image, container.at("image"), digest=settings.digest) if image else ""
            if why:
                yield container.fail(f"has an image that {why}", at="image")

        return resource.stack.each(images.views(resource), look)

    return check


_REPOSITORY: Final = "europe-docker.pkg.dev/p/shop/api"
_DIGEST: Final = f"{_REPOSITORY}@sha256:{'0a' * 32}"


def _cases(images: Images) -> Iterator[Case]:
    for make in images.made:

        def of(image: Any, make: Callable[[Any], CaseResource] = make) -> CaseResource:
            return make([{"image": image}])

        for image in (f"{_REPOSITORY}:latest", _REPOSITORY, "localhost:5000/api"):
            yield case.fails(of(image))
        for image in (f"{_REPOSITORY}:1.4.2", _DIGEST, f"{_REPOSITORY}:latest@sha256:0a", ""):
            yield case.passes(of(image))
        for image in (f"{_REPOSITORY}:1.4.2", _REPOSITORY):
            yield case.fails(of(image), _parameters={"digest": True})
        yield case.passes(of(_DIGEST), _parameters={"digest": True})
        yield case.undecided(of(UNKNOWN))
        yield case.undecided(of(case.concat(_REPOSITORY, ":", UNKNOWN)))
        yield case.undecided(of(case.concat("europe-docker.pkg.dev/p/", UNKNOWN)))
        yield case.fails(of(case.concat(UNKNOWN, "/api")))
        yield case.fails(of(case.concat(UNKNOWN, "/api:latest")))
        yield case.passes(of(case.concat(UNKNOWN, "/api:1.4.2")))
        yield case.passes(of(case.concat(_REPOSITORY, "@", UNKNOWN)))
        bad = {"image": _REPOSITORY}
        for some in ([{}, bad], [{"image": UNKNOWN}, bad], [UNKNOWN, bad]):
            yield case.fails(make(some))
        yield case.passes(CaseResource(make([]).token, {}))
        yield case.undecided(make(UNKNOWN))


def _in_run(token: str, some: Any) -> CaseResource:
    return CaseResource(
        token, {"template": UNKNOWN if some is UNKNOWN else make_example(token, *some)}
    )


_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"


def _in_pod(name: str, some: Any) -> CaseResource:
    return CaseResource(_DEPLOYMENT, in_place(_DEPLOYMENT, {name: some}))


def _pod_containers(resource: Resource) -> Iterator[View]:
    for pod in pod_specs(resource):
        yield from containers(pod)


ROWS: Final = (
    RuleRow(
        id="run-image-pinned",
        about=Images(
            on=WORKLOADS,
            views=lambda workload: workload.each(containers_path(workload)),
            made=tuple(partial(_in_run, token) for token in WORKLOADS),
        ),
        severity="low",
        title="Cloud Run runs images that are told exactly",
        why="What latest is changes between two deployments of the same program.",
        fix="Name the image by a tag of its release, or by its digest.",
        opt_in=True,
    ),
    RuleRow(
        id="kubernetes-image-pinned",
        about=Images(
            on=WITH_PODS,
            views=_pod_containers,
            made=tuple(partial(_in_pod, name) for name in ("containers", "initContainers")),
        ),
        severity="low",
        title="Pods run images that are told exactly",
        why="What latest is changes between two pods of the same deployment.",
        fix="Name the image by a tag of its release, or by its digest.",
        opt_in=True,
    ),
)

RULES = RuleTable[Images](
    on=lambda images: images.on,
    check=_check,
    cases=_cases,
    parameters=Pinned,
).rules(__name__, ROWS)
