"""Where resources come from: a program that is run offline, or the state of a stack."""
