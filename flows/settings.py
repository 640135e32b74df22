"""The settings of a workspace: one model, four sources, later ones win.

defaults < tuwen.toml < environment (TUWEN_EXTRACT__OCR__ENGINE=rapid) < `--set extract.ocr.engine=rapid`.
A key that does not exist is an error which says where it stands and names the nearest right one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz, process

from alignment.benchmark.settings import BenchmarkSettings
from alignment.settings import FinetuneSettings
from dataset_cards.settings import DatasetSettings
from extractors.errors import UsageError
from extractors.parsing import parse_toml
from extractors.settings import ExtractSettings

FILE_NAME = "tuwen.toml"
ENV_PREFIX = "TUWEN_"
ENV_SEPARATOR = "__"
OTHER_VARIABLES = ("TUWEN_CACHE", "TUWEN_REFINE_API_KEY")
"""Variables of ours that are no settings: where OCR models are unpacked (`extractors.ocr.models`), and the
key of the service that refines texts, which stands in no file."""


class BuildSettings(BaseModel):
    """How a build is carried out. Never changes what it produces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runner: Literal["threads", "processes", "dask"] = "threads"
    """Prefect task runner: threads in this process, a pool of processes, or a Dask cluster (extra `dask`)."""
    concurrency: int = Field(default=1, ge=1, le=64)
    """Books worked on at once; each has `extract.workers` page workers."""
    dask_address: str | None = None
    """Address of a Dask scheduler (tcp://host:8786) that sees the same disk; none: a local cluster."""


class WatchSettings(BaseModel):
    """How `tuwen watch` looks for books."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval: float = Field(default=30.0, gt=0)
    """Seconds between two scans of books/."""


class Settings(BaseModel):
    """Everything a person may set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extract: ExtractSettings = ExtractSettings()
    dataset: DatasetSettings = DatasetSettings()
    finetune: FinetuneSettings = FinetuneSettings()
    benchmark: BenchmarkSettings = BenchmarkSettings()
    build: BuildSettings = BuildSettings()
    watch: WatchSettings = WatchSettings()


COSTS = ("extract", "costs")
"""The one table with names of its own."""


@dataclass(frozen=True, slots=True)
class _Given:
    """One value as given, with the words that say where it came from."""

    path: tuple[str, ...]
    value: Any
    origin: str
    spelling: str
    """`{}` stands for the dotted path: how a person writes this key at this origin."""


def load_settings(
    file: Path | None = None,
    *,
    overrides: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings from all four sources; a `file` that does not exist counts as empty.

    `overrides` are strings "a.b=c". Raises UsageError for an unknown key, a value of the wrong kind, or a
    file that is not TOML.
    """
    given = [
        *_from_file(file),
        *_from_environment(os.environ if environ is None else environ),
        *_from_overrides(overrides),
    ]
    known = dict(_key_paths(Settings))
    for item in given:
        _check_key(item, known)
    merged: dict[str, Any] = {}
    for item in given:
        _put(merged, item.path, item.value)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise UsageError(_explain(error, given)) from None


def key_paths() -> list[str]:
    """Every settable key as a dotted path, sorted."""
    return sorted(".".join(path) for path, is_table in _key_paths(Settings) if not is_table)


def _from_file(file: Path | None) -> Iterator[_Given]:
    if file is None or not file.is_file():
        return
    try:
        text = file.read_text(encoding="utf-8")
        tables = parse_toml(text)
    except ValueError as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from None
    for path, value in _leaves(tables):
        line = _line_of(text, path)
        origin = f"{file}, line {line}" if line else str(file)
        yield _Given(path, value, origin, "{}")


def _from_environment(environ: Mapping[str, str]) -> Iterator[_Given]:
    for name in sorted(environ):
        if name.startswith(ENV_PREFIX) and name not in OTHER_VARIABLES:
            path = tuple(name.removeprefix(ENV_PREFIX).lower().split(ENV_SEPARATOR))
            yield _Given(path, _read_value(environ[name]), f"environment variable {name}", "env")


def _from_overrides(overrides: Sequence[str]) -> Iterator[_Given]:
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set {text}: write it as --set key=value, such as --set extract.workers=2")
        yield _Given(tuple(key.strip().split(".")), _read_value(value.strip()), f"--set {text}", "{}")


def _read_value(text: str) -> Any:
    """`text` as a TOML value (2, true, [1, 2], "x") where it is one, else as the bare string."""
    try:
        return parse_toml(f"value = {text}")["value"]
    except ValueError:
        return text


def _leaves(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line (from 1) where `path` is set, as far as plain lines `key = value` under [tables] show it."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if table == path:
                return number
        elif assignment := re.match(r"\s*([^=#]+?)\s*=", line):
            key = tuple(part.strip().strip("\"'") for part in assignment[1].split("."))
            if (*table, *key) == path[: len(table) + len(key)]:
                return number
    return None


def _key_paths(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every path of the model, with whether it is a table of further keys."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        inner = field.annotation
        is_table = isinstance(inner, type) and issubclass(inner, BaseModel)
        yield path, is_table
        if is_table:
            assert isinstance(inner, type)
            yield from _key_paths(inner, path)


def _check_key(item: _Given, known: Mapping[tuple[str, ...], bool]) -> None:
    if item.path[:-1] == COSTS:
        return  # which costs there are, pairing knows
    if item.path in known:
        if known[item.path] and not isinstance(item.value, dict):
            raise UsageError(f"{item.origin}: {'.'.join(item.path)} is a table of settings, not one value")
        return
    names = [_spell(path, item) for path, is_table in known.items() if not is_table]
    # WRatio also finds a key by its last part alone: `workers` for `extract.workers`.
    nearest = process.extractOne(_spell(item.path, item), names, scorer=fuzz.WRatio)[0]
    raise UsageError(
        f"{item.origin}: there is no setting {'.'.join(item.path)}; did you mean {nearest}? "
        "docs/settings.md lists them all"
    )


def _spell(path: tuple[str, ...], item: _Given) -> str:
    if item.spelling == "env":
        return ENV_PREFIX + ENV_SEPARATOR.join(path).upper()
    return ".".join(path)


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _explain(error: ValidationError, given: Sequence[_Given]) -> str:
    """One line for each value that does not fit, with its origin."""
    lines = []
    for detail in error.errors():
        path = tuple(str(part) for part in detail["loc"])
        origin = next((g.origin for g in reversed(given) if g.path == path[: len(g.path)]), "settings")
        reason = detail["msg"][0].lower() + detail["msg"][1:]
        lines.append(f"{origin}: {'.'.join(path)} = {detail['input']!r}: {reason}")
    return "\n".join(lines)
