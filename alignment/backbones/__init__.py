"""Models that put pictures and texts into one space, behind one small protocol (`base`)."""
