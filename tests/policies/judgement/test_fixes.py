"""A fix speaks the language of the program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.judgement.fixes import fix_in, language_of
from apex_guardrails.model import Resource, SourcePosition, Stack
from apex_guardrails.provider.schema import resource_type
from apex_guardrails.rules import all_rules

PRIVATE = "Set settings.ip_configuration to ipv4_enabled=False and private_network=<the VPC's id>."


@pytest.mark.parametrize(
    ("language", "fix", "said"),
    [
        (
            ".ts",
            PRIVATE,
            (
                "Set settings.ipConfiguration to ipv4Enabled: false and "
                "privateNetwork: <the VPC's id>."
            ),
        ),
        (
            ".go",
            PRIVATE,
            (
                "Set Settings.IpConfiguration to Ipv4Enabled: pulumi.Bool(false) and "
                "PrivateNetwork: <the VPC's id>."
            ),
        ),
        (".yaml", "Set deletion_protection=True.", "Set deletionProtection: true."),
        (
            ".tf",
            PRIVATE,
            (
                "Set settings.ip_configuration to ipv4_enabled = false and "
                "private_network = <the VPC's id>."
            ),
        ),
        (
            ".tf",
            "Set password_wo from secret config or random.RandomPassword, or use an IAM user.",
            "Set password_wo from a sensitive variable or random_password, or use an IAM user.",
        ),
        (".py", PRIVATE, PRIVATE),
        ("", PRIVATE, PRIVATE),
        (".js", "Set service_account.email=sa.email.", "Set serviceAccount.email: sa.email."),
        (".go", 'Set ssl_mode="X".', 'Set SslMode: pulumi.String("X").'),
        (
            ".go",
            "Set log_config enable=True, sample_rate=1.0.",
            "Set LogConfig Enable: pulumi.Bool(true), SampleRate: pulumi.Float64(1.0).",
        ),
        (".go", "Set port=443.", "Set Port: pulumi.Int(443)."),
        (
            ".go",
            'Set metadata={"enable-oslogin": "TRUE"}.',
            'Set Metadata: pulumi.StringMap{"enable-oslogin": pulumi.String("TRUE")}.',
        ),
        (
            ".go",
            'Set source_ranges=["35.235.240.0/20"].',
            'Set SourceRanges: pulumi.StringArray{pulumi.String("35.235.240.0/20")}.',
        ),
        # Neither flags, metrics, settings nor other programs' options are inputs.
        (
            ".ts",
            'Set {"name": "log_duration"} in settings.database_flags.',
            'Set {"name": "log_duration"} in settings.databaseFlags.',
        ),
        (
            ".ts",
            "Raise cost.machine_types in policy-pack.yaml.",
            "Raise cost.machine_types in policy-pack.yaml.",
        ),
        (".ts", "Remove enable-oslogin=FALSE.", "Remove enable-oslogin=FALSE."),
        (
            ".ts",
            "gcloud secrets versions access latest --secret=NAME.",
            "gcloud secrets versions access latest --secret=NAME.",
        ),
        (
            ".ts",
            "Add an AlertPolicy on uptime_check/check_passed.",
            "Add an AlertPolicy on uptime_check/check_passed.",
        ),
        (
            ".ts",
            "Pass opts=ResourceOptions(protect=True).",
            "Pass { protect: true } as the options.",
        ),
        (".go", "Read it with config.require_secret.", "Read it with config.RequireSecret."),
        (".ts", "Set it to True.", "Set it to true."),
    ],
)
def test_names_and_values_are_written_as_the_language_has_them(
    language: str, fix: str, said: str
) -> None:
    assert fix_in(language, fix) == said


@pytest.mark.parametrize("language", [".ts", ".go", ".yaml"])
def test_no_fix_of_a_rule_keeps_pythons_constants(language: str) -> None:
    for rule in all_rules():
        said = fix_in(language, rule.fix)
        assert "=True" not in said
        assert "=False" not in said


@given(st.text('abc_=."[]{}<>TrueFals 0123/-'))
def test_any_text_is_a_fix(text: str) -> None:
    assert isinstance(fix_in(".ts", text), str)


def test_the_language_is_that_of_the_files() -> None:
    stack = Stack("dev", "shop")
    assert language_of(stack) == ""
    stack.add(
        Resource(
            "urn:pulumi:dev::shop::gcp:sql/user:User::app",
            resource_type("gcp:sql/user:User"),
            {},
            stack,
            position=SourcePosition("/shop/index.ts", 3),
        )
    )
    assert language_of(stack) == ".ts"
