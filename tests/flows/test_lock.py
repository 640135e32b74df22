from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from extractors.errors import BUSY, BusyError
from flows.lock import lock_holder, workspace_lock
from tests.flows.processes import running

HOLD = """
import sys, time
from pathlib import Path
from flows.lock import workspace_lock
with workspace_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_lock_is_held_once_and_given_back(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None
    with workspace_lock(tmp_path):
        assert lock_holder(tmp_path) == os.getpid()
        with pytest.raises(BusyError, match=f"process {os.getpid()}") as caught, workspace_lock(tmp_path):
            pass
        assert caught.value.exit_code == BUSY
    assert lock_holder(tmp_path) is None
    with workspace_lock(tmp_path):
        pass


def test_another_process_is_named_and_its_death_frees_the_lock(tmp_path: Path) -> None:
    with running([sys.executable, "-c", HOLD, str(tmp_path)], ready="held") as holder:
        assert lock_holder(tmp_path) == holder.pid
        with pytest.raises(BusyError, match=f"process {holder.pid}"), workspace_lock(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with workspace_lock(tmp_path):
            assert lock_holder(tmp_path) == os.getpid()
