"""The Barometer: which city serves its citizens best on social networks, and how sure one can be."""
