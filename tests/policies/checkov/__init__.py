"""Tests of Checkov over Pulumi programs."""
