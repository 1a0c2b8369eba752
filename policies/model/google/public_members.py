"""Grants to everybody: one check, and its cases, for the rules of every service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from policies.model import case
from policies.model.case import Case
from policies.model.complaint import Complaint
from policies.model.google.everybody import PUBLIC
from policies.model.google.exposure import EXPOSURES, Exposure
from policies.model.google.grant_cases import grant_cases, partly_known_cases
from policies.model.google.iam import grants
from policies.model.policy import Rule, rule
from policies.model.resource import Resource
from policies.model.value import UNKNOWN


def public_members(grant: Resource, public: Sequence[str] = PUBLIC) -> Iterator[Complaint]:
    """The members of a grant that are everybody.

    Raises:
        UndecidedError: after all that is known: a member is not.
    """
    for given in grants(grant):
        if given.given_member is UNKNOWN and _is_made_by_google(grant, given.path):
            continue
        if given.everybody in public:
            yield grant.fail(f"grants {given.shown_role} to {given.everybody}", at=given.path)


def _is_made_by_google(grant: Resource, path: str) -> bool:
    """Whether an input comes from a resource's output: a sink's writer, a pool's subject, an agent.

    Everybody is a constant, which no output of Google Cloud holds.

    Raises:
        DependenciesUnknownError: the source does not know yet.
    """
    return any(source.type.package == "gcp" for source in grant.sources(path))


def public_member_cases(
    types: Sequence[str], public: Sequence[str] = PUBLIC, good: Sequence[str] = ()
) -> Iterator[Case]:
    """The cases of a rule that forbids public members on these types: members, bindings, …."""
    role = "roles/run.invoker"
    yield from grant_cases(
        types,
        good=[(role, member) for member in ("user:allUsers@example.org", *good)],
        bad=[(role, member) for member in public] + [(role, f" {public[0].upper()} ")],
        needs=["member"],
    )
    given = case.resource(types[0], role=role, member=case.output_of("source"))
    yield case.passes(given, case.resource("gcp:logging/projectSink:ProjectSink", "source"))
    several = case.resource(types[1], role=role, members=[case.output_of("source"), public[0]])
    yield case.fails(several, case.resource("gcp:logging/projectSink:ProjectSink", "source"))
    yield case.undecided(given, case.resource("random:index/randomPet:RandomPet", "source"))
    yield from partly_known_cases(
        types[0],
        passes=[("serviceAccount:", UNKNOWN), ("principalSet://iam.googleapis.com/", UNKNOWN)],
        undecided=[(" all", UNKNOWN), ("principalSet://", UNKNOWN), (UNKNOWN, "@example.org")],
    )


def public_rules(module: str) -> list[Rule]:
    """The rules of a service's module about grants to everybody, from the table of exposures."""
    service = module.split(".")[-2]
    return [_rule(module, name, exposure) for name, exposure in _of_services()[service]]


@lru_cache(maxsize=1)
def _of_services() -> Mapping[str, Sequence[tuple[str, Exposure]]]:
    """The rows without a rule file of their own, by service: the first word of a rule's name."""
    found: defaultdict[str, list[tuple[str, Exposure]]] = defaultdict(list)
    for name, exposure in EXPOSURES.items():
        if exposure.title:
            found[name.partition("-")[0]].append((name, exposure))
    return found


def _rule(module: str, name: str, exposure: Exposure) -> Rule:
    return rule(
        severity=exposure.severity,
        on=exposure.types,
        controls=exposure.controls,
        fix=exposure.fix,
        module=module,
        id=name,
        title=exposure.title,
        why=exposure.why,
        cases=list(public_member_cases(exposure.types[:3])),
    )(public_members)
