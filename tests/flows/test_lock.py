from __future__ import annotations

import errno
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


LOOK = """
import sys
from pathlib import Path
from flows.lock import lock_holder
print("looking", flush=True)
while True:
    lock_holder(Path(sys.argv[1]))
"""


def test_who_looks_keeps_no_builder_out(tmp_path: Path) -> None:
    with workspace_lock(tmp_path):
        pass
    with running([sys.executable, "-c", LOOK, str(tmp_path)], ready="looking"):
        for _ in range(5000):
            with workspace_lock(tmp_path):
                pass


def test_a_look_needs_no_right_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace_lock(tmp_path):
        pass
    real = os.open

    def read_only(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    assert lock_holder(tmp_path) is None


def test_another_process_is_named_and_its_death_frees_the_lock(tmp_path: Path) -> None:
    with running([sys.executable, "-c", HOLD, str(tmp_path)], ready="held") as holder:
        assert lock_holder(tmp_path) == holder.pid
        with pytest.raises(BusyError, match=f"process {holder.pid}"), workspace_lock(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with workspace_lock(tmp_path):
            assert lock_holder(tmp_path) == os.getpid()
