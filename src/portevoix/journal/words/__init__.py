"""The words of an edition, in the language of its reader."""
