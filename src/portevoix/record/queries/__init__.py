"""Queries of the record for other packages. Each takes the colleague who asks, where that limits the result."""
