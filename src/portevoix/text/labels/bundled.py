"""Models bundled with the program, trained on the starter's messages by `tools/starter.py`."""

from functools import cache
from pathlib import Path

from portevoix.text import starter
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.model_store import load


@cache
def shipped(task: str) -> Classifier:
    """Return the model of "department", "kind" or "valence"."""
    return load(Path(starter.__file__).with_name(f"{task}.npz")).model
