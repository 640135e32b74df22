"""Image–text models on a published dataset version."""

import dataset_cards  # noqa: F401  (switches telemetry off before any library is imported)
