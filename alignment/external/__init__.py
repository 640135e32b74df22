"""Other people's benchmarks, from a local folder: the same ladder and the same measures on their pictures."""
