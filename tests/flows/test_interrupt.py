"""Stopping: see flows.interrupt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from extractors.errors import INTERRUPTED
from tests.flows.test_prefect_server import own_environment

SIGNALLED = """
import signal, threading, time
from flows.interrupt import run_interruptible

def work():
    time.sleep(0.5)  # the main thread waits by now
    signal.pthread_kill(threading.get_ident(), signal.{name})
    time.sleep(60)

run_interruptible(work)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_that_another_thread_takes_stops_the_work(name: str) -> None:
    command = [sys.executable, "-c", SIGNALLED.format(name=name)]
    ended = subprocess.run(
        command, env=own_environment(), capture_output=True, text=True, timeout=50, check=False
    )
    assert ended.returncode == INTERRUPTED
    assert ended.stderr == "interrupted: what was finished is kept\n"
