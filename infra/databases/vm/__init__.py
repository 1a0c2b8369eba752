"""A database in a container on a virtual machine."""

from infra.databases.vm.database_vm import DatabaseVm, DatabaseVmArgs
from infra.databases.vm.machine_alerts import machine_alerts, machine_cpu

__all__ = ["DatabaseVm", "DatabaseVmArgs", "machine_alerts", "machine_cpu"]
