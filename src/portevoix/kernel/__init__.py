"""The vocabulary, the states and the clock: what every other room speaks. Standard library and `holidays` only."""
