"""What a benchmark is run on: a version's split or an external one, with what parameters are chosen on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alignment.data import Sample, load_split
from alignment.errors import UsageError
from alignment.external.opening import open_external
from alignment.retrieval.gallery import Gallery, gallery_of
from dataset_cards.reading import iter_rows
from dataset_cards.verify import read_manifest

TestSplit = Literal["test", "fresh"]
# Training pairs that serve as a bank of queries. Hubs show among far fewer, and all of a large dataset's
# would take longer to encode than everything else.
BANK = 20_000
# What the splits for a bank and for choosing are called in external datasets.
_TRAIN_NAMES = ("train", "training")
_VALIDATION_NAMES = ("valid", "val", "dev", "validation")


@dataclass(frozen=True)
class BenchmarkData:
    """The galleries of a benchmark."""

    name: str
    """Such as "tuwen v0003", or the name of an external dataset."""
    digest: str
    """Of all that is in the dataset, as far as it is used."""
    split: str
    test: Gallery
    train: Gallery | None
    """A bank of queries; None where there is none."""
    validation: Gallery | None
    """Parameters are chosen on it; None where there is none."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers should know, in sentences."""
    external: bool = False


def version_data(
    version_dir: Path, split: TestSplit = "test", *, strict: bool = False, seen: Collection[str] = ()
) -> BenchmarkData:
    """A split of a published version.

    For the fresh split, pairs in `seen` (see `trained_pairs`) are left out: a model is not asked for what it
    was trained on. Nor are parameters then chosen on fresh pairs. Raises UsageError for a split without
    pairs, or a fresh split that is the whole version; DamagedWorkspaceError for a folder that is no version.
    """
    manifest = read_manifest(version_dir)
    name = f"{manifest['dataset']} {manifest['version']}"
    train, validation = load_split(version_dir, "train"), load_split(version_dir, "val")
    asked = load_split(version_dir, split)
    notes: list[str] = []
    if split == "fresh":
        fresh = {sample.pair_id for sample in asked}
        train, validation = _without(train, fresh), _without(validation, fresh)
        if asked and not train:
            raise UsageError(
                f"every book of {name} is new, so that its fresh split is all of it: benchmark its test split"
            )
        unseen = _without(asked, seen)
        if asked and not unseen:
            raise UsageError(
                f"the model was trained on all {len(asked)} fresh pairs of {name}: name an older one"
            )
        if len(unseen) < len(asked):
            notes.append(
                f"{len(asked) - len(unseen)} of {len(asked)} fresh pairs are left out: the model was trained "
                "on them or chosen by them."
            )
        asked = unseen
    if not asked:
        raise UsageError(f"{name} has no pair to ask for in its split {split}; tuwen status shows its splits")
    return BenchmarkData(
        name=name,
        digest=manifest["digest"],
        split=split,
        test=gallery_of(asked, f"{name} {split}", strict=strict),
        train=gallery_of(_bank(train), f"{name} train", strict=strict) if train else None,
        validation=gallery_of(validation, f"{name} val", strict=strict) if validation else None,
        notes=tuple(notes),
    )


def trained_pairs(version_dir: Path) -> set[str]:
    """The pair_ids of a version's train and val splits: what a model made of it has seen."""
    return {
        row["pair_id"] for split in ("train", "val") for row in iter_rows(version_dir, split, ("pair_id",))
    }


def can_ask_fresh(version_dir: Path, seen: Collection[str]) -> bool:
    """Whether a version has fresh pairs that are not in `seen`, and older ones beside them."""
    fresh = {sample.pair_id for sample in load_split(version_dir, "fresh")}
    older = any(sample.pair_id not in fresh for sample in load_split(version_dir, "train"))
    return older and not fresh <= set(seen)


def external_data(
    folder: Path, split: str = "test", *, language: str | None = None, strict: bool = False
) -> BenchmarkData:
    """A split of someone else's dataset, with its own training and validation splits where it has them.

    Raises what `open_external` raises, and UsageError for a split of which no text has a picture.
    """
    try:
        test = open_external(folder, split, language=language, strict=strict)
    except ValueError as error:
        raise UsageError(f"{error}: no text of it names a picture; try another --split") from error
    train = _other(folder, _TRAIN_NAMES, split, language, strict)
    validation = _other(folder, _VALIDATION_NAMES, split, language, strict)
    parts = [gallery.digest if gallery else "" for gallery in (train, validation)]
    name = folder.resolve().name
    return BenchmarkData(
        name=f"{name} ({language})" if language else name,
        digest=hashlib.sha256(json.dumps(parts).encode()).hexdigest(),
        split=split,
        test=test,
        train=train,
        validation=validation,
        external=True,
    )


def _other(
    folder: Path, names: Sequence[str], asked: str, language: str | None, strict: bool
) -> Gallery | None:
    """The first of these splits that is there and is not the one that is asked."""
    if asked in names:
        return None
    for name in names:
        try:
            return open_external(folder, name, language=language, strict=strict)
        except (UsageError, ValueError):
            continue
    return None


def _without(samples: Sequence[Sample], pair_ids: Collection[str]) -> list[Sample]:
    return [sample for sample in samples if sample.pair_id not in pair_ids]


def _bank(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Every n-th of very many."""
    return samples[:: -(-len(samples) // BANK)]
