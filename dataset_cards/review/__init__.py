"""What people decide about pairs: kept as corrections, applied when a version is made."""
