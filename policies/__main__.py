"""The pack's entry point: the Pulumi engine starts it, and `python -m policies` is `apex`."""

import sys
from pathlib import Path

# What runs as main has its folder, and often the working directory, first on the path, where a
# judged program's `pydantic.py` could stand in for the judge's. Both go; the package stays.
HERE = Path(__file__).resolve().parent


def _is_hidden(entry: str) -> bool:
    try:
        return Path(entry).resolve() in (HERE, Path.cwd().resolve())
    except OSError:  # The working directory has been removed.
        return not Path(entry).is_absolute()


sys.path[:] = [entry for entry in sys.path if not _is_hidden(entry)]
sys.path.append(str(HERE.parent))


def main() -> int:
    """Serves the engine where it gives an address, as `pulumi.policy` does; else runs `apex`."""
    arguments = sys.argv[1:]
    if arguments and arguments[0].rpartition(":")[2].isdigit():
        from policies.garbage import no_collections
        from policies.streams import usable_streams

        with no_collections():
            from policies.sources.analyzer_server import serve
        with usable_streams():
            return serve()
    from policies.cli import main as apex

    return apex()


if __name__ == "__main__":
    sys.exit(main())
