"""Binary Authorization."""
