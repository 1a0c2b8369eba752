"""Files, text, errors: what has nothing to do with Google Cloud."""
