"""The scripts that the workflows call, run as GitHub would run them."""

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.policies.judged import RAW, judged
from tests.tooling.conftest import ROOT, Checkout, write_program

NEEDED = ("fenced", "verdict", "stack", "upkeep", "action")


@pytest.fixture
def ci(checkout: Checkout) -> Checkout:
    """A checkout with the scripts, a stack, and a pulumi and an apex that write down each call."""
    for name in NEEDED:
        target = checkout.root / "scripts/ci" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "scripts/ci" / name, target)
    (checkout.root / "Pulumi.dev.yaml").touch()
    (checkout.root / "policy-pack.yaml").touch()
    write_program(
        checkout.programs / "pulumi",
        f"""
echo "pulumi $*" >>"{checkout.log}"
[ "$1" != stack ] || cat "{checkout.programs}/history"
[ "$1" != "$FAIL" ] || exit 255
""",
    )
    (checkout.programs / "history").write_text("[]")
    write_program(checkout.root / "scripts/pulumi-cli", f'echo "{checkout.programs}"')
    write_program(
        checkout.root / "scripts/release",
        f'echo "release $*" >>"{checkout.log}"; ',
    )
    apex(checkout, "")
    checkout.env["PULUMI_BACKEND_URL"] = "gs://state"
    return checkout


def apex(checkout: Checkout, does: str) -> None:
    """Makes an apex that writes a report where it is told to, and then does something."""
    write_program(
        checkout.root / ".venv/bin/apex",
        f"""
echo "apex $*" >>"{checkout.log}"
said=$*
while [ $# -gt 0 ]; do [ "$1" != --output ] || printf '# Report' >"$2"; shift; done
{does}
""",
    )


def git(checkout: Checkout, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *who, *arguments], cwd=checkout.root, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_program_cannot_speak_to_github(ci: Checkout) -> None:
    ci.env |= {"GITHUB_ACTIONS": "true", "GITHUB_ENV": "/file"}
    script = 'echo "::add-mask::x"; echo "::error::y" >&2; echo "<$GITHUB_ENV>"; exit 3'
    done = ci.run("scripts/ci/fenced", "sh", "-c", script)
    assert done.returncode == 3
    start, *inside, _, end = done.stdout.splitlines()
    assert done.stderr == ""
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", start)
    assert token
    assert inside == ["::add-mask::x", "::error::y", "<>"]
    assert end == f"::{token[1]}::"


def test_each_fence_has_another_token(ci: Checkout) -> None:
    ci.env["GITHUB_ACTIONS"] = "true"
    assert ci.run("scripts/ci/fenced", "true").stdout != ci.run("scripts/ci/fenced", "true").stdout


def test_what_a_program_leaves_running_cannot_write_after_the_fence(ci: Checkout) -> None:
    ci.env["GITHUB_ACTIONS"] = "true"
    done = ci.run("scripts/ci/fenced", "sh", "-c", "(sleep 1; echo ::error::late) & exit 0")
    lines = done.stdout.splitlines()
    assert lines.index("::error::late") < len(lines) - 1


def test_elsewhere_output_is_as_it_is(ci: Checkout) -> None:
    assert ci.run("scripts/ci/fenced", "echo", "plain").stdout == "plain\n"


@pytest.mark.parametrize("of_base", [0, 1, 5])
def test_the_verdict_is_by_the_pack_and_the_settings_of_the_base(
    ci: Checkout, of_base: int
) -> None:
    apex(ci, f'case "$said" in *--cost-base*) exit 1 ;; preview*) exit {of_base} ;; esac')
    (ci.root / "head").mkdir()
    (ci.root / "head/policy-pack.yaml").touch()
    ci.env |= {"HEAD_SHA": "a" * 40, "APEX_SETTINGS": "head/policy-pack.yaml"}
    done = ci.run("scripts/ci/verdict", ".", "head", "dev", "verdict.json")
    assert done.returncode == 1, done.stderr
    base, head, report = ci.calls()
    assert f"--program {ci.root} --settings {ci.root}/policy-pack.yaml" in base
    assert f"--program {ci.root}/head --settings {ci.root}/policy-pack.yaml" in head
    of_the_base, of_the_head = (call.rpartition("--output ")[2].split()[0] for call in (base, head))
    assert head.endswith(f" --cost-base {of_the_base}")
    assert report.startswith(f"apex report --from {of_the_head} --against {of_the_base} ")
    assert json.loads((ci.root / "verdict.json").read_text()) == {
        "version": 1,
        "stack": "dev",
        "commit": "a" * 40,
        "exit_code": 1,
        "report": "# Report",
    }


@pytest.mark.parametrize("status", [2, 3, 4])
def test_a_base_that_does_not_run_is_no_error(ci: Checkout, status: int) -> None:
    apex(
        ci, f'case "$said" in *"--program {ci.root} "*) echo "apex: why" >&2; exit {status} ;; esac'
    )
    (ci.root / "head").mkdir()
    done = ci.run("scripts/ci/verdict", ".", "head", "dev", "verdict.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        f"apex: why\nverdict: there is no base to compare with: apex ends with {status} for dev"
    )
    _, head, report = ci.calls()
    assert "--cost-base" not in head
    assert "--against" not in report
    assert json.loads((ci.root / "verdict.json").read_text())["report"] == (
        "There is no base to compare with: dev was not evaluated at the base commit.\n\n# Report"
    )


def test_a_pull_request_that_cannot_be_judged_has_a_verdict_without_report(ci: Checkout) -> None:
    (ci.root / "head").mkdir()
    write_program(
        ci.root / ".venv/bin/apex",
        f'case "$*" in *"--program {ci.root}/head "*) exit 2 ;; esac',
    )
    assert ci.run("scripts/ci/verdict", ".", "head", "dev", "verdict.json").returncode == 2
    said = json.loads((ci.root / "verdict.json").read_text())
    assert (said["exit_code"], said["report"]) == (2, "")


def test_the_report_says_what_is_new_and_what_changes_the_cost(ci: Checkout) -> None:
    write_program(
        ci.root / ".venv/bin/apex",
        f'PYTHONPATH="{ROOT}/policies" exec "{sys.executable}" -m apex_guardrails "$@"',
    )
    raw = textwrap.dedent(RAW)
    disk = 'Raw("data", "gcp:compute/disk:Disk", {"size": %d, "zone": "us-central1-a"})\n'
    image = 'Raw("image", "gcp:compute/disk:Disk", {"size": 10, "zone": "us-central1-a"})\n'
    judged(ci.root, raw + disk % 100 + 'Raw("old", "gcp:compute/address:Address", {})\n')
    judged(ci.root / "head", raw + disk % 400 + image)
    (ci.root / "policy-pack.yaml").write_text(
        "cost: {usage: {log_gib: 0}, max_increase: 2}\n"
        "rules: {compute-data-disk-protected: mandatory}\n"
    )
    done = ci.run("scripts/ci/verdict", ".", "head", "dev", "verdict.json", "reports")
    assert done.returncode == 1, done.stderr
    kept = {
        "".join(path.suffixes[1:]): path.read_text() for path in (ci.root / "reports").iterdir()
    }
    assert {".html", ".json", ".md", ".sarif", ".junit.xml"} < set(kept)
    assert "<title>" in kept[".html"]
    assert {item["is_new"] for item in json.loads(kept[".json"])["findings"]} == {True, False}
    report = json.loads((ci.root / "verdict.json").read_text())["report"]
    new, known = report.split("### New (")[1].split("### Stops the deployment, and is not new (1)")
    assert "the expected cost rises by 5.10, but only 2.00 is allowed" in new
    assert "`gcp:compute/disk:Disk image`: loses its data" in new
    assert "`gcp:compute/disk:Disk data`: loses its data" not in new
    assert "`gcp:compute/disk:Disk data`: loses its data" in known
    rows = [line.strip("| ").split(" | ") for line in report.splitlines()]
    assert [row for row in rows if row[0] in ("changed", "gone", "new")] == [
        ["changed", "`data`", "`gcp:compute/disk:Disk`", "+12.00", "size from 100 to 400"],
        ["gone", "`old`", "`gcp:compute/address:Address`", "-7.30"],
        ["new", "`image`", "`gcp:compute/disk:Disk`", "+0.40"],
    ]


@pytest.mark.parametrize("action", ["preview", "drift", "deploy"])
def test_every_action_has_the_pack_and_none_asks_back(ci: Checkout, action: str) -> None:
    git(ci, "init", "--quiet")
    done = ci.run("scripts/ci/stack", action, "dev")
    assert done.returncode == 0, done.stderr
    calls = [call for call in ci.calls() if call.startswith("pulumi ")]
    assert calls.pop(0) == "pulumi login gs://state"
    work = [call for call in calls if not call.startswith("pulumi stack history")]
    assert all("--stack dev --policy-pack policies" in call for call in work)
    assert all("--non-interactive" in call for call in work)
    verbs = [call.split()[1] for call in work]
    assert verbs == (["preview", "up"] if action == "deploy" else ["preview"])
    assert any("--refresh --expect-no-changes" in call for call in work) is (action == "drift")


def test_what_is_released_is_no_drift(ci: Checkout) -> None:
    assert ci.run("scripts/ci/stack", "drift", "dev").returncode == 0
    _, held, preview = ci.calls()
    assert held == "release hold --stack dev"
    assert preview.startswith("pulumi preview")


@pytest.mark.parametrize(
    ("action", "does"), [("candidate", "deploy"), ("release", "promote --all --no-begin")]
)
def test_a_release_is_the_release_commands_matter(ci: Checkout, action: str, does: str) -> None:
    git(ci, "init", "--quiet")
    ci.env["APEX_API_TOKEN_SECRET"] = "the-secret"
    write_program(ci.programs / "gcloud", f'echo "gcloud $*" >>"{ci.log}"; echo a-token')
    write_program(
        ci.root / "scripts/release",
        f'echo "release $* with $APEX_API_TOKEN" >>"{ci.log}"; exit "$REFUSED"',
    )
    for refused in (0, 1):
        ci.env["REFUSED"] = str(refused)
        assert ci.run("scripts/ci/stack", action, "dev").returncode == refused
        calls = ci.calls()
        assert [call for call in calls if call.startswith("release")] == [
            f"release {does} --stack dev with a-token"
        ]
        assert any("access latest --secret=the-secret" in call for call in calls)
        assert not [call for call in calls if call.startswith("pulumi up")]


@pytest.mark.parametrize("failing", ["login", "preview"])
def test_nothing_is_deployed_where_login_or_preview_fails(ci: Checkout, failing: str) -> None:
    git(ci, "init", "--quiet")
    ci.env["FAIL"] = failing
    assert ci.run("scripts/ci/stack", "deploy", "dev").returncode != 0
    assert not [call for call in ci.calls() if call.startswith("pulumi up")]


def test_an_older_commit_does_not_undo_a_later_one(ci: Checkout) -> None:
    git(ci, "init", "--quiet")
    commits = []
    for number in range(2):
        git(ci, "commit", "--quiet", "--allow-empty", "--message", str(number))
        commits.append(git(ci, "rev-parse", "HEAD"))
    history = ci.programs / "history"

    history.write_text(json.dumps([{"environment": {"git.head": commits[0]}}]))
    assert ci.run("scripts/ci/stack", "deploy", "dev").returncode == 0

    ci.calls()
    history.write_text(json.dumps([{"environment": {"git.head": commits[1]}}]))
    git(ci, "checkout", "--quiet", commits[0])
    for action in ("deploy", "candidate", "release"):
        ci.calls()
        done = ci.run("scripts/ci/stack", action, "dev")
        assert done.returncode == 2
        assert f"{commits[1]} is deployed" in done.stderr
        calls = ci.calls()
        assert not [it for it in calls if re.search(r" preview | up |^release", it)]


def test_pulumi_cloud_takes_the_jobs_token_and_keeps_none(ci: Checkout) -> None:
    ci.env |= {
        "PULUMI_BACKEND_URL": "",
        "PULUMI_ORGANIZATION": "apex",
        "PULUMI_USER": "someone",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/?a=b",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer-of-the-job",
        "TMPDIR": str(ci.programs),
    }
    write_program(
        ci.programs / "curl",
        f"""echo "curl $*" >>"{ci.log}"; cat >"{ci.programs}/headers"; echo '{{"value": "t"}}'""",
    )
    done = ci.run("scripts/ci/stack", "preview", "dev")
    assert done.returncode == 0, done.stderr
    asked, login, _ = ci.calls()
    assert asked.endswith("https://token.example/?a=b&audience=urn:pulumi:org:apex")
    assert "bearer-of-the-job" not in asked
    assert "bearer-of-the-job" in (ci.programs / "headers").read_text()
    assert "--oidc-org apex --oidc-user someone" in login
    assert not list(ci.programs.glob("tmp.*"))


@pytest.mark.parametrize(
    ("arguments", "backend", "says"),
    [
        (["preview"], "gs://s", "usage"),
        (["destroy", "dev"], "gs://s", "destroy: must be one of"),
        (["preview", "prod"], "gs://s", "no Pulumi.prod.yaml"),
        (["preview", "dev"], "file:///tmp", "no gs:// address"),
        (["preview", "dev"], "", "PULUMI_ORGANIZATION"),
    ],
)
def test_wrong_use_is_one_line(ci: Checkout, arguments: list[str], backend: str, says: str) -> None:
    ci.env["PULUMI_BACKEND_URL"] = backend
    done = ci.run("scripts/ci/stack", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("does", "code"), [("", 0), ("echo sql: ends in 9 days", 1), ("echo expired; exit 1", 1)]
)
def test_a_waiver_about_to_end_fails_the_night(ci: Checkout, does: str, code: int) -> None:
    apex(ci, does)
    done = ci.run("scripts/ci/upkeep", "waivers")
    assert done.returncode == code
    assert bool(done.stdout) is bool(code)


@pytest.mark.parametrize("code", [0, 1])
def test_stale_prices_fail_the_night(ci: Checkout, code: int) -> None:
    apex(ci, f"exit {code}")
    assert ci.run("scripts/ci/upkeep", "prices").returncode == code
    assert ci.calls() == ["apex prices check"]


@pytest.mark.parametrize("settings", ["", "my settings.yaml"])
def test_the_action_judges_and_hands_on_code_and_report(ci: Checkout, settings: str) -> None:
    apex(ci, "exit 1")
    outputs = ci.programs / "outputs"
    ci.env |= {
        "PROGRAM": "infra",
        "STACK": "prod",
        "SETTINGS": settings,
        "GITHUB_OUTPUT": str(outputs),
        "RUNNER_TEMP": str(ci.programs),
    }
    assert ci.run("scripts/ci/action").returncode == 1
    [call] = ci.calls()
    assert call.startswith("apex preview --program infra --stack prod --format sarif")
    assert call.endswith(f"--settings {settings}") if settings else "--settings" not in call
    code, report = outputs.read_text().splitlines()
    assert code == "exit-code=1"
    assert Path(report.removeprefix("report=")).read_text() == "# Report"
