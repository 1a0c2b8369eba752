"""Tables of rules: one fact with a parameter."""
