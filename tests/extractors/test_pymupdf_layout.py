"""PyMuPDF's layout networks: kept out of our own processes, never out of the user's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from extractors.sandbox import run_jobs


def loaded(_job: None) -> bool:
    import pymupdf  # noqa: F401

    return sys.modules.get("pymupdf.layout") is not None


def test_whoever_imports_our_packages_can_use_them() -> None:
    code = "import extractors.book, flows.cli; import pymupdf.layout; print(pymupdf.layout.version)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_worker_does_not_load_them() -> None:
    assert list(
        run_jobs(loaded, [None], workers=1, seconds=60, wall_seconds=600, memory_mb=2000, recycle_after=1)
    ) == [False]


def test_the_command_does_not_load_them(tmp_path: Path) -> None:
    code = (
        "import atexit, sys; from flows.cli import main;"
        "atexit.register(lambda: print([bool(sys.modules.get(n)) for n in ('pymupdf', 'pymupdf.layout')]));"
        f"sys.argv = ['tuwen', 'extract', 'none.pdf', '--out', {str(tmp_path)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[True, False]"
