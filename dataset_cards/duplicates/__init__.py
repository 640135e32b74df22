"""Pairs that show the same picture or say the same: found, confirmed, linked, and dropped only when asked."""
