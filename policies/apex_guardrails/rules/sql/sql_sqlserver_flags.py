"""Cloud SQL database flags for SQL Server: one rule each."""

from apex_guardrails.rules.families.database_flags import Flag, flags_of_engine
from apex_guardrails.rules.families.table import RuleRow

ROWS = [
    RuleRow(
        id="sql-sqlserver-contained-authentication-off",
        about=Flag("contained database authentication", allowed=("off",), required=False),
        severity="medium",
        title="SQL Server contained database authentication is off.",
        why="Database-local logins escape server-level control.",
        controls=("cis-gcp-4.0:6.3.7", "checkov:CKV_GCP_59", "trivy:GCP-0023"),
    ),
    RuleRow(
        id="sql-sqlserver-cross-db-ownership-off",
        about=Flag("cross db ownership chaining", allowed=("off",), required=False),
        severity="medium",
        title="SQL Server cross db ownership chaining is off.",
        why="An owner of one database reaches objects in another.",
        controls=("cis-gcp-4.0:6.3.2", "checkov:CKV_GCP_58", "trivy:GCP-0019"),
    ),
    RuleRow(
        id="sql-sqlserver-external-scripts-off",
        about=Flag("external scripts enabled", allowed=("off",), required=False),
        severity="high",
        title="SQL Server external scripts are disabled.",
        why="R/Python scripts run with the server account.",
        controls=("cis-gcp-4.0:6.3.1",),
    ),
    RuleRow(
        id="sql-sqlserver-remote-access-off",
        about=Flag("remote access", allowed=("off",), required=True),
        severity="medium",
        title="SQL Server remote access is off.",
        why="Remote stored procedures widen the attack surface.",
        controls=("cis-gcp-4.0:6.3.5",),
    ),
    RuleRow(
        id="sql-sqlserver-trace-3625-on",
        about=Flag("3625", allowed=("on",), required=True),
        severity="low",
        title="SQL Server trace flag 3625 is on.",
        why="Error texts reveal object names to ordinary users.",
        controls=("cis-gcp-4.0:6.3.6",),
        level="disabled",
    ),
    RuleRow(
        id="sql-sqlserver-user-connections-unlimited",
        about=Flag("user connections", allowed=("0",), required=False),
        severity="low",
        title="SQL Server user connections is 0.",
        why="A low cap lets one client lock out the rest.",
        controls=("cis-gcp-4.0:6.3.3",),
    ),
    RuleRow(
        id="sql-sqlserver-user-options-unset",
        about=Flag("user options", allowed=(), required=False),
        severity="low",
        title="SQL Server user options is not set.",
        why="Session defaults changed for the whole server surprise every client.",
        controls=("cis-gcp-4.0:6.3.4",),
    ),
]

RULES = flags_of_engine("SQLSERVER").rules(__name__, ROWS)
