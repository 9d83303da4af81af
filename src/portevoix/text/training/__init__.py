"""Training of models, with scikit-learn. Code that only uses models does not import this package.

`python -m portevoix.text.training` trains in a process of its own, see `protocol`.
"""
