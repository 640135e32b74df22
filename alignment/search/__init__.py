"""Search: a text or a picture against all pictures of a version."""
