"""Learning: what fits models to examples, and scikit-learn with it. What only reads them needs nothing of this folder.

`python -m portevoix.text.training` learns in a process of its own, see `job`.
"""
