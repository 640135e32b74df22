"""What is printed: numbers, labels, caption parts, pointers and entry headings, read from strings alone."""
