"""The slips of a description corrected by a language model: optional, guarded, and never a new fact."""
