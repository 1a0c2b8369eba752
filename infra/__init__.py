"""The Apex Memory System on Google Cloud, as a Pulumi program."""
