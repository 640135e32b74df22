"""One module for each form a version is written in."""
