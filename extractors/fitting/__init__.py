"""The costs of pairing fitted on labelled pages: `python -m extractors.fitting --help`."""
