"""Private services access: the peering through which Google's services have private addresses."""
