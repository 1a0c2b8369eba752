"""The Apex Guardrails policy pack, and the `apex` tool around it."""
