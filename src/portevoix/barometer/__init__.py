"""The Barometer: which city serves its citizens best on social networks, and how certain the ranking is."""
