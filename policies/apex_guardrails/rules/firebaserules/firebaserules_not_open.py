"""Firebase security rules do not let everyone write, or read everything."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.types import FIREBASERULES_RULESET
from apex_guardrails.model import Resource, View, Violation, case, rule

COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
# A block, its end, or what is allowed and when, if that is short: what always holds is (Firebase
# documentation, "Security Rules language", 2026-11).
TOKEN = re.compile(
    r"\bmatch\s+(?P<path>\S+)\s*\{|\{|\}|\ballow\s+(?P<methods>[\w\s,]{1,99})(?P<if>:[^;]{0,200})?;"
)
# Without a condition, with one that always holds, or until a day: the console's "test mode".
OPEN = re.compile(
    r":\s*if\s*\(*\s*(?:true|request\.time\s*<\s*timestamp\.date\([\d\s,]+\))\s*\)*\s*"
)
READS = {"read", "get", "list"}
# All documents or objects there are; what is below a folder may be meant for everybody to read.
EVERYTHING = re.compile(r"(?:/databases/[^/]+/documents|/b/[^/]+/o)?/\{\w+=\*\*\}.*")


@rule(
    severity="critical",
    on=FIREBASERULES_RULESET,
    fix="Check who is asking, for example: allow write: if request.auth.uid == userId.",
)
def firebaserules_not_open(ruleset: Resource) -> Iterator[Violation]:
    """Anyone who knows the project's name can change the database, or copy all of it."""
    yield from ruleset.stack.each(ruleset.each("source.files"), _file)


def _file(file: View) -> Iterator[Violation]:
    for methods in _open(str(file.get("content"))):
        yield file.fail(f"lets everyone {methods}", at="content")


def _open(text: str) -> Iterator[str]:
    """The methods of each rule that lets everybody write, or read all documents."""
    blocks: list[str] = []
    for token in TOKEN.finditer(COMMENT.sub(" ", text)):
        if token["methods"]:
            methods = set(re.findall(r"\w+", token["methods"]))
            is_open = token["if"] is None or OPEN.fullmatch(token["if"])
            if is_open and (methods - READS or EVERYTHING.fullmatch("".join(blocks))):
                yield ", ".join(sorted(methods))
        elif token[0].endswith("{"):
            blocks.append(token["path"] or "")
        elif blocks:
            blocks.pop()


def _rules(*allowed: str, path: str = "/posts/{post}") -> list[dict[str, object]]:
    inside = " ".join(allowed)
    text = (
        "rules_version = '2'; service cloud.firestore { match /databases/{database}/documents {"
        f" match {path} {{ {inside} }} match /users/{{id}} {{ allow read: if isOwner(id); }} }} }}"
    )
    return [{"name": "firestore.rules", "content": text}]


ALL = "/{document=**}"
CASES = [
    *(
        case.fails(source={"files": _rules(*allowed)})
        for allowed in (
            ["allow write: if true;"],
            ["allow read, write: if true;"],
            ["allow read: if a;", "allow create , update: if ( true );"],
            ["allow delete;"],
            ["allow write: if request.time < timestamp.date(2026, 12, 31);"],
            ["// allow read: if false;\n allow write: if true;"],
        )
    ),
    *(
        case.fails(source={"files": _rules(allowed, path=ALL)})
        for allowed in ("allow read;", "allow get, list: if true;", "match /a { allow read; }")
    ),
    *(
        case.passes(source={"files": _rules(*allowed)})
        for allowed in (
            [],
            ["allow read: if true;"],
            ["match /public/{all=**} { allow read; }"],
            ["allow write: if request.auth != null;"],
            ["allow write: if false;"],
            ["allow write: if true && isOwner(post);"],
            ["// allow write: if true;\n"],
            ["/* allow write: if true; */"],
            ["match /a/{b=**} { allow write: if false; }", "allow read;"],
        )
    ),
    case.passes(source={"files": _rules("allow read: if request.auth != null;", path=ALL)}),
    case.passes(source={"files": [{"content": "}} allow read;"}]}),
    case.passes(source={"files": []}),
    case.passes(source={"files": [{"name": "firestore.rules"}]}),
    case.passes(),
    case.fails(source={"files": [{"content": case.UNKNOWN}, *_rules("allow write;")]}),
    case.undecided(source={"files": [{"content": case.UNKNOWN}]}),
    case.undecided(source={"files": case.UNKNOWN}),
]
