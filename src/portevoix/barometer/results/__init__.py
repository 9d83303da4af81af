"""The results document and the data derived from it."""
