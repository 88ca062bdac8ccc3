"""Programs that show what celers does."""
