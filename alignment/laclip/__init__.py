"""LACLIP (arXiv 2505.10921): one vector a picture, made of its crops' features; nothing is trained."""
