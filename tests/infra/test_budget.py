"""The budget."""

from tests.infra.deployment import Deployment, deploy

BUDGET = "gcp:billing/budget:Budget"


def test_alerts_on_what_is_spent_and_on_what_will_be(deployment: Deployment) -> None:
    budget = deployment.one(BUDGET).inputs
    assert [(r["thresholdPercent"], r["spendBasis"]) for r in budget["thresholdRules"]] == [
        (0.5, "CURRENT_SPEND"),
        (0.8, "CURRENT_SPEND"),
        (1.0, "CURRENT_SPEND"),
        (1.0, "FORECASTED_SPEND"),
    ]


def test_is_the_stacks_limit(dev: Deployment, staging: Deployment, production: Deployment) -> None:
    amounts = [stack.one(BUDGET).inputs["amount"] for stack in (dev, staging, production)]
    assert amounts == [{"specifiedAmount": {"units": units}} for units in ("100", "200", "700")]


def test_counts_this_project_alone(deployment: Deployment) -> None:
    budget = deployment.one(BUDGET).inputs
    assert budget["billingAccount"] == "000000-000000-000000"
    assert budget["budgetFilter"]["projects"] == ["projects/123456789012"]


def test_tells_the_people_who_hear_of_alerts(deployment: Deployment) -> None:
    rule = deployment.one(BUDGET).inputs["allUpdatesRule"]
    assert rule["disableDefaultIamRecipients"] is False
    assert rule["monitoringNotificationChannels"] == ["id-of-email"]


def test_is_in_the_billing_accounts_currency() -> None:
    """Which Google knows, and which may be told."""
    budget = deploy("dev", {"budget-currency": "EUR"}).one(BUDGET).inputs
    assert budget["amount"] == {"specifiedAmount": {"currencyCode": "EUR", "units": "100"}}


def test_follows_the_configuration() -> None:
    budget = deploy("dev", {"budget-amount": 42, "billing-account": "0123AB-0123AB-0123AB"})
    assert budget.one(BUDGET).inputs["amount"]["specifiedAmount"]["units"] == "42"
    assert budget.one(BUDGET).inputs["billingAccount"] == "0123AB-0123AB-0123AB"
