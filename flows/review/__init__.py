"""tuwen review: a page on this machine where a person looks through a version and corrects it."""
