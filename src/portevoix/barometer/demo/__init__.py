"""A demonstration study of invented cities, which says nothing about real ones."""
