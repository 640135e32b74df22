"""A page and a book laid out: blocks in reading order, furniture set aside, caption candidates found."""
