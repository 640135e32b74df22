"""From pairs to a published, versioned dataset: splits, formats, card, gallery, checks."""

import extractors  # noqa: F401  (switches telemetry off before any library is imported)
