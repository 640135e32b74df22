"""benchmarks/: every result by what it is a result of, and how a scorer moved from version to version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alignment.benchmark.ladder import Rung
from alignment.retrieval.evaluation import DIRECTIONS, DirectionResult
from alignment.retrieval.gallery import Gallery
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import parse_json, read_checked, write_checked

# Raised when the file of a result is written in another form: what was stored before is not read any more.
RESULT_FORMAT = 3
_DIGITS = 16


@dataclass(frozen=True)
class Subject:
    """What was measured: equal subjects have equal results."""

    dataset: str
    """Such as "tuwen v0003", or the name of an external dataset."""
    dataset_digest: str
    split: str
    gallery_digest: str
    program: str
    """Digest of the code that measured."""
    models: Mapping[str, str]
    """Model's part in the ladder -> its digest."""
    settings: Mapping[str, Any]
    """Crops, seeds, resamples: all else that decides the numbers."""

    @property
    def key(self) -> str:
        """Names the result's folder."""
        text = json.dumps({"format": RESULT_FORMAT, **asdict(self)}, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def result_json(subject: Subject, gallery: Gallery, rungs: Sequence[Rung]) -> dict[str, Any]:
    """A result as plain values: the subject, the gallery's sizes, and every rung."""
    return {
        "format": RESULT_FORMAT,
        "key": subject.key,
        "subject": asdict(subject),
        "gallery": {
            "name": gallery.name,
            "digest": gallery.digest,
            "images": len(gallery.images),
            "texts": len(gallery.texts),
            "pairs": len(gallery.pairs),
        },
        "rungs": [_rung_json(rung) for rung in rungs],
    }


def save_result(root: Path, result: Mapping[str, Any]) -> Path:
    """Write result.json into the result's folder below `root`, as one step; returns the folder."""
    folder = root / str(result["key"])
    write_checked(folder / "result.json", result)
    return folder


def read_result(folder: Path) -> dict[str, Any]:
    """A stored result. Raises DamagedWorkspaceError for a file that is none, or of another format."""
    result = _read(folder)
    if result.get("format") != RESULT_FORMAT:
        raise DamagedWorkspaceError(f"{folder}: a result of another format; delete it and run again")
    return result


def all_results(root: Path) -> list[dict[str, Any]]:
    """Every stored result of this format, by dataset, split and key; see `other_results`."""
    found = [result for _, result in _stored(root) if result.get("format") == RESULT_FORMAT]
    return sorted(found, key=lambda r: (r["subject"]["dataset"], r["subject"]["split"], r["key"]))


def other_results(root: Path) -> list[str]:
    """The folders of results that another version of this program made: not to be compared with ours."""
    return [folder.name for folder, result in _stored(root) if result.get("format") != RESULT_FORMAT]


def _stored(root: Path) -> list[tuple[Path, dict[str, Any]]]:
    folders = sorted(path.parent for path in root.glob("*/result.json"))
    return [(folder, _read(folder)) for folder in folders]


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "result.json"
    try:
        return read_checked(path)
    except OSError as error:
        raise DamagedWorkspaceError(f"{path} cannot be read ({error}); delete it and run again") from error
    except ValueError as error:
        number = _other_format(path)
        if number is None:
            raise DamagedWorkspaceError(f"{path} is damaged ({error}); delete it and run again") from error
        return {"format": number}


def _other_format(path: Path) -> int | None:
    """The format that a file says it has, if it is not ours: such files may carry no checksum."""
    try:
        found = parse_json(path.read_bytes())
    except ValueError:
        return None
    number = found.get("format") if isinstance(found, dict) else None
    return number if isinstance(number, int) and number != RESULT_FORMAT else None


@dataclass(frozen=True)
class Move:
    """One scorer on one version, beside the version before it in the history."""

    dataset: str
    split: str
    key: str
    values: Mapping[str, float]
    images: int
    texts: int
    like_before: bool | None
    """Whether the gallery is the same as the one before; None for the first. Where it is not, a difference
    says nothing of the scorer."""


def history(results: Sequence[Mapping[str, Any]], split: str) -> dict[str, list[Move]]:
    """How each scorer moved over the versions: its name -> its results, in their order.

    Each version usually has a model of its own, so a scorer is followed from model to model. Transductive
    ones bear a †.
    """
    moves: dict[str, list[Move]] = {}
    before: dict[str, str] = {}
    for result in results:
        if result["subject"]["split"] != split:
            continue
        for name, values in _headlines(result):
            digest = result["gallery"]["digest"]
            like = None if name not in before else before[name] == digest
            before[name] = digest
            moves.setdefault(name, []).append(
                Move(
                    result["subject"]["dataset"],
                    split,
                    result["key"],
                    values,
                    result["gallery"]["images"],
                    result["gallery"]["texts"],
                    like,
                )
            )
    return moves


def _headlines(result: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
    for rung in result["rungs"]:
        yield (
            f"{rung['name']} †" if rung["transductive"] else rung["name"],
            {measure: interval["value"] for measure, interval in rung["intervals"].items()},
        )


def _rung_json(rung: Rung) -> dict[str, Any]:
    return {
        "name": rung.name,
        "below": rung.below,
        "model": rung.model,
        "transductive": rung.transductive,
        "explanation": " ".join(rung.explanation.split()),
        "parameters": dict(rung.parameters),
        "MR6": rung.evaluation.mr6,
        "directions": {direction: _direction_json(rung.evaluation[direction]) for direction in DIRECTIONS},
        "intervals": {measure: asdict(found) for measure, found in rung.intervals.items()},
        "gains": {
            other: {measure: asdict(gain) for measure, gain in measures.items()}
            for other, measures in rung.gains.items()
        },
        "holm": rung.holm,
    }


def _direction_json(result: DirectionResult) -> dict[str, Any]:
    return {
        "queries": len(result.metrics.queries),
        "asked": result.queries,
        "gallery": result.metrics.gallery,
        "k_beyond_gallery": list(result.too_many),
        "measures": result.summary(),
        "by_kind": _table(result, "kind"),
        "by_book": _table(result, "book"),
    }


def _table(result: DirectionResult, what: Any) -> dict[str, Any]:
    return {
        name: {"queries": count, **{f"hit@{k}": value for k, value in hits.items()}}
        for name, (count, hits) in result.by(what).items()
    }
