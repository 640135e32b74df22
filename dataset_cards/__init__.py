"""From pairs to a published, versioned dataset: splits, formats, card, gallery, checks."""
