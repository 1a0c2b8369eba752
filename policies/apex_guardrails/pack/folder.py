"""The pack as a folder: what the engine starts, and what `pulumi policy publish` sends.

A checkout has one, beside the package. A wheel has only the package, and what stands in the folder
besides: the folder is made where it is asked for.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from apex_guardrails.pack.about import PACK_FILE, beside, pack_info
from apex_guardrails.support.cache import cache_folder
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import write_texts

_PACKAGE: Final = Path(__file__).parents[1]
_MAIN: Final = "__main__.py"
_BESIDE: Final = (_MAIN, "requirements.txt", "README.md")
_PUBLISHED_ENVIRONMENT: Final = "venv"
"""Which the Pulumi CLI makes in a published pack, from its requirements.txt (3.259:
`pkg/backend/httpstate/policypack.go`)."""


def pack_path() -> Path:
    """The folder for `pulumi preview --policy-pack`: it runs in the environment that this runs in.

    Raises:
        UsageError: there is none yet, and it cannot be written.
    """
    if PACK_FILE.is_file():
        return PACK_FILE.parent
    python = Path(sys.prefix, "bin", "python")
    # Where there is none, the engine takes the Python on PATH, as this command was.
    texts = {
        PACK_FILE.name: _manifest(str(Path(sys.prefix)) if python.exists() else None),
        _MAIN: beside(_MAIN),
    }
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    folder = cache_folder("pack") / digest[:16]
    write_texts({folder / name: text for name, text in texts.items()})
    return folder


def build(folder: Path) -> None:
    """Writes all of the pack into a new folder; its requirements.txt names what else it needs.

    Raises:
        UsageError: there is something in the folder, or it cannot be written.
    """
    texts = {
        PACK_FILE.name: _manifest(_PUBLISHED_ENVIRONMENT),
        **{name: beside(name) for name in _BESIDE},
    }
    if folder.resolve().is_relative_to(_PACKAGE):
        raise UsageError(f"{folder}: is inside the package that is copied: name a folder elsewhere")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: is there already, and not empty: name a new folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".apex-pack-") as made:
            whole = Path(made, "pack")
            no_cache = shutil.ignore_patterns("__pycache__")
            shutil.copytree(_PACKAGE, whole / _PACKAGE.name, ignore=no_cache)
            for name, text in texts.items():
                (whole / name).write_text(text, "utf-8")
            # A folder that is there is empty, and gives way.
            whole.rename(folder)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from None


def _manifest(environment: str | None) -> str:
    """A PulumiPolicy.yaml for a virtual environment, or for the Python on PATH."""
    info = pack_info()
    options = {"toolchain": "pip", **({"virtualenv": environment} if environment else {})}
    content: Mapping[str, object] = {
        **{key: info[key] for key in ("name", "version", "description")},
        "runtime": {"name": "python", "options": options},
        "main": _MAIN,
    }
    return yaml.safe_dump(content, sort_keys=False, width=1000)
