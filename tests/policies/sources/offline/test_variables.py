"""Environment variables: the provider's facts are passed on, and what is not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.judged import Apex, judged

SILENT = "config: {}\n"
SETTING = "`offline.environment` in policy-pack.yaml names what a program gets"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_REGION"):
        monkeypatch.delenv(name, raising=False)


def test_the_provider_s_variables_stand_in_where_config_is_silent(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import os
        import pulumi
        import pulumi_gcp as gcp

        print("of the variables:", os.environ["GCLOUD_PROJECT"])
        print("of config:", pulumi.Config("gcp").get("project"))
        print("of the provider:", gcp.organizations.get_project().project_id)
        """,
        stack=SILENT,
    )
    apex.preview(program, GCLOUD_PROJECT="acme-dev").expect(
        0, "of the variables: acme-dev", "of config: None", "of the provider: acme-dev"
    )


def test_config_comes_before_the_provider_s_variables(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp

        print("of the provider:", gcp.organizations.get_project().project_id)
        """,
    )
    apex.preview(program, GOOGLE_PROJECT="acme-dev").expect(0, "of the provider: my-project")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("os.environ['DEPLOY_COLOUR']", "KeyError: 'DEPLOY_COLOUR'"),
        ("'colour-' + os.environ.get('DEPLOY_COLOUR')", "TypeError"),
        ("os.getenv('DEPLOY_COLOUR').upper()", "AttributeError"),
    ],
)
def test_a_variable_that_is_kept_from_the_program_is_named_with_the_setting(
    apex: Apex, tmp_path: Path, line: str, error: str
) -> None:
    program = judged(tmp_path, f"import os\n\n{line}\n")
    outcome = apex.preview(program, DEPLOY_COLOUR="blue").expect(
        3,
        error,
        f"{program}/__main__.py:3: reads DEPLOY_COLOUR, which is set here but not passed",
        SETTING,
    )
    assert "python_variables.py" not in outcome.said
    assert "blue" not in outcome.said


def test_a_variable_that_nobody_has_set_is_said_not_to_be(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, "import os\n\nos.environ['DEPLOY_COLOUR']\n")
    apex.preview(program).expect(
        3, "the environment variable DEPLOY_COLOUR is not set here", SETTING
    )


def test_a_library_that_misses_a_variable_is_told_of_where_it_fails_the_program(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        "import collections, os\n\ncollections.ChainMap(os.environ)['DEPLOY_COLOUR']\n",
    )
    apex.preview(program, DEPLOY_COLOUR="blue").expect(3, "KeyError: 'DEPLOY_COLOUR'")


def test_a_program_that_goes_on_without_a_variable_is_told_of(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        "import os\n\nfor _ in range(2):\n    os.environ.get('DEPLOY_COLOUR')\nos.getenv('NONE')\n",
    )
    outcome = apex.preview(program, DEPLOY_COLOUR="blue")
    outcome.expect(0, "note: ", "__main__.py:4: reads DEPLOY_COLOUR, which is set here but")
    assert outcome.said.count("DEPLOY_COLOUR") == 1


def test_of_a_variable_that_is_not_set_the_result_may_depend(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import os
        import textwrap

        label = os.getenv("DB_PASSWORD") or "none"
        os.environ.get("DB_PASSWORD", "none")
        "HOME_TOWN" in os.environ
        """,
    )
    outcome = apex.preview(program)
    outcome.expect(
        0,
        f"note: {program}/__main__.py:5: reads DB_PASSWORD, which is not set here: where it is "
        "set, the program may make something else\n",
        "__main__.py:7: reads HOME_TOWN, which is not set here",
    )
    assert outcome.said.count("DB_PASSWORD") == 1


def test_a_module_that_is_missing_is_said_to_be_installed_or_on_a_path(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(tmp_path, "import no_such_package\n")
    apex.preview(program, PYTHONPATH="/elsewhere").expect(
        3, "no_such_package", "`apex doctor` names the command", "PYTHONPATH is set here but not"
    )


def test_config_is_there_as_the_language_host_has_it(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, "import os\nprint('all', os.environ['PULUMI_CONFIG'])\n")
    apex.preview(program).expect(0, 'all {"gcp:project": "my-project"')


READS = """
import os
import pulumi

class Raw(pulumi.CustomResource):
    def __init__(self, name, token, inputs):
        super().__init__(token, name, inputs)

password = os.environ["DB_PASSWORD"]
print("is it there:", "DB_PASSWORD" in os.environ, os.getenv("DB_PASSWORD") == password)
print("passed on:", "DB_PASSWORD" in dict(os.environ))
hidden = pulumi.Output.secret(password)
Raw("user", "gcp:sql/user:User", {"instance": "db", "name": "app", "password": hidden})
Raw("files", "gcp:storage/bucket:Bucket", {"location": "US", "labels": {"pw": password}})
"""


def test_a_credential_is_a_placeholder_that_is_found_where_it_is_shown(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(tmp_path, READS)
    outcome = apex.preview(program, DB_PASSWORD="Sommer2024!").expect(
        1,
        "is it there: True True\n",
        "passed on: False\n",
        "exposes the environment variable DB_PASSWORD (labels.pw)",
        "__main__.py:9: reads DB_PASSWORD, which is set here but not passed to the program, which "
        f"gets a placeholder: {SETTING}",
    )
    assert "Sommer2024!" not in outcome.said
    assert "sql-user-password-not-literal" not in outcome.said


def test_a_library_gets_no_placeholder(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path, "import collections, os\n\ncollections.ChainMap(os.environ)['DB_PASSWORD']\n"
    )
    apex.preview(program, DB_PASSWORD="Sommer2024!").expect(3, "KeyError: 'DB_PASSWORD'")


def test_a_credential_that_settings_name_is_passed(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        "import os\n\nprint(len(os.environ['DB_PASSWORD']))\n",
        files={"policy-pack.yaml": "offline: {environment: [DB_PASSWORD]}\n"},
    )
    apex.preview(program, DB_PASSWORD="Sommer2024!").expect(0, "\n  11\n")
