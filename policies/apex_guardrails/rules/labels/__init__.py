"""Labels, which say whose a resource is and who pays for it."""
