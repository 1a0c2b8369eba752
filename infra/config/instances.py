"""What an instance on Cloud Run may have."""

from typing import Literal

Cpu = Literal["1", "2", "4"]
Memory = Literal["512Mi", "1Gi", "2Gi", "4Gi", "8Gi"]

_MEMORY = {
    # Cloud Run, "Configure memory limits" (read in November 2026): what one instance may have.
    "1": ("512Mi", "1Gi", "2Gi", "4Gi"),
    "2": ("512Mi", "1Gi", "2Gi", "4Gi", "8Gi"),
    "4": ("2Gi", "4Gi", "8Gi"),
}
A_CPU = "1, 2 or 4"
A_MEMORY = "512Mi, 1Gi, 2Gi, 4Gi or 8Gi"


def fits(memory: str, cpu: str | None, key: str) -> str:
    """Accepts the memory that an instance with so many CPUs may have; `key` is that of the CPUs."""
    if cpu is not None and memory not in _MEMORY[cpu]:
        raise ValueError(f"is not available with {key} {cpu} ({', '.join(_MEMORY[cpu])})")
    return memory
