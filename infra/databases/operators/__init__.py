"""How operators reach the databases, which have private addresses only."""

from infra.databases.operators.operator_access import Access, OperatorAccess, OperatorAccessArgs

__all__ = ["Access", "OperatorAccess", "OperatorAccessArgs"]
