"""What things are called in Google Cloud."""


def prefixed(prefix: str, name: str) -> str:
    """Returns a name as a copy of the system has it: `blue-apex-api`; without a prefix as it is."""
    return f"{prefix}-{name}" if prefix else name
