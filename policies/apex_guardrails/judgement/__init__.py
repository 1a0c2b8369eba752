"""The one result of a run: what was found, what counts of it, and its JSON form."""
