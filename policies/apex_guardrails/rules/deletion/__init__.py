"""What keeps resources that hold data from being deleted, whatever their service."""
