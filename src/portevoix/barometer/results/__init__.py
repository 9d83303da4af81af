"""The results as a document, and what is derived from them."""
