"""Workers that really hang, crash, eat memory and raise."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest

from extractors import sandbox as sandbox_module
from extractors.errors import EncryptedPdfError, PageTooLargeError
from extractors.records import TextLine
from extractors.sandbox import Sandbox, run_jobs
from extractors.worker import WorkerStartError
from extractors.worker_messages import JobFailure

LIMITS: dict[str, Any] = {
    "workers": 1,
    "seconds": 30,
    "wall_seconds": 300,
    "memory_mb": 500,
    "recycle_after": 100,
}


def compute(seconds: float) -> None:
    """Uses the processor for this many seconds, outside the interpreter lock."""
    start = time.thread_time()
    while time.thread_time() - start < seconds:
        hashlib.sha256(bytes(1_000_000))


def behave(job: tuple[str, Any]) -> Any:
    """Does what the job says: the good and the bad of real pages."""
    what, value = job
    if what == "double":
        return value * 2
    if what == "pid":
        return os.getpid()
    if what == "hang":
        time.sleep(value)
    if what == "hang in native code":
        ctypes.PyDLL(None).sleep(int(value))  # holds the interpreter lock, as native parsers do
    if what == "compute":
        digests = [threading.Thread(target=compute, args=(1000.0,)) for _ in range(value)]
        for thread in digests:
            thread.start()
        for thread in digests:
            thread.join()
    if what == "compute briefly":
        compute(value)
    if what == "signal":
        os.kill(os.getpid(), value)
    if what == "null pointer":
        ctypes.string_at(0)
    if what == "exit":
        os._exit(value)
    if what == "allocate":
        held = []
        for _ in range(value):
            held.append(b"x" * 50_000_000)
            time.sleep(0.01)
        return len(held)
    if what == "MemoryError":
        raise MemoryError
    if what == "KeyError":
        raise KeyError(value)
    if what == "BookError":
        raise EncryptedPdfError(Path("锁.pdf"), "needs a password.")
    if what == "PageError":
        raise PageTooLargeError(value)
    if what == "no data":
        return lambda: None
    if what == "print":
        print(value, flush=True)
        os.write(1, value.encode())
    if what == "big":
        return "x" * value
    return what


def results(jobs: list[tuple[str, Any]], **changes: Any) -> list[Any]:
    return list(run_jobs(behave, jobs, **(LIMITS | changes)))


def is_gone(pid: int) -> bool:
    """Whether the process ends within a few seconds (a zombie has ended)."""
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def children() -> set[int]:
    """The processes this one has started and not ended: other tests keep workers for the whole session."""
    return {child.pid for child in psutil.Process().children()}


def test_results_come_in_job_order_whatever_finishes_first() -> None:
    jobs = [("hang", 0.6), ("double", 1), ("double", 2), ("hang", 0.1), ("double", 3)]
    done: list[int] = []
    assert results(jobs, workers=2, on_done=done.append) == ["hang", 2, 4, "hang", 6]
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert done[0] != 0


def test_no_jobs_no_workers() -> None:
    assert results([]) == []


def test_a_large_result_passes() -> None:
    assert results([("big", 30_000_000)]) == ["x" * 30_000_000]


@pytest.mark.parametrize("what", ["hang", "hang in native code"])
def test_a_job_over_its_time_is_stopped_and_the_next_one_runs(what: str) -> None:
    stopped, after = results([(what, 1000), ("double", 4)], wall_seconds=1)
    assert (stopped.reason, after) == ("hung", 8)
    assert "1 s" in stopped.detail


@pytest.mark.parametrize("threads", [1, 3])
def test_a_job_over_its_processor_time_is_stopped_threads_counted_together(threads: int) -> None:
    stopped, after = results([("compute", threads), ("double", 4)], seconds=1)
    assert (stopped.reason, after) == ("timeout", 8)
    assert "1 s of processor time" in stopped.detail


def test_waiting_for_a_busy_machine_costs_no_job() -> None:
    assert (
        results([("hang", 2.5), ("compute briefly", 0.3)] * 2, seconds=1) == ["hang", "compute briefly"] * 2
    )


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (("signal", signal.SIGSEGV), "SIGSEGV"),
        (("signal", signal.SIGABRT), "SIGABRT"),
        (("signal", signal.SIGKILL), "SIGKILL"),
        (("null pointer", 0), "SIGSEGV"),
        (("exit", 3), "code 3"),
    ],
)
def test_a_crash_costs_its_job_only(job: tuple[str, Any], said: str) -> None:
    before, crashed, after = results([("double", 1), job, ("double", 2)])
    assert (before, after) == (2, 4)
    assert crashed.reason == "crashed"
    assert said in crashed.detail


def test_a_job_over_its_memory_is_stopped() -> None:
    small, large, refused, after = results(
        [("allocate", 2), ("allocate", 2000), ("MemoryError", 0), ("double", 2)]
    )
    assert (small, after) == (2, 4)
    assert (large.reason, refused.reason) == ("memory", "memory")
    assert "500 MiB" in large.detail


def test_an_error_is_told_with_its_place_and_the_worker_lives_on() -> None:
    first, error, no_data, second = results([("pid", 0), ("KeyError", "页"), ("no data", 0), ("pid", 0)])
    assert first == second
    assert error.reason == no_data.reason == "error"
    assert "KeyError: '页' (test_sandbox.py, line " in error.detail


def test_a_page_error_keeps_its_reason() -> None:
    assert results([("PageError", "too many pixels")]) == [JobFailure("too-large", "too many pixels")]


def test_a_book_error_is_raised_here_at_its_turn() -> None:
    run = run_jobs(behave, [("double", 1), ("BookError", 0), ("double", 2)], **LIMITS)
    assert next(run) == 2
    with pytest.raises(EncryptedPdfError, match=r"锁\.pdf: needs a password\.") as caught:
        next(run)
    assert caught.value.path == Path("锁.pdf")


def test_workers_are_replaced_after_some_jobs() -> None:
    pids = results([("pid", 0)] * 5, recycle_after=2)
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_a_sandbox_keeps_its_workers_from_run_to_run() -> None:
    others = children()
    with Sandbox(workers=1, seconds=20, wall_seconds=2, memory_mb=500, recycle_after=100) as sandbox:
        first, second = sandbox.run(behave, [("pid", 0), ("hang", 0.5)])
        assert second == "hang"
        assert list(sandbox.run(len, ["四个字符", "图"])) == [4, 1]
        time.sleep(2.5)  # idle time is nobody's time limit
        assert set(sandbox.run(behave, [("pid", 0)] * 3)) == {first}
        os.kill(first, signal.SIGKILL)
        psutil.Process(first).wait(10)
        assert first not in list(sandbox.run(behave, [("pid", 0), ("pid", 0)]))
        pids = children() - others
    assert pids
    assert all(is_gone(pid) for pid in pids)


def test_closing_early_ends_the_workers() -> None:
    others = children()
    run = run_jobs(behave, [("pid", 0), ("hang", 1000), ("hang", 1000)], **(LIMITS | {"workers": 2}))
    pid = next(run)
    workers = children() - others
    assert pid in workers
    run.close()  # type: ignore[attr-defined]
    assert all(map(is_gone, workers))


def test_a_worker_prints_nothing_to_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    assert results([("print", "纹样")]) == ["print"]
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("纹样") == 2


def test_works_from_a_thread() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend(results([("double", 5)])))
    thread.start()
    thread.join()
    assert found == [10]


class Trap:
    """Runs code where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (Path(self.path), "ran")


def take_over(message: bytes) -> TextLine:
    """A worker taken over by a hostile book: it writes to its parent what it likes, and waits."""
    (connection,) = [found for found in gc.get_objects() if isinstance(found, Connection)]
    os.write(connection.fileno(), message)
    time.sleep(1000)
    raise AssertionError


def framed(content: bytes, length: int | None = None) -> bytes:
    """A message as `Connection` sends it."""
    size = len(content) if length is None else length
    return struct.pack("!i", size) + content if size < 1 << 31 else struct.pack("!iQ", -1, size) + content


def test_a_pickle_from_a_worker_is_not_read(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for first in (b"", b"R", b"E"):
        (failure,) = run_jobs(take_over, [framed(first + pickle.dumps(Trap(str(trap))))], **LIMITS)
        assert not trap.exists()
        assert failure.reason == "crashed"


@pytest.mark.parametrize(
    "content",
    [
        b'R{"text": "x", "bbox": [9, 9, 0, 0], "size": 1}',
        b'R{"text": "x"}',
        b"R" + b"[" * 100_000,
        b'E{"type": "subprocess.Popen", "message": "true"}',
        b'E{"type": "builtins.SystemExit", "message": "true"}',
        b"E[]",
        b"F{}",
        b"",
    ],
)
def test_a_message_of_the_wrong_form_costs_its_job(content: bytes) -> None:
    wrong, good = run_jobs(take_over_or_answer, [framed(content), b""], **LIMITS)
    assert wrong.reason == "crashed"
    assert good == TextLine("好", (0, 0, 1, 1), 1)


def take_over_or_answer(message: bytes) -> TextLine:
    return take_over(message) if message else TextLine("好", (0, 0, 1, 1), 1)


@pytest.mark.parametrize("message", [framed(b"R{", 1000), framed(b"R{", 1 << 40), b"\0"])
def test_a_message_that_never_ends_costs_its_job(message: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "STALL_SECONDS", 1)
    wrong, good = run_jobs(take_over_or_answer, [message, b""], **LIMITS)
    assert wrong.reason == "crashed"
    assert good.text == "好"


def test_records_come_back_as_they_were() -> None:
    lines = [TextLine("缠枝\u2028莲", (0.1 + 0.2, 1e-9, 7 / 3, 1e9), 10.5, True, False, 0.1)] * 2
    assert list(run_jobs(same_line, lines, **LIMITS)) == lines


def same_line(line: TextLine) -> TextLine:
    return line


def test_a_function_that_workers_cannot_import_is_told() -> None:
    script = """
        from extractors.sandbox import run_jobs
        def here(job): return job
        list(run_jobs(here, [1], workers=1, seconds=9, wall_seconds=99, memory_mb=500, recycle_after=9))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert WorkerStartError.__name__ in done.stderr
    assert "must live in an importable module" in done.stderr


PARENT = """
    import multiprocessing, sys
    from extractors.sandbox import run_jobs
    from tests.extractors.test_sandbox import behave, LIMITS

    def run(jobs):
        for result in run_jobs(behave, jobs, **(LIMITS | {"seconds": 1000, "wall_seconds": 1000})):
            print(result, flush=True)
"""


def parent(script: str) -> subprocess.Popen[str]:
    """An interpreter whose `__main__` is no file, running `script` after PARENT."""
    code = textwrap.dedent(PARENT) + textwrap.dedent(script)
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root)


@pytest.mark.parametrize("what", ["hang", "hang in native code", "double"])
def test_workers_do_not_outlive_a_killed_parent(what: str) -> None:
    script = (
        f"""
        run([("pid", 0)] + [({what!r}, 1000)])
        sys.stdin.read()
    """
        if what != "double"
        else """
        jobs = run_jobs(behave, [("pid", 0), ("pid", 0)], **LIMITS)
        print(next(jobs), flush=True)
        import time
        time.sleep(1000)
    """
    )
    process = parent(script)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    time.sleep(0.3)  # let it enter the native call
    process.kill()
    process.wait()
    process.stdout.close()
    assert is_gone(worker)


def test_an_interrupt_ends_the_workers() -> None:
    process = parent('run([("pid", 0), ("hang in native code", 1000)])')
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    process.stdout.close()
    assert is_gone(worker)


def test_works_inside_a_daemonic_pool_worker() -> None:
    process = parent("""
        with multiprocessing.get_context("fork").Pool(1) as pool:
            pool.apply(run, ([("double", 21)],))
    """)
    out, _ = process.communicate()
    assert out == "42\n"
