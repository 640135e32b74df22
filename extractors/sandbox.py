"""Jobs in worker processes that can be killed: a page that hangs, crashes or eats memory costs that page.

A worker is a fresh interpreter (never a fork: the parent may hold threads, and never a re-import of its
`__main__`: the parent may be a console script or a notebook), fed one job at a time over a socket. The
parent alone decides about time and memory, from outside, so that native code cannot escape either. What a
worker sends back is data (`extractors.worker_messages`): reading it runs no code of its choice. But a
worker has all rights of the user: it is no boundary against an attacker (docs/security.md).
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]
from pydantic import TypeAdapter

from extractors.worker import WorkerStartError
from extractors.worker_messages import (
    FUNCTION,
    JOB,
    BadMessageError,
    JobFailure,
    Raised,
    read_message,
    result_type,
)

J = TypeVar("J")
R = TypeVar("R")

POLL_SECONDS = 0.1
"""How often time and memory are looked at: a runaway allocation gains some 300 MB between two looks."""

START_SECONDS = 180.0
"""A worker that is not ready by then is broken; importing an OCR engine from a cold disk takes up to 60 s."""

STALL_SECONDS = 30.0
"""A message that stops for so long before its end is given up, or its worker would hold the parent."""

MOST_BYTES = 1 << 29
"""Of one message: the reading of a page is some kB, of the densest known 4 MB."""

LAST_SIGN_SECONDS = 5.0
"""How long the end of a process may lag behind the end of its connection."""

_MIB = 1024 * 1024

_BOOTSTRAP = "import sys; sys.path[:] = sys.argv[2:]; from extractors.worker import serve; serve()"


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What one job may use."""

    seconds: float
    """Of processor time."""
    wall_seconds: float
    memory_mb: int
    """Growth of resident memory, in MiB."""


def run_jobs(
    function: Callable[[J], R],
    jobs: Sequence[J],
    *,
    workers: int,
    seconds: float,
    wall_seconds: float,
    memory_mb: int,
    recycle_after: int,
    on_done: Callable[[int], None] | None = None,
) -> Iterator[R | JobFailure]:
    """`Sandbox.run` in a sandbox of its own; closing the generator ends its workers."""
    with Sandbox(
        workers=workers,
        seconds=seconds,
        wall_seconds=wall_seconds,
        memory_mb=memory_mb,
        recycle_after=recycle_after,
    ) as sandbox:
        yield from sandbox.run(function, jobs, on_done)


@dataclass(frozen=True)
class _Task:
    """The function of a run: as a worker is told of it, and the type of what it returns."""

    pickled: bytes
    returns: TypeAdapter[Any]


class Sandbox:
    """Up to `workers` processes, kept from one run to the next; for one thread at a time.

    `seconds` limits the processor time of one job, all threads of its worker together, so that a busy machine
    costs no page; `wall_seconds` ends a job that waits for ever. The start of a worker is not counted.
    `memory_mb` (MiB) limits the resident memory of a worker above what it held before its first job of a run.
    A worker over a limit is killed and replaced; each is replaced after `recycle_after` jobs anyway.
    """

    def __init__(
        self, *, workers: int, seconds: float, wall_seconds: float, memory_mb: int, recycle_after: int
    ) -> None:
        if workers < 1 or recycle_after < 1:
            raise ValueError(f"workers ({workers}) and recycle_after ({recycle_after}) must be at least 1")
        self.workers = workers
        self.limits = JobLimits(seconds, wall_seconds, memory_mb)
        self.recycle_after = recycle_after
        self._pool: list[_Worker] = []

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all workers at once."""
        for worker in self._pool:
            worker.kill()
        self._pool.clear()

    def run(
        self,
        function: Callable[[J], R],
        jobs: Sequence[J],
        on_done: Callable[[int], None] | None = None,
        limits: JobLimits | None = None,
    ) -> Iterator[R | JobFailure]:
        """Yields `function(job)` or the JobFailure of each job, in the order of `jobs`.

        `function` and the jobs are pickled, so `function` must live in an importable module (not
        `__main__`). Its result comes back as JSON of the type it is annotated with. `on_done` is called here
        with the index of each job as it ends, in any order. `limits` replace those of the sandbox for this
        run. They are watched while the caller waits.

        A TuwenError raised by `function` is raised here when its turn comes. Raises WorkerStartError when
        workers cannot start. Closing the generator, or leaving it by an exception, kills busy workers.
        """
        waiting = list(enumerate(jobs))[::-1]
        ended: dict[int, Any] = {}
        limits = limits or self.limits
        try:
            task = _Task(pickle.dumps(function), result_type(function))
            self._staff(task, min(self.workers, len(waiting)))
            for turn in range(len(waiting)):
                while turn not in ended:
                    self._hand_out(waiting, limits)
                    for index, outcome in self._outcomes():
                        ended[index] = outcome
                        if on_done is not None:
                            on_done(index)
                outcome = ended.pop(turn)
                if isinstance(outcome, Raised):
                    raise outcome.error
                yield outcome
        finally:
            for worker in self._pool:
                if not worker.idle:
                    worker.kill()

    def _staff(self, task: _Task, needed: int) -> None:
        """Has `needed` workers that know the function; those of an earlier run first."""
        for worker in self._pool:
            if worker.process.poll() is not None:
                worker.kill()
        self._pool = [worker for worker in self._pool if not worker.dead]
        for worker in self._pool[:needed]:
            worker.learn(task)
        while len(self._pool) < needed:
            self._pool.append(_Worker(task))
        self._task, self._needed = task, needed

    def _hand_out(self, waiting: list[tuple[int, Any]], limits: JobLimits) -> None:
        """Gives the next of the waiting jobs (the last in the list) to whoever is free."""
        for place, worker in enumerate(self._pool[: self._needed]):
            if waiting and worker.spent(self.recycle_after):
                worker.kill()
                self._pool[place] = _Worker(self._task)
            elif waiting and worker.idle:
                worker.give(*waiting.pop(), limits)

    def _outcomes(self) -> list[tuple[int, Any]]:
        """Waits a moment, then returns (job index, outcome) for each job that ended."""
        wait([worker.connection for worker in self._pool if not worker.dead], timeout=POLL_SECONDS)
        found = []
        for worker in self._pool:
            index = worker.job
            outcome = worker.look()
            if index is not None and outcome is not None:
                found.append((index, outcome[0]))
        return found


class _Worker:
    """The parent's side of one worker process."""

    def __init__(self, task: _Task) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(STALL_SECONDS), 0))
        paths = [os.path.abspath(path) for path in sys.path]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BOOTSTRAP, str(theirs.fileno()), *paths],
            stdin=subprocess.PIPE,  # the worker's lifeline: it ends when this end closes
            stdout=2,  # results go to stdout, and native libraries print there
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for the parent, and a kill takes the worker's children too
        )
        theirs.close()
        self.status: psutil.Process = psutil.Process(self.process.pid)
        self.connection: Connection[Any, Any] = Connection(ours.detach())
        self.dead = False
        self.jobs_done = 0
        self.job: int | None = None
        self.learn(task)

    def learn(self, task: _Task) -> None:
        """Has the worker import the function of its next jobs; it is ready when it has."""
        self.returns = task.returns
        self.ready = False
        self.memory_at_start = 0
        self.deadline = time.monotonic() + START_SECONDS
        with contextlib.suppress(OSError):  # a worker that died is seen by look()
            self.connection.send_bytes(FUNCTION + task.pickled)

    @property
    def idle(self) -> bool:
        return self.ready and not self.dead and self.job is None

    def spent(self, recycle_after: int) -> bool:
        """Whether another worker should take the place of this one."""
        return self.dead or (self.idle and self.jobs_done >= recycle_after)

    def give(self, index: int, job: Any, limits: JobLimits) -> None:
        """Starts a job and its clocks."""
        self.job = index
        self.limits = limits
        self.deadline = time.monotonic() + limits.wall_seconds
        self.processor_at_start = self._processor_seconds()
        with contextlib.suppress(OSError):
            self.connection.send_bytes(JOB + pickle.dumps(job))

    def look(self) -> tuple[Any] | None:
        """The outcome of the job in hand, in a tuple, once there is one. Raises WorkerStartError."""
        if self.dead:
            return None
        if self.connection.poll():
            return self._receive()
        if time.monotonic() > self.deadline:
            self.kill()
            if not self.ready:
                raise WorkerStartError(f"a worker process was not ready after {START_SECONDS:.0f} s.")
            waited = f"It was not done after {self.limits.wall_seconds:g} s and was stopped."
            return (JobFailure("hung", waited),)
        return None if self.job is None else self._over_a_limit()

    def _over_a_limit(self) -> tuple[JobFailure] | None:
        """Stops a job that used more processor time or memory than it may."""
        if self._processor_seconds() - self.processor_at_start > self.limits.seconds:
            self.kill()
            used = f"It used more than {self.limits.seconds:g} s of processor time and was stopped."
            return (JobFailure("timeout", used),)
        if self._memory() - self.memory_at_start > self.limits.memory_mb * _MIB:
            self.kill()
            return (
                JobFailure("memory", f"It needed more than {self.limits.memory_mb} MiB and was stopped."),
            )
        return None

    def _receive(self) -> tuple[Any] | None:
        try:
            message = read_message(self.connection.recv_bytes(MOST_BYTES), self.returns)
        except (EOFError, OSError, BadMessageError) as error:
            how = self._how_it_ended(error)
            self.kill()
            if not self.ready:
                raise WorkerStartError(f"a worker process could not start ({how}).") from None
            return (JobFailure("crashed", f"Its worker process ended: {how}."),)
        if not self.ready:
            if isinstance(message, Raised):
                raise message.error
            self.ready = True
            self.deadline = math.inf
            self.memory_at_start = self._memory()
            return None
        self.job = None
        self.deadline = math.inf
        self.jobs_done += 1
        if isinstance(message, JobFailure) and message.reason == "memory":
            self.kill()
        return (message,)

    def _processor_seconds(self) -> float:
        """Processor time of the process so far: all its threads and the children that have ended."""
        try:
            times = self.status.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system + times.children_user + times.children_system)

    def _memory(self) -> int:
        """Resident bytes now; 0 when the process is gone."""
        try:
            return int(self.status.memory_info().rss)
        except psutil.Error:
            return 0

    def _how_it_ended(self, error: Exception) -> str:
        if isinstance(error, BadMessageError | BlockingIOError):
            return f"it sent {error}" if isinstance(error, BadMessageError) else "it stopped amid a message"
        try:
            code = self.process.wait(LAST_SIGN_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed its connection"
        if code == -signal.SIGKILL:
            return "killed by SIGKILL, most often by the system for want of memory"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"it exited with code {code}"

    def kill(self) -> None:
        """Ends the process and its children at once; harmless when they are gone."""
        if self.dead:
            return
        self.dead = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.connection.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
