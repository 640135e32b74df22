"""Features of pictures and texts: computed once, kept on disk, found again by what they were made from."""
