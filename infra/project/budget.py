"""What the stack may cost before somebody hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.config.project import BudgetConfig
from infra.project.apis import GoogleApi
from infra.project.context import StackContext

SPENT = (0.5, 0.8, 1.0)
"""Shares of the budget whose spending alerts; the forecast alerts at the last."""


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What a `Budget` is built from."""

    ctx: StackContext
    config: BudgetConfig
    channels: Sequence[pulumi.Input[str]]
    """Ids of notification channels, five at most. The billing account's administrators hear of it,
    too."""


class Budget(pulumi.ComponentResource):
    """A monthly budget for the stack's project, with alerts on what is spent and what will be."""

    def __init__(
        self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:project:Budget", name, None, opts)
        project = gcp.organizations.get_project_output(project_id=args.ctx.project)
        gcp.billing.Budget(
            "budget",
            billing_account=args.config.billing_account,
            display_name=f"{args.ctx.project} ({args.ctx.copy})",
            amount=gcp.billing.BudgetAmountArgs(
                specified_amount=gcp.billing.BudgetAmountSpecifiedAmountArgs(
                    # Google refuses any other than the billing account's.
                    currency_code=args.config.currency or None,
                    units=str(args.config.amount),
                )
            ),
            budget_filter=gcp.billing.BudgetBudgetFilterArgs(
                projects=[pulumi.Output.concat("projects/", project.number)],
                calendar_period="MONTH",
                credit_types_treatment="INCLUDE_ALL_CREDITS",
            ),
            threshold_rules=[
                *(
                    gcp.billing.BudgetThresholdRuleArgs(
                        threshold_percent=share, spend_basis="CURRENT_SPEND"
                    )
                    for share in SPENT
                ),
                gcp.billing.BudgetThresholdRuleArgs(
                    threshold_percent=SPENT[-1], spend_basis="FORECASTED_SPEND"
                ),
            ],
            all_updates_rule=gcp.billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=args.channels, disable_default_iam_recipients=False
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.ctx.apis[GoogleApi.BILLING_BUDGETS]]
            ),
        )
        self.register_outputs({})
