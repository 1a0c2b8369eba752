"""What operators do to a deployed stack: step by step, safe to be killed and run again."""
