"""Why not me, and what one change would do."""
