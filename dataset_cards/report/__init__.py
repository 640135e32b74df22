"""The gallery of a version: report/index.html, for looking through pairs on one's own disk."""
