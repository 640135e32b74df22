"""How well a book was extracted: predictions beside labels, in numbers and as a list of errors by type."""
