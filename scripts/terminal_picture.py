"""docs/pictures/preview.svg: what `apex preview` shows in a terminal, made by running it.

python -m scripts.terminal_picture > docs/pictures/preview.svg
"""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT: Final = Path(__file__).parents[1]
PICTURE: Final = ROOT / "docs/pictures/preview.svg"

COMMAND: Final = "apex preview --program examples/bad/open-firewall --only firewall-ssh-not-public"
DESCRIPTION: Final = (
    "apex preview refuses a program: it names the rule that is violated, the file and line, why "
    "that matters and how to fix it, and ends with: dev may not be deployed."
)
"""What somebody is told who does not see the picture."""

_WIDTH: Final = 100
"""Characters in a line."""

# As Rich's own, but for its fonts, which a viewer would fetch from elsewhere, and the description.
_TEMPLATE: Final = """\
<svg role="img" aria-labelledby="apex-desc" viewBox="0 0 {width} {height}" \
xmlns="http://www.w3.org/2000/svg">
    <desc id="apex-desc">DESCRIPTION</desc>
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
    }}
    .{unique_id}-title {{
        font-size: 18px;
        font-weight: bold;
        font-family: system-ui, sans-serif;
    }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" \
clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def picture() -> str:
    """The SVG."""
    console = Console(
        record=True,
        width=_WIDTH,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    console.print(Text(f"$ {COMMAND}", style="bold"))
    console.print(Text.from_ansi(_said()))
    drawn = console.export_svg(
        title="apex",
        theme=MONOKAI,
        code_format=_TEMPLATE.replace("DESCRIPTION", escape(DESCRIPTION)),
        unique_id="apex",
    )
    # Whoever edits it has an editor that takes spaces at the ends of lines away.
    return "\n".join(map(str.rstrip, drawn.splitlines())) + "\n"


def _said() -> str:
    """What the command shows, with its colours."""
    name, *arguments = shlex.split(COMMAND)
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [Path(sys.executable).with_name(name), *arguments],
        cwd=ROOT,
        env={**variables, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(picture())
