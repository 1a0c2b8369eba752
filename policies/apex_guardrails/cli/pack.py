"""`apex pack-path` and `apex pack build`: the pack as a folder, for the Pulumi CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(rich_markup_mode=None)
pack = typer.Typer(
    name="pack", help="The pack as a folder that can be published.", no_args_is_help=True
)
commands.add_typer(pack)


@commands.command(
    "pack-path", epilog='\b\nExample:\n  pulumi preview --policy-pack "$(apex pack-path)"'
)
def show_path() -> None:
    """Prints the folder that `pulumi preview --policy-pack` takes."""
    from apex_guardrails.pack.folder import pack_path

    typer.echo(pack_path())


@pack.command(
    epilog="\b\nExample:\n  apex pack build build/pack\n  cd build/pack\n"
    "  pulumi policy publish ORG"
)
def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
) -> None:
    """Writes the pack into a folder of its own, for `pulumi policy publish` or to be copied."""
    from apex_guardrails.pack import folder as folders

    folders.build(folder)
    typer.echo(f"{folder}: written; `pulumi policy publish` in it sends it to an organization")
