"""Cloud Armor."""
