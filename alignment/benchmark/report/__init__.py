"""A benchmark's result as a page, charts and tables."""
