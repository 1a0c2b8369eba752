"""Runs a Pulumi program without the engine, and hears what it would deploy."""
