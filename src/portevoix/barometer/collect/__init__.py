"""Posts of cities: asked for on networks, or brought from files."""
