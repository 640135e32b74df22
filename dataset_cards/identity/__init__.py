"""Which figure of a new version is which of the versions before: pairs keep their ids and their splits."""
