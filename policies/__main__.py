"""The pack's entry point: the Pulumi engine starts it with its address; else it is `apex`."""

import sys
from pathlib import Path

# What runs as main has its folder, and often the working directory, first on the path, where a
# judged program's `pydantic.py` could stand in for the judge's. Both go.
HERE = Path(__file__).resolve().parent


def _is_hidden(entry: str) -> bool:
    try:
        return Path(entry).resolve() in (HERE, Path.cwd().resolve())
    except OSError:  # The working directory has been removed.
        return not Path(entry).is_absolute()


sys.path[:] = [entry for entry in sys.path if not _is_hidden(entry)]
# The package is the one that lies here, whatever else is installed.
sys.path.insert(0, str(HERE))
import apex_guardrails  # noqa: E402, F401

sys.path.remove(str(HERE))


def main() -> int:
    """Serves the engine where it gives an address, as `pulumi.policy` does; else runs `apex`."""
    arguments = sys.argv[1:]
    if arguments and arguments[0].rpartition(":")[2].isdigit():
        from apex_guardrails.support.garbage import no_collections
        from apex_guardrails.support.streams import usable_streams

        with no_collections():
            from apex_guardrails.analyzer.server import serve
        with usable_streams():
            return serve()
    from apex_guardrails.cli import main as apex

    return apex()


if __name__ == "__main__":
    sys.exit(main())
