"""What the sheets draw, so that a sheet's cells hold its subject and no plotting."""
