"""What a worker sends to its parent: JSON that is checked against the type it should have, never a pickle.

A worker parses hostile files in native code, so its messages are not believed: reading one can build a record
or an error of ours and nothing else. The parent's messages to a worker are pickles.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from extractors.errors import BookError, TuwenError

READY, RESULT, FAILURE, ERROR = b"K", b"R", b"F", b"E"
"""First byte of a message to the parent: what follows."""
FUNCTION, JOB = b"f", b"j"
"""First byte of a message to a worker, which is a pickle."""


class BadMessageError(ValueError):
    """A message that no sound worker sends."""


@dataclass(frozen=True, slots=True)
class JobFailure:
    """A job without a result."""

    reason: str
    """timeout, hung, crashed, memory, error, or the `reason` of the PageError that the job raised."""
    detail: str
    """What happened, in one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A TuwenError on its way to the parent."""

    error: TuwenError


@lru_cache(maxsize=32)
def result_type(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """Writes and reads what `function` returns, by its annotation; plain JSON values where it has none."""
    annotated = get_type_hints(function) if hasattr(function, "__annotations__") else {}
    return TypeAdapter(annotated.get("return", Any))


def result_message(adapter: TypeAdapter[Any], result: Any) -> bytes:
    """Raises pydantic's PydanticSerializationError for a result that is not of the adapter's type."""
    return RESULT + adapter.dump_json(result, warnings="error")


def failure_message(reason: str, detail: str) -> bytes:
    """The message of a JobFailure."""
    return FAILURE + _json({"reason": reason, "detail": detail})


def error_message(error: TuwenError) -> bytes | None:
    """None for an error that the parent could not build again from its type, path and message."""
    given = {"type": _name(type(error)), "message": str(error)}
    if isinstance(error, BookError):
        given |= {"path": str(error.path), "message": error.message}
    try:
        known = str(_error(given)) == str(error)
    except (BadMessageError, TypeError):
        return None
    return ERROR + _json(given) if known else None


def read_message(message: bytes, adapter: TypeAdapter[Any]) -> Any | JobFailure | Raised:
    """The result of a job, or why there is none; None from a worker that is ready. Raises BadMessageError."""
    kind, content = message[:1], message[1:]
    try:
        if kind == READY:
            return None
        if kind == RESULT:
            return adapter.validate_json(content)
        given = json.loads(content)
        if kind == FAILURE:
            return JobFailure(str(given["reason"]), str(given["detail"]))
        if kind == ERROR:
            return Raised(_error(given))
    except (ValidationError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise BadMessageError("a message that is not what it should be") from error
    raise BadMessageError("a message of an unknown kind")


def _error(given: dict[str, str]) -> TuwenError:
    found = next((kind for kind in _error_types(TuwenError) if _name(kind) == given["type"]), None)
    if found is None:
        raise BadMessageError(f"no error of ours: {given['type']!r}")
    if issubclass(found, BookError):
        return found(Path(given["path"]), given["message"])
    return found(given["message"])


def _error_types(kind: type[TuwenError]) -> Iterator[type[TuwenError]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _error_types(derived)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _json(value: dict[str, str]) -> bytes:
    """ASCII, so that a file name that is not UTF-8 (lone surrogates) passes too."""
    return json.dumps(value).encode("ascii")
