"""The slips of a description mended by a language model: optional, guarded, and never a new fact."""
