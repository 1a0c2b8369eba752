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

PCI_NETWORK = (
    "pci-dss-4.0:1.2.5",
    "pci-dss-4.0:1.2.8",
    "pci-dss-4.0:1.3.1",
    "pci-dss-4.0:1.3.2",
    "pci-dss-4.0:1.4.2",
    "pci-dss-4.0:1.5.1",
    "pci-dss-4.0:2.2.5",
)
"""Networks let in what is needed, and nothing else."""

PCI_KEYS = (
    "pci-dss-4.0:3.5.1.1",
    "pci-dss-4.0:3.5.1.3",
    "pci-dss-4.0:3.6.1",
    "pci-dss-4.0:3.6.1.2",
    "pci-dss-4.0:3.6.1.3",
    "pci-dss-4.0:3.6.1.4",
    "pci-dss-4.0:3.7.1",
    "pci-dss-4.0:3.7.2",
    "pci-dss-4.0:3.7.4",
    "pci-dss-4.0:3.7.6",
    "pci-dss-4.0:3.7.7",
    "pci-dss-4.0:4.2.1.1",
)
"""Encryption keys are handled by few people, and securely all their life."""

PCI_ACCESS = (
    "pci-dss-4.0:7.2.1",
    "pci-dss-4.0:7.2.2",
    "pci-dss-4.0:7.2.5",
    "pci-dss-4.0:7.3.1",
    "pci-dss-4.0:7.3.3",
    "pci-dss-4.0:8.2.7",
    "pci-dss-4.0:8.3.4",
)
"""People and programs have access to what they need."""

KEYS = (
    "cis-gcp-4.0:1.9",
    "cis-gcp-5.0:1.10",
    "pci-dss-4.0:3.5.1",
    *PCI_KEYS,
    "pci-dss-4.0:3.7.5",
    *PCI_ACCESS,
    "pci-dss-4.0:7.2.3",
    "pci-dss-4.0:7.3.2",
    "pci-dss-4.0:8.2.8",
    "pci-dss-4.0:8.3.2",
    "pci-dss-4.0:10.3.3",
    "pci-dss-4.0:A1.2.1",
    "iso-27001:A.8.1",
    "iso-27001:A.8.12",
    "iso-27001:A.8.24",
)
"""Encryption keys are used by those who must."""
