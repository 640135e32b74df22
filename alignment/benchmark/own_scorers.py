"""Scorers of a person's own, by name."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Sequence

from alignment.errors import UsageError
from alignment.scorers.base import EVERY_SPLIT, Scorer, needed_splits

_PARTS = ("name", "transductive", "fit")


def load_scorers(names: Sequence[str]) -> list[Scorer]:
    """One scorer of each class "package.module:Class", made without arguments.

    Raises UsageError for a name that is none, a module that cannot be imported, a class that is not there,
    needs arguments, or is no `alignment.scorers.base.Scorer`; and for two scorers of one name.
    """
    scorers = [_load(name) for name in names]
    called = [scorer.name for scorer in scorers]
    for name in called:
        if called.count(name) > 1:
            raise UsageError(f"benchmark.scorers: two scorers are called {name!r}; rename one")
    return scorers


def source_digests(scorers: Sequence[Scorer]) -> dict[str, str]:
    """Name -> sha256 of the source of its module: a scorer that was rewritten gives another result."""
    return {scorer.name: _digest(scorer) for scorer in scorers}


def _load(name: str) -> Scorer:
    module_name, colon, class_name = name.partition(":")
    if not (module_name and colon and class_name):
        raise UsageError(f'benchmark.scorers: {name!r}: write it as "package.module:Class"')
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"benchmark.scorers: {name}: there is no module {error.name}. Install it, or name the folder "
            "it lies in: PYTHONPATH=FOLDER tuwen benchmark …"
        ) from error
    made = getattr(module, class_name, None)
    if made is None:
        raise UsageError(f"benchmark.scorers: {name}: {module.__file__} has no {class_name}")
    try:
        scorer: Scorer = made()
    except TypeError as error:
        raise UsageError(f"benchmark.scorers: {name} is not made by {class_name}(): {error}") from error
    missing = [part for part in _PARTS if not hasattr(scorer, part)]
    if missing:
        raise UsageError(
            f"benchmark.scorers: {name} is no scorer: it lacks {', '.join(missing)}; see docs/benchmark.md"
        )
    if not set(EVERY_SPLIT).issuperset(needed_splits(scorer)):
        raise UsageError(
            f"benchmark.scorers: {name}: needs = {needed_splits(scorer)!r}; it may hold {EVERY_SPLIT}"
        )
    return scorer


def _digest(scorer: Scorer) -> str:
    module = inspect.getmodule(type(scorer))
    return hashlib.sha256(inspect.getsource(module or type(scorer)).encode()).hexdigest()
