"""Qdrant, on Cloud Run or on a virtual machine, and its snapshots."""

from infra.databases.qdrant.qdrant import Qdrant, QdrantArgs
from infra.databases.qdrant.snapshots import Snapshots, SnapshotsArgs

__all__ = ["Qdrant", "QdrantArgs", "Snapshots", "SnapshotsArgs"]
