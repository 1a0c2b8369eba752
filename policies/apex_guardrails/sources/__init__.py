"""Where resources come from: a program run offline, the Pulumi engine."""
