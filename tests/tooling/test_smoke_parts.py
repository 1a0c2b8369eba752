"""What the smoke tests are made of: whom they ask, what they send, how they read the answers."""

from __future__ import annotations

import re
import subprocess
import sys
from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.smoke.client import Answer, Api, CheckFailedError, Content, Patience
from tests.smoke.contract import DATABASES, TOKEN, Paths, parse_base_url, parse_headers, parse_token
from tests.smoke.metrics import Readings, total
from tests.standin import Faults, StandIn
from tests.tooling.conftest import ROOT

CONTRACT = (ROOT / "docs/workloads.md").read_text("utf-8").partition("### What it answers\n")[2]


def test_the_page_has_the_paths_that_are_asked_for() -> None:
    rows = re.findall(r"^\| `(GET|POST|DELETE) (/[^`]*)` \|", CONTRACT, re.MULTILINE)
    usual = Paths()
    assert rows == [
        ("GET", usual.health),
        ("POST", usual.ingest),
        ("GET", usual.status),
        ("DELETE", usual.delete),
        ("POST", usual.search),
        ("GET", usual.metrics),
    ]
    assert all(f"`{name}`" in CONTRACT for name in DATABASES)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("https://api.example.com:8443/v2/", "https://api.example.com:8443/v2"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_base_url_is_what_paths_are_appended_to(given: str, base: str) -> None:
    assert parse_base_url(given) == base


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://api.example.com:port",
        "https://api.example.com/?a=b",
        "https://api.example.com/#top",
        "https://api.example.com/a b",
        "https://[api",
        "http://api.example.com",
        "http://localhost.example.com",
    ],
)
def test_what_is_no_base_url_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(given)) if given else "no base URL"):
        parse_base_url(given)


def test_a_password_in_a_base_url_is_not_shown() -> None:
    with pytest.raises(ValueError, match="holds a user or a password") as raised:
        parse_base_url("https://somebody:hunter2@api.example.com")
    assert "hunter2" not in str(raised.value)


@given(st.text())
@example("https://[")
@example("//:0")
def test_any_text_is_a_base_url_or_refused(text: str) -> None:
    try:
        base = parse_base_url(text)
    except ValueError:
        return
    assert base.startswith(("https://", "http://localhost", "http://127.0.0.1", "http://[::1]"))


@given(st.text())
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(text: str) -> None:
    environment = {TOKEN: f"{text}!"}
    if re.fullmatch(r"[!-~]*", text.lstrip()):
        assert parse_token(environment) == f"{text.lstrip()}!"
        return
    with pytest.raises(ValueError, match="holds a space or a character") as raised:
        parse_token(environment)
    assert str(raised.value) == f"{TOKEN} holds a space or a character that is not plain ASCII"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("search", "expected NAME=PATH"),
        ("find=/find", "with a NAME of health, ingest, status, delete, search or metrics"),
        ("search=find", "a path begins with /"),
        ("search=/fínd", "plain ASCII"),
        ("search=/find/{document}", "the path of search has no {document}"),
        ("delete=/document", "the path of delete needs a {document}"),
    ],
)
def test_a_path_that_cannot_be_asked_for_is_refused(change: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        Paths.parse([change])
    assert repr(change) in str(raised.value)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("X-Apex-Revision", "expected NAME=VALUE"),
        ("X Apex=1", "expected NAME=VALUE"),
        ("X-Apex=a\r\nHost: b", "expected NAME=VALUE"),
        ("authorization=Bearer x", "the token is in APEX_API_TOKEN"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(header: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_headers([header])


def test_a_document_in_a_path_is_one_part_of_it() -> None:
    paths = Paths.parse(["delete=/d/{document}/now"])
    assert paths.of("delete", "../a b?") == "/d/..%2Fa%20b%3F/now"
    assert paths.of("delete", "\ud800") == "/d/%3F/now"
    assert paths.of("search") == Paths().search


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-_.", min_size=1)


@given(st.dictionaries(NAMES, NAMES), NAMES, NAMES)
def test_a_form_is_read_as_it_was_meant(
    fields: dict[str, str], file_name: str, content: str
) -> None:
    form = Content.form(fields, file_name, content.encode())
    parsed = message_from_bytes(f"Content-Type: {form.type}\r\n\r\n".encode() + form.body)
    parts = parsed.get_payload()
    assert isinstance(parts, list)
    *texts, file = (part for part in parts if isinstance(part, Message))
    assert {
        part.get_param("name", header="content-disposition"): part.get_payload() for part in texts
    } == fields
    assert file.get_param("name", header="content-disposition") == "file"
    assert file.get_filename() == file_name
    assert file.get_payload() == content


LABELS = st.dictionaries(
    st.from_regex(r"[a-z_][a-z0-9_]*", fullmatch=True),
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"])),
    max_size=3,
)


def sample(name: str, labels: dict[str, str], value: float) -> str:
    def quoted(text: str) -> str:
        return text.replace("\\", r"\\").replace('"', r"\"")

    inner = ",".join(f'{key}="{quoted(text)}"' for key, text in labels.items())
    return f"{name}{{{inner}}} {value}" if labels else f"{name} {value}"


@given(st.lists(st.tuples(LABELS, st.integers(0, 10**9))))
def test_a_counter_is_the_sum_over_its_labels(samples: list[tuple[dict[str, str], int]]) -> None:
    lines = ["# TYPE searches_total counter", "searches_total_of_others 7", "other 1"]
    lines += [sample("searches_total", labels, float(value)) for labels, value in samples]
    expected = sum(value for _, value in samples) if samples else None
    assert total("\n".join(lines), "searches_total") == expected


@given(st.text())
@example("searches_total NaN")
@example("searches_total 1e999")
@example("searches_total +Inf\nsearches_total -Inf")
def test_any_text_can_be_read_as_metrics(text: str) -> None:
    assert isinstance(total(text, "searches_total"), float | None)


def reading(searches: float | None, started: float) -> str:
    lines = [f"process_start_time_seconds {started}"]
    return "\n".join([*lines, *([] if searches is None else [f"searches_total {searches}"])])


@pytest.mark.parametrize(
    ("readings", "flows"),
    [
        ([(4, 1), (5, 1)], True),
        ([(None, 1), (1, 1)], True),
        ([(4, 1), (4, 1)], False),
        ([(4, 1), (None, 1)], False),
        # Two instances of one API: that the second has more does not say that either counts.
        ([(4, 1), (9, 2), (4, 1), (9, 2)], False),
        ([(4, 1), (2, 2), (5, 1)], True),
        ([(4, 1), (0, 2), (0, 2)], False),
    ],
)
def test_metrics_flow_when_a_counter_grows_in_one_instance(
    readings: list[tuple[float | None, float]], *, flows: bool
) -> None:
    seen = Readings("searches_total")
    assert (None in [seen.missing(reading(*each)) for each in readings]) is flows


def test_an_answer_is_shown_on_one_line_without_what_a_terminal_obeys() -> None:
    answer = Answer("GET /", 500, b"\x1b[31mred\r\n\tand " + b"long" * 100, 0.25)
    assert str(answer.wrong("200")) == (
        "GET /: answered 500 after 0.25 s; expected 200. It said: [31mred and "
        + ("long" * 100)[: 200 - len("[31mred and ")]
        + "..."
    )


def test_what_does_not_come_is_asked_for_until_its_time_is_over() -> None:
    now = 0.0

    def clock() -> float:
        return now

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    patience = Patience(request=10, poll=5, interval=2, run=60, clock=clock, sleep=sleep)
    with pytest.raises(CheckFailedError, match=r"^not yet \(asked for 5 s\)$"):
        patience.wait(lambda: "not yet")
    assert now == 4
    assert patience.left() == 56
    answers = iter(["not yet", None])
    patience.wait(lambda: next(answers))
    assert now == 6


def test_not_even_the_beginning_of_a_token_is_shown() -> None:
    with StandIn(token="t" * 300, faults=Faults(statuses={"metrics": 500})) as api:
        patience = Patience(request=60, poll=1, interval=1, run=60)
        answer = Api(api.url, api.token, Paths(), {}, patience).ask("GET", "/metrics")
    assert str(answer.wrong("200")).endswith('It said: {"detail": "not with Bearer ***"}')


def test_they_are_not_among_the_other_tests() -> None:
    others = [
        f"--ignore={path}"
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and path.name not in {"smoke", "tooling"}
    ]
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests", *others],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "test_smoke.py" in listed.stdout
    assert "test_critical_paths" not in listed.stdout
