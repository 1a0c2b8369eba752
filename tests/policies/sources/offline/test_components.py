"""Components whose resources a plugin makes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from apex_guardrails.model import UNKNOWN
from apex_guardrails.sources.offline.plugins import find_plugin
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.pulumi_home import pulumi_home
from tests.policies.judged import RAW, Apex, judged, write
from tests.policies.sources.offline.test_resources import by_name, run

SITE = (
    RAW
    + """
    class Folder(pulumi.ComponentResource):
        url: pulumi.Output[str]

        def __init__(self, name, opts=None):
            super().__init__("synced-folder:index:GoogleCloudFolder", name,
                             {"path": "site", "url": None}, opts, remote=True)

    folder = Folder("site")
    folder.url.apply(lambda url: print("url", url))
    pulumi.runtime.call("synced-folder:index:GoogleCloudFolder/files", {}, folder).apply(
        lambda files: print("files", files))
    Raw("vpc", "gcp:compute/network:Network", {"description": folder.url})
"""
)
NOT_RUN = (
    "not evaluated: 1 component not run here, with all that it makes: "
    "synced-folder:index:GoogleCloudFolder (1)\n"
)
FINDING = (
    "  synced-folder:index:GoogleCloudFolder site\n"
    "  was not run, and what it makes is not evaluated: it needs the plugin of synced-folder, "
    "which is not on this machine (pulumi plugin install resource synced-folder)\n"
)
COUNT = "; 1 component not run; "


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ("", 1, "high violation: Every component of the program was run"),
        ("offline: {components: mandatory}", 1, "dev may not be deployed: 1 mandatory finding ("),
        ("offline: {components: advisory}", 0, "high violation, advice: Every component"),
        ("offline: {components: note}", 0, "dev may be deployed ("),
        ("stacks: {dev: {rules: {stack-components-run: advisory}}}", 0, "violation, advice"),
    ],
)
def test_without_its_plugin_the_program_goes_on_and_the_verdict_says_so(
    apex: Apex, tmp_path: Path, setting: str, code: int, said: str
) -> None:
    program = judged(tmp_path, SITE, files={"policy-pack.yaml": f"{setting}\n"})
    outcome = apex.preview(program).expect(code, said, NOT_RUN, COUNT)
    assert (FINDING in outcome.out) is ("note" not in setting)
    # What it gives out is not known.
    assert "The program printed" not in outcome.out


def test_every_format_says_that_it_was_not_run(apex: Apex, tmp_path: Path) -> None:
    settings = {"policy-pack.yaml": "offline: {components: note}\n"}
    folder = judged(tmp_path / "program", SITE, files=settings)
    apex.writing(folder, "preview", "--output-dir", "../out").expect(0)
    texts = {file.name: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert len(texts) == 7
    # It has a place for findings alone.
    assert "not run here" not in texts.pop("judged.dev.codequality.json")
    for text in texts.values():
        assert "1 component not run here" in text
    reach = json.loads(texts["judged.dev.json"])["reach"]
    assert reach["not_run"] == {"synced-folder:index:GoogleCloudFolder": 1}


def test_a_stack_of_such_components_alone_is_not_in_order(apex: Apex, tmp_path: Path) -> None:
    settings = {"policy-pack.yaml": "offline: {components: note}\n"}
    program = judged(tmp_path, SITE.partition("    Raw(")[0], files=settings)
    apex.preview(program).expect(0, "dev was not evaluated: no rule is about any of its resources")


def test_two_of_one_name_are_the_programs_error(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, SITE.replace("    Raw(", '    Folder("site")\n    Raw('))
    apex.preview(program).expect(3, "the name of synced-folder:index:GoogleCloudFolder (site) is")


PLUGIN = """\
#!{python}
import sys
import pulumi
from pulumi.provider import CallResult, ConstructResult, Provider
from pulumi.provider.server import main


class Raw(pulumi.CustomResource):
    def __init__(self, name, token, inputs, opts=None):
        super().__init__(token, name, inputs, opts)


class Site(pulumi.ComponentResource):
    def __init__(self, name, inputs, opts):
        super().__init__("site:index:Site", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.reader = Raw(
            f"{{name}}-reader", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
            {{"location": "us-central1", "repository": inputs["repository"],
              "role": "roles/artifactregistry.reader", "member": inputs["member"]}}, below)
        self.register_outputs({{}})


class Sites(Provider):
    def construct(self, name, resource_type, inputs, options=None):
        if inputs.get("fails"):
            raise ValueError("no such site")
        site = Site(name, inputs, options)
        if inputs.get("late"):
            raise ValueError("gone")
        state = {{"url": "https://site", "id": site.reader.id, "token": inputs.get("token")}}
        return ConstructResult(site.urn, state)

    def call(self, token, args):
        return CallResult({{"greeting": pulumi.Output.concat("hello ", args["name"])}})


main(Sites("1.2.3"), sys.argv[1:])
"""

PROGRAM = (
    RAW
    + """
    class Site(pulumi.ComponentResource):
        url: pulumi.Output[str]
        token: pulumi.Output[str]

        def __init__(self, name, inputs, opts=None):
            super().__init__("site:index:Site", name, {**inputs, "url": None}, opts, remote=True)

    vpc = Raw("vpc", "gcp:compute/network:Network", {})
    site = Site("web", {"repository": vpc.id, "member": MEMBER, "fails": FAILS, "token": TOKEN})
    site.url.apply(lambda url: print("url", url))
    pulumi.runtime.call("site:index:Site/greet", {"name": "you"}, site).apply(
        lambda said: print("said", said))
    pulumi.export("token", site.token)
"""
)


def program_with(member: str = '"allUsers"', fails: str = "False", token: str = "None") -> str:
    return PROGRAM.replace("MEMBER", member).replace("FAILS", fails).replace("TOKEN", token)


def installed(home: Path, plugin: str = PLUGIN, version: str = "1.2.3") -> Path:
    """Pulumi's folder, with the plugin of the package site in it."""
    file = home / "plugins" / f"resource-site-v{version}" / "pulumi-resource-site"
    file.parent.mkdir(parents=True)
    file.write_text(plugin.format(python=sys.executable), "utf-8")
    file.chmod(0o755)
    return home


def test_a_component_is_run_whose_plugin_is_here(apex: Apex, tmp_path: Path) -> None:
    home = installed(tmp_path / "home")
    outcome = apex.preview(judged(tmp_path / "program", program_with()), PULUMI_HOME=str(home))
    outcome.expect(
        1,
        "url https://site",
        "said {'greeting': 'hello you'}",
        "high violation: Artifact Registry IAM has no public member\n"
        "  __main__.py:16\n"
        "  gcp:artifactregistry/repositoryIamMember:RepositoryIamMember web-reader\n"
        "  grants roles/artifactregistry.reader to allUsers (member)\n",
    )
    assert "not run" not in outcome.out


def test_what_it_gets_and_gives_keeps_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(installed(tmp_path / "home")))
    secret = program_with("vpc.id", token='pulumi.Output.secret("s3cr3t value")')
    program = f"{secret}    site.token.apply(lambda token: print('token', token))\n"
    result = run(judged(tmp_path / "program", program))
    assert "token [secret]" in result.output
    found = by_name(result)
    reader, vpc = found["web-reader"], found["vpc"]
    assert reader.parent == found["web"].urn
    assert reader.value["member"] is UNKNOWN
    assert reader.property_dependencies is not None
    assert list(reader.property_dependencies["member"]) == [vpc.urn]


OLD = """
from pulumi.provider.server import ProviderServicer
from pulumi.runtime import proto


async def configure(self, request, context):
    return proto.ConfigureResponse(acceptSecrets=True)


async def parameterize(self, request, context):
    Site.__init__.__globals__["PACKAGE"] = request.value
    return proto.ParameterizeResponse(name=request.value.name, version=request.value.version)


ProviderServicer.Configure = configure
ProviderServicer.Parameterize = parameterize
main("""
PACKAGED = """
    from pulumi.runtime.proto import resource_pb2
    from pulumi.runtime.settings import get_monitor

    PACKAGE = get_monitor().RegisterPackage(resource_pb2.RegisterPackageRequest(
        name="site", version="1.2.3", parameterization=resource_pb2.Parameterization(
            name="shop", version="4.5.6", value=b"of value"))).ref

    async def package():
        return PACKAGE
"""


def test_a_package_may_be_made_of_a_parameter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that knows no output values gets none.
    plugin = PLUGIN.replace("main(", OLD)
    plugin = plugin.replace('"https://site"', "PACKAGE.name + PACKAGE.value.decode()")
    monkeypatch.setenv("PULUMI_HOME", str(installed(tmp_path / "home", plugin)))
    program = program_with().replace("class Site", f"{PACKAGED.lstrip()}\n    class Site")
    program = program.replace("remote=True", "remote=True, package_ref=package()")
    program = program.replace('site:index:Site"', 'shop:index:Site"')
    result = run(judged(tmp_path / "program", program))
    assert "url shopof value" in result.output
    assert by_name(result)["web-reader"].value["repository"] is UNKNOWN


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        ("#!{python}\nraise SystemExit('no port today')\n", "does not start: no port today"),
        ("#!{python}\nprint('hello')\n", "does not start: it names no port"),
        ("#!/nowhere/python\n", "cannot be started: No such file or directory"),
    ],
)
def test_a_plugin_that_does_not_start_is_named(
    apex: Apex, tmp_path: Path, plugin: str, said: str
) -> None:
    home = installed(tmp_path / "home", plugin)
    folder = judged(tmp_path / "program", program_with())
    apex.preview(folder, PULUMI_HOME=str(home)).expect(
        1, "was not run, and what it makes is not evaluated: its plugin", said
    )


@pytest.mark.parametrize("when", ["True", "False, 'late': True"])
def test_a_plugin_that_fails_is_quoted(apex: Apex, tmp_path: Path, when: str) -> None:
    home = installed(tmp_path / "home")
    folder = judged(tmp_path / "program", program_with(fails=when))
    outcome = apex.preview(folder, PULUMI_HOME=str(home)).expect(
        1,
        "is not evaluated: its plugin failed: Unexpected",
        "no such site" if when == "True" else "gone",
    )
    assert "url " not in outcome.out


@pytest.mark.parametrize(
    ("places", "version", "found"),
    [
        ((), "", None),
        (("home/plugins/resource-site-v1.2.3",), "", "home/plugins/resource-site-v1.2.3"),
        (
            ("home/plugins/resource-site-v1.9.0", "home/plugins/resource-site-v1.10.0"),
            "",
            "home/plugins/resource-site-v1.10.0",
        ),
        (
            ("home/plugins/resource-site-v1.9.0", "home/plugins/resource-site-v1.10.0"),
            "1.9.0",
            "home/plugins/resource-site-v1.9.0",
        ),
        (("home/plugins/resource-site-v1.9.0",), "2.0.0", None),
        (("home/plugins/resource-site-vnext",), "", "home/plugins/resource-site-vnext"),
        (("bin", "home/plugins/resource-site-v1.9.0"), "", "bin"),
        (("program/site", "bin"), "", "program/site"),
        (("program/provider", "program/other"), "", "program/provider"),
    ],
)
def test_a_plugin_is_found_where_the_engine_finds_it(
    tmp_path: Path, places: tuple[str, ...], version: str, found: str | None
) -> None:
    for place in places:
        file = tmp_path / place / "pulumi-resource-site"
        file.parent.mkdir(parents=True)
        file.write_text("", "utf-8")
        file.chmod(0o755)
    content = (
        "packages: {site: ./site, other: acme/other@1.0.0}\n"
        "plugins: {providers: [{name: other, path: other}, {name: site, path: provider}]}\n"
    )
    project = load_project(judged(tmp_path / "program", project=content))
    path = {"PATH": str(tmp_path / "bin")}
    command = find_plugin("site", version, project, path, tmp_path / "home")
    if found is None:
        assert command is None
    else:
        assert command == [str(tmp_path / found / "pulumi-resource-site")]


NODE = {
    "PulumiPlugin.yaml": "runtime: nodejs\n",
    "node_modules/@pulumi/pulumi/cmd/run-plugin/a": "",
}
PYTHON = f"runtime: {{name: python, options: {{virtualenv: '{sys.prefix}'}}}}\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"PulumiPlugin.yaml": PYTHON, "__main__.py": ""}, ["python", "-u", "site"]),
        ({"PulumiPlugin.yaml": PYTHON}, None),
        ({"PulumiPlugin.yaml": PYTHON.replace(sys.prefix, "none"), "__main__.py": ""}, None),
        (NODE, ["node", "run-plugin", "site"]),
        ({"PulumiPlugin.yaml": "runtime: nodejs\n"}, None),
        ({"PulumiPlugin.yaml": "runtime: go\n"}, None),
        ({"PulumiPlugin.yaml": "- a list\n"}, None),
        ({"README.md": ""}, None),
    ],
)
def test_a_plugin_may_be_source(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    expected: list[str] | None,
) -> None:
    write(tmp_path / "bin", {"node": ""})
    (tmp_path / "bin" / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    write(tmp_path / "program" / "site", files)
    content = "packages: {site: {source: ./site}}\nplugins: {providers: }\n"
    project = load_project(judged(tmp_path / "program", project=content))
    command = find_plugin("site", "", project, {}, tmp_path / "home")
    assert (command and [Path(part).name for part in command]) == expected


def test_plugins_are_where_pulumi_keeps_them() -> None:
    assert pulumi_home({"PULUMI_HOME": "/srv/pulumi"}) == Path("/srv/pulumi")
    assert pulumi_home({}) == Path.home() / ".pulumi"
