"""A database in a container on a virtual machine."""

from infra.databases.vm.database_vm import DatabaseVm, DatabaseVmArgs

__all__ = ["DatabaseVm", "DatabaseVmArgs"]
