"""Types, states and the service clock shared by all other packages. Needs the standard library and `holidays` only."""
