"""After a build that nobody sits beside: a benchmark of the newest model, where settings ask for it."""

from __future__ import annotations

from pathlib import Path

from extractors.errors import TuwenError
from flows.lock import workspace_lock
from flows.progress import say
from flows.rebuild import BuildReport
from flows.settings import Settings


def benchmark_published(root: Path, settings: Settings, report: BuildReport) -> list[str]:
    """Benchmark the newest model on a version just published, when `benchmark.after_build` says so.

    Returns what came of it, a line a split, and says it. A benchmark that cannot be made is told and stops
    no later build.
    """
    if not settings.benchmark.after_build or report.state != "published" or report.path is None:
        return []
    from alignment.benchmark.report.tables import dataset_title
    from flows.prefect_server import prefect_api

    folder = root / "benchmarks"
    folder.mkdir(exist_ok=True)
    try:
        with workspace_lock(folder, "benchmark"), prefect_api(folder):
            from flows.chain import benchmark_newest

            found = benchmark_newest(root, settings, report.path)
    except TuwenError as error:
        lines = [f"no benchmark of {report.version}: {error}"]
    else:
        lines = [f"benchmark of {dataset_title(one.result)}: {one.folder / 'index.html'}" for one in found]
    for line in lines:
        say(line)
    return lines
