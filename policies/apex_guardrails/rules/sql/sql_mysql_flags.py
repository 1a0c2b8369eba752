"""Cloud SQL database flags for MySQL: one rule each."""

from apex_guardrails.rules.families.database_flags import Flag, flags_of_engine
from apex_guardrails.rules.families.table import RuleRow

ROWS = [
    RuleRow(
        id="sql-mysql-local-infile-off",
        about=Flag("local_infile", allowed=("off",), required=False),
        severity="high",
        title="MySQL local_infile is off.",
        why="A client can be tricked into sending local files to the server.",
        controls=("cis-gcp-4.0:6.1.3", "checkov:CKV_GCP_50", "trivy:GCP-0026"),
    ),
    RuleRow(
        id="sql-mysql-skip-show-database-on",
        about=Flag("skip_show_database", allowed=("on",), required=True),
        severity="low",
        title="MySQL skip_show_database is on.",
        why="Any user can list every schema name.",
        controls=("cis-gcp-4.0:6.1.2",),
        level="disabled",
    ),
]

RULES = flags_of_engine("MYSQL").rules(__name__, ROWS)
