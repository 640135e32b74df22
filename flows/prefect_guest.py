"""Prefect is a guest: flows run under it where its API answers, and without it where it does not.

A flow or task made here calls its function once. When Prefect fails before the function has come to an end,
the function is called again without Prefect, which suits work that goes on where it stopped; when Prefect
fails afterwards, the function's result stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from queue import Empty
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from flows.progress import say

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

P = ParamSpec("P")
T = TypeVar("T")

_without_prefect: ContextVar[bool] = ContextVar("without_prefect", default=False)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a flow run that has come to its end shows on Prefect's page."""

    run_name: str
    state: State[Any]
    tags: frozenset[str] = frozenset()


def is_without_prefect() -> bool:
    """Whether flows and tasks run directly, because Prefect cannot be had."""
    return _without_prefect.get()


@contextmanager
def prefect_scope() -> Iterator[None]:
    """Let a Prefect that is given up in the block be tried again after it."""
    token = _without_prefect.set(_without_prefect.get())
    try:
        yield
    finally:
        _without_prefect.reset(token)


def give_up_prefect(reason: str) -> None:
    """Run flows and tasks directly from now on, and say why."""
    if not is_without_prefect():
        say(f"working without Prefect: {reason}")
        _drop_unsent()
    _without_prefect.set(True)


def guest_flow(
    name: str, run_name: Callable[..., str], *, ending: Callable[..., Ending] | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function a Prefect flow; `run_name` gets the function's arguments.

    `ending` gets the function's result and its arguments, when it has returned.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            def under_prefect(work: Callable[[], object]) -> State[Any]:
                from prefect import Flow

                title = run_name(*args, **kwargs)
                flow = Flow(work, name=name, flow_run_name=lambda: title, persist_result=False)
                state: State[Any] = flow(return_state=True)
                return state

            def end(result: T) -> State[Any] | None:
                return end_run(ending(result, *args, **kwargs)) if ending else None

            return _call(lambda: function(*args, **kwargs), under_prefect, end)

        return call

    return decorate


def guest_task(name: str, run_name: Callable[..., str]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function a Prefect task of the flow that calls it; `run_name` gets the function's arguments."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            def under_prefect(work: Callable[[], object]) -> State[Any]:
                from prefect import Task
                from prefect.cache_policies import NO_CACHE

                title = run_name(*args, **kwargs)
                task = Task(
                    work,
                    name=name,
                    task_run_name=lambda: title,
                    persist_result=False,
                    cache_policy=NO_CACHE,
                )
                state: State[Any] = task(return_state=True)
                return state

            return _call(lambda: function(*args, **kwargs), under_prefect, lambda _: None)

        return call

    return decorate


def end_run(ending: Ending) -> State[Any]:
    """Give the current flow run its last name and tags; its state is for the flow to return."""
    from prefect.client.orchestration import get_client
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    if context is not None and context.flow_run is not None:
        tags = sorted({*context.flow_run.tags, *ending.tags})
        with get_client(sync_client=True) as client:
            client.update_flow_run(context.flow_run.id, name=ending.run_name, tags=tags)
    return ending.state


def leave_artifact(markdown: str, *, key: str, description: str) -> None:
    """Show `markdown` on Prefect's page; nothing where there is no Prefect."""
    if is_without_prefect():
        return
    from prefect.artifacts import create_markdown_artifact

    try:
        create_markdown_artifact(markdown, key=key, description=description)
    except Exception as error:  # noqa: BLE001 - whatever Prefect fails with is said and stops no work
        give_up_prefect(one_line(error))


def is_fault_of_prefect(error: BaseException) -> bool:
    """Whether an exception came from Prefect or the way to its API, not from the work."""
    import httpx
    from prefect.exceptions import PrefectException

    return isinstance(error, (PrefectException, httpx.HTTPError))


def one_line(error: BaseException) -> str:
    """The first line of what an exception says."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


class _Work(Generic[T]):
    """A function that Prefect calls, and what came of it."""

    def __init__(self, function: Callable[[], T], end: Callable[[T], State[Any] | None]) -> None:
        self._function = function
        self._end = end
        self.outcome: Future[T] = Future()

    def __call__(self) -> State[Any] | None:
        try:
            result = self._function()
        except Exception as error:
            if not is_fault_of_prefect(error):
                self.outcome.set_exception(error)
            raise
        self.outcome.set_result(result)
        if is_without_prefect():
            return None
        try:
            return self._end(result)
        except Exception as error:  # noqa: BLE001 - said; the result stands
            give_up_prefect(one_line(error))
            return None

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Prefect sends the flow to the processes of its task runners, which have no use for its work."""
        return type(None), ()


def _call(
    function: Callable[[], T],
    under_prefect: Callable[[Callable[[], object]], State[Any]],
    end: Callable[[T], State[Any] | None],
) -> T:
    if is_without_prefect():
        return function()
    work = _Work(function, end)
    try:
        state = under_prefect(lambda: work())
    except Exception as error:  # noqa: BLE001 - whatever Prefect fails with is said and stops no work
        give_up_prefect(one_line(error))
    else:
        if not work.outcome.done():
            give_up_prefect(state.message or state.name or "no reason given")
    return work.outcome.result() if work.outcome.done() else function()


def _drop_unsent() -> None:
    """Drop the events and logs that Prefect has not sent: it would try each for seconds before the exit.

    Prefect has no public way to do so.
    """
    from prefect._internal.concurrency.services import QueueService

    for service in tuple(QueueService._instances.values()):  # type: ignore[misc]
        with suppress(Empty):
            while True:
                service._queue.get_nowait()
