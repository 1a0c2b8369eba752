"""The Pulumi engine's front door: an Analyzer server over gRPC."""
