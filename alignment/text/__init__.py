"""Texts as the text tower reads them: the same way in training and in search."""
