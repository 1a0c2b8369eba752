"""`python -m apex_guardrails` is `apex`."""

import sys

from apex_guardrails.cli import main

if __name__ == "__main__":
    sys.exit(main())
