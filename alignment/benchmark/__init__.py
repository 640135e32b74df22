"""Benchmarks: the ladder of scorers on a gallery, its results kept, compared and shown."""
