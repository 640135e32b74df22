"""From one PDF book to image–text pairs. Knows nothing of datasets, models or Prefect."""

from extractors.telemetry import switch_off_telemetry

switch_off_telemetry()
