"""How a bench ends; an exit status of 1 is an error, or something that was lost, doubled or counted wrong."""

GOAL_MISSED = 3
"""All is right, and too slow or too large, or not so often right as it is to be."""
NOT_RUN = 4
"""Something is missing here; the last line has said what."""
