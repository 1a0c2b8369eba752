"""`stock_policies`: policies of Pulumi's own kind, with the results that Pulumi's server has."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from pulumi.runtime.proto import analyzer_pb2

import apex_guardrails.stock.server
from apex_guardrails.decide import decide
from apex_guardrails.model import UNKNOWN, EnforcementLevel, Outcome
from apex_guardrails.model.value import Secret
from apex_guardrails.rules import all_rules
from apex_guardrails.runs.preview import run_offline
from apex_guardrails.settings import SETTINGS_VARIABLE, enforce, load
from apex_guardrails.stock.messages import analyze_request, stack_request
from apex_guardrails.wire import write_struct
from tests.policies.analyzer.test_service import Engine, served, urn
from tests.policies.analyzer.test_service import analyze_request as message
from tests.policies.judged import RAW, SOON, Apex, judged, write
from tests.policies.stock_server import stock_server

BUCKET = "gcp:storage/bucket:Bucket"
OBJECT = "gcp:storage/bucketObject:BucketObject"
PROGRAM = f"""
    bucket = Raw("logs", "{BUCKET}", {{"location": "EU", "forceDestroy": True}},
        pulumi.ResourceOptions(
            protect=True,
            ignore_changes=["labels"],
            delete_before_replace=True,
            custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="90s"),
        ))
    Raw("note", "{OBJECT}", {{
        "bucket": bucket.id, "content": pulumi.Output.secret("hush-hush-hush"), "name": "n",
    }}, pulumi.ResourceOptions(parent=bucket))
"""
POLICIES = """
import asyncio

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)


def about(args, report):
    provider = args.provider
    if args.resource_type.endswith(":Bucket"):
        opts = args.opts
        times = opts.custom_timeouts
        report(f"{args.name} {sorted(args.props)} {opts.protect} {list(opts.ignore_changes)}")
        report(f"{opts.delete_before_replace} {times.create_seconds} {times.delete_seconds}")
        report(f"{provider.resource_type} {sorted(provider.props)} {opts.parent}")
        report(f"{pulumi.get_project()} {pulumi.get_stack()} {args.get_config()}", "urn:other")
        report("")


async def later(args, report):
    await asyncio.sleep(0)
    if args.resource_type.endswith(":BucketObject"):
        report(f"says {args.props['content']}")


def unknown(args, report):
    if args.resource_type.endswith(":BucketObject"):
        args.props["bucket"]


def elsewhere(args, report):
    args.not_applicable("it is of another house")


def changes(args, report):
    args.props["location"] = "MARS"


def looks(args, report):
    if args.props.get("location") == "MARS":
        report("was changed by another policy")


class Subclassed(ResourceValidationPolicy):
    def validate(self, args, report):
        if args.resource_type.endswith(":Bucket"):
            report("by a class of its own")


def whole(args, report):
    for resource in args.resources:
        if resource.resource_type.endswith(":BucketObject"):
            below = resource.property_dependencies
            needed = {key: [r.name for r in below[key]] for key in below}
            names = [r.name for r in resource.dependencies]
            report(f"{resource.parent.name} {names}", resource.urn)
            report(f"{sorted(needed.items())}", "urn:of-nothing")
    report(f"{sorted(r.name for r in args.resources if ':storage/' in r.resource_type)}")


def whole_unknown(args, report):
    for resource in args.resources:
        if resource.resource_type.endswith(":Bucket"):
            resource.props["selfLink"]


SCHEMA = PolicyConfigSchema({
    "limit": {"type": "integer", "default": 3, "minimum": 1},
    "names": {"type": "array", "items": {"type": "string"}},
    "kind": {"enum": ["a", "b"]},
    "copy": {"type": "boolean", "default": True},
})
ALL = [
    ResourceValidationPolicy("about", "What there is.", about, config_schema=SCHEMA),
    ResourceValidationPolicy("later", "Comes later.", [later, later], severity=Severity.HIGH),
    ResourceValidationPolicy("unknown", "Needs to know.", unknown),
    ResourceValidationPolicy("elsewhere", "Is about others.", elsewhere),
    ResourceValidationPolicy("changes", "Writes.", changes),
    ResourceValidationPolicy("looks", "Looks.", looks),
    Subclassed("subclassed", "Is a class.", enforcement_level=EnforcementLevel.MANDATORY),
    ResourceValidationPolicy("mends", "Mends.", looks, remediate=lambda args: {}),
    ResourceValidationPolicy(
        "off", "Is off.", about, enforcement_level=EnforcementLevel.DISABLED
    ),
    StackValidationPolicy("whole", "Looks at all.", whole),
    StackValidationPolicy("whole-unknown", "Needs to know of all.", whole_unknown),
]
"""
PACK = {
    "stock/PulumiPolicy.yaml": "runtime: python\n",
    "stock/defined.py": POLICIES,
    "stock/__main__.py": """
        from pulumi_policy import EnforcementLevel, PolicyPack
        from defined import ALL
        print("hello from a policy pack")
        PolicyPack("acme", ALL, enforcement_level=EnforcementLevel.ADVISORY)
        """,
}
NAMES = (
    *("about", "changes", "elsewhere", "later", "looks", "mends", "off", "subclassed", "unknown"),
    *("whole", "whole-unknown"),
)
NAMED = "stock_policies: [stock]\n"
ONLY = ("--only", ",".join(name for name in NAMES if name != "off"))


def acme(folder: Path, settings: str = NAMED, **files: str) -> Path:
    return judged(folder, RAW + PROGRAM, files={"policy-pack.yaml": settings, **PACK, **files})


def test_what_they_say_is_what_pulumis_server_says(tmp_path: Path) -> None:
    folder = acme(tmp_path)
    stack = run_offline(folder, "dev", None, 120).stack
    settings = load(folder / "policy-pack.yaml", [], datetime.now(UTC).date())
    found = decide(stack, enforce(settings, settings.known_rules, "dev"))
    ours = Counter(
        (
            item.rule.id,
            item.urn,
            item.level.value,
            "" if item.outcome is Outcome.UNDECIDED else item.message,
        )
        for item in found.findings
    )
    assert not found.errors

    theirs: Counter[tuple[str, str, str, str]] = Counter()
    skipped: Counter[str] = Counter()
    levels = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.MANDATORY: "mandatory"}

    def take(response: analyzer_pb2.AnalyzeResponse, about: str) -> None:
        skipped.update(item.policy_name for item in response.not_applicable)
        for item in response.diagnostics:
            is_open = item.message.startswith("can't run policy")
            said = item.message.removeprefix(item.description).strip()
            said = said or "is in violation; the policy says no more"
            message = "" if is_open else said.replace("hush-hush-hush", "[secret]")
            urn = about
            if item.policyName.startswith("whole"):
                urn = item.urn if item.urn in stack.resources else stack.urn
            theirs[item.policyName, urn, levels[item.enforcementLevel], message] += 1

    # Its port must be the first line.
    quiet = PACK["stock/__main__.py"].replace("print(", "str(")
    write(folder / "stock", {"__main__.py": quiet})
    variables = {"PULUMI_PROJECT": "judged", "PULUMI_STACK": "dev", "PULUMI_DRY_RUN": "true"}
    with stock_server(folder / "stock", **variables) as server:
        server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev"))
        # As the engine does with a schema's defaults.
        config = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.ADVISORY)
        config.properties.update({"limit": 3, "copy": True})
        server.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"about": config}))
        for resource in stack:
            if not resource.is_read:
                take(server.Analyze(analyze_request(resource)), resource.urn)
        take(server.AnalyzeStack(stack_request(stack)), stack.urn)
    assert ours == theirs
    said = "\n".join(message for *_, message in ours)
    for text in ("True 5400.0 90.0", "pulumi:providers:gcp ['project', 'region']", "judged dev {"):
        assert text in said
    assert {name for name, *_ in ours} == {
        *("about", "later", "unknown", "subclassed", "whole", "whole-unknown")
    }
    assert found.not_applicable("elsewhere") == skipped["elsewhere"] > 0


def test_findings_are_in_every_report(apex: Apex, tmp_path: Path) -> None:
    folder = acme(tmp_path)
    outcome = apex.preview(folder, *ONLY).expect(
        1,
        "medium violation: Is a class\n",
        "  by a class of its own\n",
        "high violation, advice: Comes later (2 findings)\n",
        " note: says [secret]\n",
        "undecided, advice: Needs to know\n",
        "  rule: unknown\n",
        "  changed: stock_policies: 11 rules of the team's own in stock (default none)\n",
    )
    assert "hush-hush" not in outcome.said
    # Where a policy says no more than its title, nothing is said twice, and no fix is made up.
    assert "why:" not in outcome.out
    assert outcome.out.count("  fix: ") == outcome.out.count("undecided, advice: ") == 2
    # What a pack prints is for people, and in no report.
    assert outcome.err.count("hello from a policy pack") == 1
    report = json.loads(apex.preview(folder, *ONLY, "--format", "json").expect(1).out)
    assert {item["rule"] for item in report["findings"]} >= {"about", "later", "unknown", "whole"}
    for kind, empty in (("junit", "Fix: \n"), ("markdown", "fix:   "), ("html", "<dd></dd>")):
        assert empty not in apex.preview(folder, *ONLY, "--format", kind).expect(1).out
    sarif = json.loads(apex.preview(folder, *ONLY, "--format", "sarif").expect(1).out)
    assert "subclassed" in {item["ruleId"] for item in sarif["runs"][0]["results"]}
    described = {item["id"]: item for item in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert described["subclassed"]["help"]["text"] == "Is a class."


def test_settings_say_what_they_do(apex: Apex, tmp_path: Path) -> None:
    settings = f"""
    stock_policies: [stock/defined.py]
    services: {{stock: disabled}}
    rules:
      about: {{level: mandatory, parameters: {{limit: 7, names: [x, y], kind: b, copy: false}}}}
      unknown: {{level: mandatory, undecided: mandatory}}
    waivers:
    - policy: about
      resource: logs
      reason: It was agreed by the team.
      owner: acme
      expires: {SOON}
    """
    folder = acme(tmp_path, settings)
    apex.preview(folder, *ONLY, "--verbose").expect_only(2, "the rule is disabled for this stack")
    apex.preview(folder, "--only", "about,unknown", "--verbose").expect(
        1,
        "'limit': 7.0",
        "'kind': 'b'",
        "'names': ['x', 'y']",
        "'copy': False",
        "waived: It was agreed by the team. (acme",
        "undecided: Needs to know\n",
        "(bucket)",
    )
    for wrong, said in (
        ("limit: 0", "rules.about.parameters.limit: "),
        ("limit: x", "rules.about.parameters.limit: "),
        ("kind: c", "rules.about.parameters.kind"),
        ("limits: 4", "rules.about.parameters.limits: unknown parameter, did you mean"),
    ):
        write(
            folder,
            {
                "policy-pack.yaml": settings.replace("limit: 7", wrong).replace(
                    "kind: b, " if wrong.startswith("kind") else "\0", ""
                )
            },
        )
        apex.preview(folder).expect_only(2, said)


def test_they_are_listed_and_explained(apex: Apex, tmp_path: Path) -> None:
    folder = acme(tmp_path)
    listed = apex(folder, "policies", "list").expect(0).out
    for line in ("about ", "subclassed "):
        assert f"\n{line}" in listed
    apex(folder, "explain", "about").expect(
        0, "What there is.\n", "parameter limit: ", "Default: 3\n", "service: stock"
    )
    assert "whole-unknown" in apex(folder, "policies", "schema").expect(0).out


def test_the_engine_gets_their_results(tmp_path: Path) -> None:
    folder = acme(tmp_path)
    environment = {SETTINGS_VARIABLE: str(folder / "policy-pack.yaml")}
    for _, engine in served(list(all_rules()), environment):
        configured(engine)
        request = message({"location": "EU"}, BUCKET, "logs")
        request.options.aliases.append("urn:before")
        response = engine.stub.Analyze(request)
        said = "\n".join(item.message for item in response.diagnostics)
        assert "by a class of its own" in said
        assert "logs ['location'] False []" in said
        assert "elsewhere" in {item.policy_name for item in response.not_applicable}
        found = engine.analyze(
            {"bucket": UNKNOWN, "content": Secret("hush-hush-hush")}, OBJECT, "o"
        )
        assert found["unknown"].startswith("undecided: ")
        assert found["later"].startswith("says [secret]")
        resource = analyzer_pb2.AnalyzerResource(
            type=BUCKET,
            urn=urn(BUCKET, "logs"),
            name="logs",
            properties=write_struct({"selfLink": UNKNOWN}),
        )
        whole = engine.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[resource]))
        messages = {item.policyName: item.message for item in whole.diagnostics}
        assert messages["whole"].startswith("['logs']")
        assert messages["whole-unknown"].startswith("undecided: ")


def configured(engine: Engine) -> None:
    info = engine.configure()
    policies = {item.name: item for item in info.policies}
    assert policies["subclassed"].enforcementLevel == analyzer_pb2.MANDATORY
    assert policies["whole"].policy_type == analyzer_pb2.POLICY_TYPE_STACK
    assert policies["later"].severity == analyzer_pb2.POLICY_SEVERITY_HIGH


HARMFUL = """
import os, sys, time
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy


def good(args, report):
    if args.resource_type.endswith(":Bucket"):
        report("is seen")


def raises(args, report):
    report("is lost")
    raise ValueError("boom")


def hangs(args, report):
    while True:
        time.sleep(1)


def ends(args, report):
    os._exit(3)


def leaves(args, report):
    sys.exit(3)


async def waits(args, report):
    raise KeyError("later")


def writes(args, report):
    print("{not json")
    sys.__stdout__.write("nor this")
    os.write(1, b"nor that")


POLICIES = [
    ResourceValidationPolicy("good", "Good.", good),
    {harm}
    ResourceValidationPolicy("good-too", "Good, too.", good),
]
"""


@pytest.mark.parametrize(
    ("harm", "ends"),
    [
        ("raises", (4, "the stock policy harm raised: boom (ValueError, harmful.py:13)")),
        ("hangs", (4, "the stock policy harm took too long, and was ended")),
        ("ends", (4, "the stock policy harm ended its process")),
        ("leaves", (4, "the stock policy harm raised: sys.exit() was called (harmful.py:26)")),
        ("waits", (4, "the stock policy harm raised: 'later' (KeyError, harmful.py:30)")),
        ("writes", (0, "is seen")),
    ],
)
def test_a_policy_that_does_harm_harms_no_other(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str, ends: tuple[int, str]
) -> None:
    code, said = ends
    monkeypatch.setattr(apex_guardrails.stock.server, "RESOURCE_SECONDS", 2.0)
    policy = f'ResourceValidationPolicy("harm", "Harm.", {harm}),'
    folder = acme(
        tmp_path,
        "stock_policies: [harmful.py]\n",
        **{"harmful.py": HARMFUL.replace("{harm}", policy)},
    )
    done = apex.preview(folder, "--only", "good,harm,good-too", "--format", "json").expect(code)
    report = json.loads(done.out)
    found = sorted(item["rule"] for item in report["findings"])
    assert found == ["good", "good-too"]
    shown = apex.preview(folder, "--only", "good,harm,good-too").expect(code, said).out
    assert "apex_guardrails/stock" not in shown


def test_processes_end_with_what_started_them(apex: Apex, tmp_path: Path) -> None:
    folder = acme(tmp_path)
    apex.preview(folder, *ONLY)
    left = [
        process
        for process in psutil.Process().children(recursive=True)
        if any("stock/runner.py" in part for part in process.cmdline())
    ]
    assert left == []


@pytest.mark.parametrize(
    ("files", "settings", "ends"),
    [
        ({}, "[nowhere]", (2, "policy-pack.yaml:1: stock_policies.0: ")),
        ({}, "[../x.py]", (2, "stock_policies.0: expected a file or folder below this file's")),
        (
            {},
            "[nowhere_at_all:POLICIES]",
            (2, "stock_policies.0: there is no module nowhere_at_all in "),
        ),
        ({}, "[json:LOUD]", (2, "stock_policies.0: the module json has no LOUD")),
        (
            {"ts/PulumiPolicy.yaml": "runtime: {name: nodejs}", "ts/index.ts": ""},
            "[ts]",
            (2, "stock_policies.0: ", "runtime nodejs: only policy packs in Python can be asked"),
        ),
        (
            {"ts/PulumiPolicy.yaml": "runtime: python"},
            "[ts]",
            (2, "stock_policies.0: ", "ts: has no __main__.py, which defines the pack"),
        ),
        ({"ts/PulumiPolicy.yaml": "runtime: [\n"}, "[ts]", (2, "ts/PulumiPolicy.yaml:2: ")),
        ({"p.py": "exit(0)\n"}, "[p.py]", (4, "p.py:1: ", "loaded: sys.exit() was called\n")),
        (
            {"rules/sql/x.py": "from apex_guardrails.model import rule\n"},
            "[rules]",
            (4, "no list of them; a folder with rules of your own belongs under own_rules\n"),
        ),
        ({"p.py": "x = [\n"}, "[p.py]", (4, "p.py:1: the stock policies cannot be loaded: ")),
        (
            {"p.py": "\n1 / 0\n"},
            "[p.py]",
            (4, "p.py:2: the stock policies cannot be loaded: division"),
        ),
        ({"p.py": ""}, "[p.py]", (4, "there is no stock policy, and no list of them\n")),
        ({"p.py": "import os\nos._exit(1)\n"}, "[p.py]", (4, "p.py: its process ended before it")),
        (
            {"p.py": POLICIES, "q.py": POLICIES},
            "[p.py, q.py]",
            (4, "stock_policies.1: the rule about is already in p.py (p)"),
        ),
        (
            {"p.py": POLICIES + 'ALL += [ResourceValidationPolicy("later", "L.", about)]\n'},
            "[p.py]",
            (4, "p.py: two policies are called later"),
        ),
        (
            {"p.py": POLICIES.replace('"about", "What', '"sql-no-public-ip", "What')},
            "[p.py]",
            (4, "the rule sql-no-public-ip is already in apex_guardrails.rules.sql"),
        ),
    ],
)
def test_what_cannot_be_loaded_is_named(
    apex: Apex,
    tmp_path: Path,
    files: dict[str, str],
    settings: str,
    ends: tuple[int, *tuple[str, ...]],
) -> None:
    code, *said = ends
    folder = acme(tmp_path, f"stock_policies: {settings}\n", **files)
    outcome = apex.preview(folder)
    assert outcome.code == code, outcome.said
    assert all(text in outcome.err for text in said), outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


def test_a_folder_of_files_and_an_installed_list_are_loaded(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = POLICIES.replace('"about"', '"about-2"').replace('"later"', '"later-2"')
    folder = acme(
        tmp_path,
        "stock_policies: [files, acme_policies:ALL]\n",
        **{"files/one.py": "from pulumi_policy import *\n" + ONE, "files/_two.py": "1 / 0\n"},
    )
    write(tmp_path / "site", {"acme_policies.py": other})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    listed = apex(folder, "policies", "list").expect(0).out
    for name in ("one", "about-2", "later-2", "subclassed"):
        assert f"\n{name} " in listed


ONE = 'ONE = ResourceValidationPolicy("one", "One.", lambda args, report: None)\n'


def test_initial_config_and_required_values_count(apex: Apex, tmp_path: Path) -> None:
    pack = """
    from pulumi_policy import *

    def said(args, report):
        if args.resource_type.endswith(":Bucket"):
            report(str(args.get_config()))

    PolicyPack("acme", [
        ResourceValidationPolicy("given", "Given.", said),
        ResourceValidationPolicy("needed", "Needed.", said, config_schema=PolicyConfigSchema(
            {"owner": {"type": "string"}}, required=["owner"],
        )),
    ], initial_config={
        "given": {"enforcementLevel": EnforcementLevel.MANDATORY, "max": 4},
        "needed": EnforcementLevel.REMEDIATE,
    })
    """
    folder = acme(tmp_path, **{"stock/__main__.py": pack})
    only = ("--only", "given,needed")
    apex.preview(folder, *only).expect(
        4, "{'max': 4.0}", "medium violation: Given\n", "needs the parameter owner"
    )
    write(folder, {"policy-pack.yaml": NAMED + "rules: {needed: {parameters: {owner: me}}}\n"})
    apex.preview(folder, *only).expect(1, "{'owner': 'me'}", "medium violation: Needed\n")


REMEDIES = f"""
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy


def moves(args):
    if args.resource_type == "{BUCKET}":
        return {{**args.props, "location": "US", "labels": {{"owner": "me"}}}}


def removes(args):
    if args.resource_type == "{BUCKET}":
        return {{name: args.props[name] for name in args.props if name != "forceDestroy"}}


def asks(args):
    if args.resource_type == "{OBJECT}":
        return {{**args.props, "bucket": args.props["bucket"] + "x"}}


def hides(args):
    if args.resource_type == "{OBJECT}":
        return {{**args.props, "name": args.props["content"]}}


def keeps(args):
    return {{**args.props}}


async def fails(args):
    raise ValueError("no remedy")


LEVEL = EnforcementLevel.REMEDIATE
POLICIES = [
    ResourceValidationPolicy(f.__name__, f"{{f.__name__}}.", remediate=f, enforcement_level=LEVEL)
    for f in (moves, removes, asks, hides, keeps, fails)
]
"""


def test_what_a_policy_would_set_is_a_violation_where_nothing_sets_it(
    apex: Apex, tmp_path: Path
) -> None:
    folder = acme(tmp_path, "stock_policies: [remedies.py]\n", **{"remedies.py": REMEDIES})
    only = ("--only", "moves,removes,asks,hides,keeps")
    outcome = apex.preview(folder, *only).expect(
        1,
        "medium violation: moves (2 findings)\n",
        'must be "US", which the policy\'s remediation would set (location)\n',
        'must be {"owner": "me"}, which the policy\'s remediation would set (labels)\n',
        "medium violation: removes\n",
        "must be left out, which the policy's remediation would set (forceDestroy)\n",
        "undecided, advice: asks\n",
        "medium violation: hides\n",
    )
    assert "hush" not in outcome.said
    assert "rule: keeps" not in outcome.out
    apex.preview(folder, "--only", "fails").expect(
        4, "the stock policy fails raised: no remedy (ValueError, remedies.py:"
    )
    write(folder, {"policy-pack.yaml": "stock_policies: [remedies.py]\nrules: {moves: advisory}\n"})
    apex.preview(folder, "--only", "moves,keeps").expect(0, "medium violation, advice: moves")


def test_a_policy_packs_program_may_be_elsewhere_in_it(apex: Apex, tmp_path: Path) -> None:
    pack = {
        "stock/PulumiPolicy.yaml": "runtime: {name: python}\nmain: src\n",
        "stock/src/__main__.py": PACK["stock/__main__.py"],
        "stock/src/defined.py": POLICIES,
    }
    folder = judged(tmp_path, RAW + PROGRAM, files={"policy-pack.yaml": NAMED, **pack})
    assert "\nsubclassed " in apex(folder, "policies", "list").expect(0).out


def test_levels_of_the_model(tmp_path: Path) -> None:
    folder = acme(tmp_path)
    known = load(folder / "policy-pack.yaml", [], datetime.now(UTC).date()).known_rules
    rules = {rule.id: rule for rule in known}
    assert rules["off"].level is EnforcementLevel.DISABLED
    assert rules["subclassed"].level is EnforcementLevel.MANDATORY
    assert rules["mends"].level is EnforcementLevel.ADVISORY
