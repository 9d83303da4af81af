"""An edition as a value: its sections, its weeks, what was decided about its subjects since."""
