"""A study of cities that do not exist: what the Barometer looks like, without saying anything of anybody."""
