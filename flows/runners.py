"""Where tasks run: Prefect's task runner by setting. The result of a build is the same with each."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from extractors.errors import MissingDependencyError
from flows.settings import BuildSettings


def task_runner(settings: BuildSettings) -> TaskRunner[Any]:
    """The runner the settings ask for. Raises MissingDependencyError when its package is not installed."""
    if settings.runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings.concurrency)
    if settings.runner == "processes":
        return ProcessPoolTaskRunner(max_workers=settings.concurrency)
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError:
        raise MissingDependencyError(
            "build.runner = dask needs the package prefect-dask: pip install 'tuwen[dask]', "
            "or set build.runner to threads or processes"
        ) from None
    # No dashboard: it would take a port for the length of a build.
    local = {"n_workers": settings.concurrency, "threads_per_worker": 1, "dashboard_address": None}
    runner: TaskRunner[Any] = DaskTaskRunner(
        address=settings.dask_address, cluster_kwargs=None if settings.dask_address else local
    )
    return runner
