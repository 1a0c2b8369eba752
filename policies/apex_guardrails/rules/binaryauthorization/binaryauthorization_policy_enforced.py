"""Binary Authorization blocks images that nobody attested."""

from collections.abc import Iterator

from apex_guardrails.model import Resource, View, Violation, case, rule


@rule(
    severity="medium",
    on="gcp:binaryauthorization/policy:Policy",
    fix='Set evaluation_mode="REQUIRE_ATTESTATION" and '
    'enforcement_mode="ENFORCED_BLOCK_AND_AUDIT_LOG".',
)
def binaryauthorization_policy_enforced(policy: Resource) -> Iterator[Violation]:
    """A policy that admits everything looks like protection and is none."""

    def rules() -> Iterator[View]:
        yield policy.at("defaultAdmissionRule")
        yield from policy.each("clusterAdmissionRules")

    yield from policy.stack.each(rules(), _look)


def _look(admission: View) -> Iterator[Violation]:
    # The provider requires both.
    if admission.get("evaluationMode", omitted="") == "ALWAYS_ALLOW":
        yield admission.fail("admits every image", at="evaluationMode")
    if admission.get("enforcementMode", omitted="") == "DRYRUN_AUDIT_LOG_ONLY":
        yield admission.fail("only logs what it would block", at="enforcementMode")


def _rule(evaluation: object, enforcement: object = "ENFORCED_BLOCK_AND_AUDIT_LOG") -> object:
    return {"evaluationMode": evaluation, "enforcementMode": enforcement}


ATTESTED = _rule("REQUIRE_ATTESTATION")
CASES = [
    case.passes(defaultAdmissionRule=ATTESTED),
    case.passes(defaultAdmissionRule=_rule("ALWAYS_DENY"), clusterAdmissionRules=[ATTESTED]),
    case.passes(defaultAdmissionRule={}),
    case.passes(),
    case.fails(defaultAdmissionRule=_rule("ALWAYS_ALLOW")),
    case.fails(defaultAdmissionRule=_rule("ALWAYS_DENY", "DRYRUN_AUDIT_LOG_ONLY")),
    case.fails(
        defaultAdmissionRule=_rule(case.UNKNOWN), clusterAdmissionRules=[_rule("ALWAYS_ALLOW")]
    ),
    case.undecided(defaultAdmissionRule=_rule(case.UNKNOWN)),
    case.undecided(defaultAdmissionRule=_rule("ALWAYS_DENY", case.UNKNOWN)),
    case.undecided(defaultAdmissionRule=ATTESTED, clusterAdmissionRules=case.UNKNOWN),
    case.passes(clusterAdmissionRules=[{}]),
    case.undecided(clusterAdmissionRules=[_rule(case.UNKNOWN)]),
    case.undecided(clusterAdmissionRules=[_rule("ALWAYS_DENY", case.UNKNOWN)]),
]
