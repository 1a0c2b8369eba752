"""Not every website may write to a bucket from its visitors' browsers."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import Resource, View, Violation, case, rule

# Reading from any website is what a public font or picture needs.
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@rule(
    severity="low",
    on=STORAGE_BUCKET,
    fix='List the websites in cors[].origins instead of "*", or allow GET and HEAD only.',
)
def storage_cors_not_wildcard(bucket: Resource) -> Iterator[Violation]:
    """Any website can use a token or a signed URL that it got from a visitor to write."""
    yield from bucket.stack.each(bucket.each("cors"), _check)


def _check(cors: View) -> Iterator[Violation]:
    for origin in cors.each("origins"):
        if origin.get("") == "*":
            methods = {str(method.get("")).upper() for method in cors.each("methods")}
            if not methods <= READING:
                yield origin.fail("lets every website write")


def _cors(origins: object, methods: object) -> case.CaseResource:
    return case.resource(None, cors=[{"origins": origins, "methods": methods}])


CASES = [
    case.passes(),
    case.passes(cors=[]),
    case.passes(_cors(["*"], ["GET", "head"])),
    case.passes(_cors(["https://shop.example"], ["PUT"])),
    case.passes(cors=[{"origins": ["*"]}]),
    case.passes(cors=[{"methods": ["PUT"]}]),
    case.fails(_cors(["https://shop.example", "*"], ["GET", "PUT"])),
    case.fails(_cors(["*"], ["*"])),
    case.undecided(cors=case.UNKNOWN),
    case.undecided(_cors(case.UNKNOWN, ["PUT"])),
    case.undecided(_cors(["*"], case.UNKNOWN)),
]
