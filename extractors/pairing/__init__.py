"""Figures and texts brought together: page by page, across pages, by number and by entry."""
