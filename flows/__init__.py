"""When and where things run: Prefect flows, task runners, schedules and the `tuwen` command."""

import extractors  # noqa: F401  (switches telemetry off before any library is imported)
