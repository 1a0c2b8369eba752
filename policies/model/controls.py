"""Ids of controls that many rules are evidence for together."""

PCI_AUDIT_LOGS = (
    "pci-dss-4.0:10.2.1",
    "pci-dss-4.0:10.2.1.1",
    "pci-dss-4.0:10.2.1.2",
    "pci-dss-4.0:10.2.1.3",
    "pci-dss-4.0:10.2.1.4",
    "pci-dss-4.0:10.2.1.5",
    "pci-dss-4.0:10.2.1.6",
    "pci-dss-4.0:10.2.1.7",
    "pci-dss-4.0:10.2.2",
    "pci-dss-4.0:10.3.1",
)
"""What is done is logged, all that the standard asks for, and few may read it."""
