"""Tables of rules, one fact with a parameter, and what the rules of several files ask together."""
