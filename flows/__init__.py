"""When and where things run: Prefect flows, task runners, schedules and the `tuwen` command."""
