"""Where tasks run: Prefect's task runner by setting. The result of a build is the same with each."""

from __future__ import annotations

import logging
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
    # Dask tells every step of its own life at level INFO.
    logging.getLogger("distributed").setLevel(logging.WARNING)
    # Port 0: any free one, so that two builds on one machine do not ask for the same.
    local = {"n_workers": settings.concurrency, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    runner: TaskRunner[Any] = DaskTaskRunner(
        address=settings.dask_address, cluster_kwargs=None if settings.dask_address else local
    )
    return runner
