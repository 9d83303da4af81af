"""What goes out, and the access by which it may."""
