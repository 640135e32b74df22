"""The books' results put together: cleaned, in one order, each pair in its split."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dataset_cards.audit import AuditResult
from dataset_cards.cleaning import clean_pair, clean_text, clean_unmatched
from dataset_cards.code_digest import code_digest
from dataset_cards.duplicates.dropping import dropped_pairs
from dataset_cards.duplicates.pictures import Sourced
from dataset_cards.duplicates.records import DroppedPair, Link
from dataset_cards.duplicates.search import find_links, sketches_of
from dataset_cards.identity.inherit import Inheritance, inherit
from dataset_cards.identity.past_books import PastBooks
from dataset_cards.identity.places import by_place, strictest_sharing
from dataset_cards.identity.records import History
from dataset_cards.leaks import Leak, find_leaks, find_moved
from dataset_cards.reading import crop_path
from dataset_cards.review.apply import Loose, Revision, Shelf, apply_corrections, deciding, pages_done
from dataset_cards.review.corrections import Correction
from dataset_cards.review.figures import Cutter
from dataset_cards.review.places import Whereabouts
from dataset_cards.review.record import Reviewed
from dataset_cards.rights import BookFacts
from dataset_cards.schema import FORMAT_VERSION
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS, assign_splits, components
from extractors.records import BookResult, Pair, Unmatched

# A pair_id names a file and an id in other tools (WebDataset splits names at dots).
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]+")
# What this module and all that it imports do decides the bytes of a version.
PUBLISHING_CODE = "dataset_cards.version"
# Digits of a book's hash that name its folders; 48 bits keep any shelf apart.
BOOK_DIGITS = 12


@dataclass(frozen=True)
class BookEntry:
    """One extracted book, as handed to `publish_version`."""

    result: BookResult
    file_name: str
    """Name of the PDF, without its folder."""
    resolve: Callable[[str], Path]
    """From a picture's relative path in `result` to the file on disk."""
    facts: BookFacts | None = None
    """What books.toml says of it."""
    made_by: Mapping[str, str] = field(default_factory=dict)
    """What its pairs were made by: names of programs, engines and settings with their values. It decides no
    pair by itself; where pairs differ between two versions, a difference here says why."""
    pictures: str = ""
    """Digest of all its pictures: crops, those of unmatched figures, previews."""
    names: tuple[str, ...] = ()
    """Its names below books/ (see `book_facts.ShelfBook`); empty where `facts` are given."""
    cut: Cutter | None = None
    """Cuts pictures at places that people drew; None where the file cannot be read now."""


@dataclass(frozen=True)
class PublishedPair:
    """A pair with its split and the file its crop is read from."""

    pair: Pair
    split: str
    source: Path

    @property
    def image_file(self) -> str:
        """Path of the crop inside the version."""
        return crop_path(self.split, self.pair.pair_id)


@dataclass(frozen=True)
class PublishedUnmatched:
    """A figure or caption without its other half, with its book and its place in the version."""

    row: Unmatched
    book_sha256: str
    book_title: str
    image_file: str
    """Path of a figure's crop inside the version; "" for a caption."""
    source: Path | None


@dataclass(frozen=True)
class Assembly:
    """Everything one version is written from."""

    books: tuple[BookEntry, ...]
    pairs: tuple[PublishedPair, ...]
    unmatched: tuple[PublishedUnmatched, ...]
    links: tuple[Link, ...] = ()
    """Duplicates, sorted; a link may name a dropped pair."""
    dropped: tuple[DroppedPair, ...] = ()
    """Pairs left out as duplicates, sorted by pair_id."""
    leaks: tuple[Leak, ...] = ()
    """Of every val and test pair, the nearest to train first; before them, those that moved to train."""
    reviewed: tuple[Reviewed, ...] = ()
    """What became of every decision of a person."""

    def split_counts(self) -> dict[str, int]:
        """Pairs in each split, all three named."""
        counts = Counter(item.split for item in self.pairs)
        return {split: counts[split] for split in SPLITS}


def inputs_digest(
    books: Sequence[BookEntry],
    settings: DatasetSettings,
    corrections: Iterable[Correction] = (),
    audit: AuditResult | None = None,
) -> str:
    """SHA-256 over all that decides a version's bytes: results, file names, settings, code, libraries, what
    people decided, and the audit that the card quotes."""
    digest = hashlib.sha256()
    head = {
        "format": FORMAT_VERSION,
        "tuwen": version("tuwen"),
        "code": code_digest(PUBLISHING_CODE),
        "settings": settings.model_dump(mode="json"),
        "corrections": [correction.as_json() for correction in deciding(corrections)],
        "audit": audit.model_dump(mode="json") if audit else None,
    }
    digest.update(json.dumps(head, sort_keys=True).encode())
    for entry in _in_order(books):
        # How often a service was asked, and what it proposed in vain, changes no pair.
        result = dataclasses.replace(entry.result, refined=None, refusals=())
        # ASCII escapes: a broken text layer may hold lone surrogates, which cannot be encoded.
        facts = entry.facts.published() if entry.facts else {}
        content = [entry.file_name, facts, entry.pictures, result]
        digest.update(json.dumps(content, sort_keys=True, default=_fields_of).encode())
    return digest.hexdigest()


def _fields_of(record: Any) -> dict[str, Any]:
    """A record as JSON takes it; unlike dataclasses.asdict it copies nothing below."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


@dataclass(frozen=True)
class Gathered:
    """The books of a version in order, their texts cleaned, under the ids that the pairs keep."""

    books: tuple[BookEntry, ...]
    unmatched: tuple[PublishedUnmatched, ...]
    inherited: Inheritance
    reviewed: tuple[Reviewed, ...] = ()
    done: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """sha256 of a book -> its pages of which a person looked at everything."""

    @property
    def continues(self) -> Mapping[str, Sequence[str]]:
        """sha256 of a book -> those of the old books it was saved again from."""
        return self.inherited.continues


def assemble(
    books: Sequence[BookEntry],
    settings: DatasetSettings,
    history: History | None = None,
    corrections: Sequence[Correction] = (),
) -> Assembly:
    """Clean, order, link and split the pairs of `books`, which keep the ids and splits of `history`.

    Raises what `gather` and `divide` raise.
    """
    history = history or History()
    return divide(gather(books, history, corrections), settings, history)


def gather(books: Sequence[BookEntry], history: History, corrections: Sequence[Correction] = ()) -> Gathered:
    """Clean and order the pairs of `books`, give them the ids they had, and apply `corrections`.

    A pair whose description is empty once cleaned is listed as an unmatched figure.
    Raises ValueError for a book given twice or for pair_ids that are not unique file names,
    DamagedWorkspaceError for a crop that has to be looked at and cannot be read.
    """
    ordered = _in_order(books)
    hashes = [entry.result.sha256 for entry in ordered]
    if len(set(hashes)) != len(hashes):
        twice = sorted(e.file_name for e in ordered if hashes.count(e.result.sha256) > 1)
        raise ValueError(f"the same book is given more than once: {', '.join(twice)}")
    pairs: list[Sourced] = []
    loose: list[Loose] = []
    for entry in ordered:
        whole, broken = _usable(entry.result)
        pairs += [(pair, entry.resolve(pair.image)) for pair in whole]
        for row in [*entry.result.unmatched, *broken]:
            source = entry.resolve(row.image) if row.image else None
            loose.append((entry.result.sha256, clean_unmatched(row), source))
    _check_ids([pair.pair_id for pair, _ in pairs])
    inherited = inherit(pairs, history)
    shelf = _shelf(ordered, inherited, history)
    revision = apply_corrections(inherited.pairs, loose, corrections, shelf)
    number = {sha256: number for number, sha256 in enumerate(hashes)}
    ordered_pairs = sorted(revision.pairs, key=lambda i: (number[i[0].book_sha256], i[0].page, i[0].bbox))
    inherited = replace(inherited, pairs=ordered_pairs, follows=_follows(inherited, revision, history))
    unmatched = [item for entry in ordered for item in _number_unmatched(entry, revision.unmatched)]
    done = pages_done(corrections, shelf)
    return Gathered(ordered, tuple(unmatched), inherited, tuple(revision.reviewed), done)


def _shelf(books: Sequence[BookEntry], inherited: Inheritance, history: History) -> Shelf:
    titles = {entry.result.sha256: clean_text(entry.result.title) for entry in books}
    past = PastBooks(history.books.after((), inherited.continues))
    return Shelf(
        titles,
        {entry.result.sha256: entry.cut for entry in books if entry.cut},
        Whereabouts(titles, history.reviewed, inherited.same_pages, past),
        history.figures,
    )


def _follows(inherited: Inheritance, revision: Revision, history: History) -> Mapping[str, str]:
    """The splits that new pairs belong to, those included that people made on the place of an old pair."""
    if not revision.made:
        return inherited.follows
    places, made = by_place(history.figures.values()), set(revision.made)
    shown = {
        pair.pair_id: split
        for pair, _ in revision.pairs
        if pair.pair_id in made and (split := strictest_sharing(pair, places))
    }
    return {**inherited.follows, **shown}


def divide(gathered: Gathered, settings: DatasetSettings, history: History) -> Assembly:
    """Link the duplicates among the pairs, and put each pair in its split.

    Raises DamagedWorkspaceError for a crop that has to be looked at and cannot be read.
    """
    pairs, previous = gathered.inherited.pairs, history.splits
    everyone = [pair for pair, _ in pairs]
    with sketches_of(pairs) as sketches:
        links = find_links(pairs, sketches, settings.duplicates)
        dropped = dropped_pairs(everyone, links, sketches, settings.duplicates, previous)
        gone = {item.pair.pair_id for item in dropped}
        kept = [item for item in pairs if item[0].pair_id not in gone]
        # What is left out still ties what is kept: two prints may both be linked to the one that is not.
        parts = [
            present
            for part in components(everyone, links)
            if (present := [pair for pair in part if pair.pair_id not in gone])
        ]
        follows = gathered.inherited.follows
        splits = assign_splits([pair for pair, _ in kept], settings.ratios, previous, parts, follows)
        leaks = find_leaks(kept, splits, parts, sketches, settings.duplicates)
    leaks = [*find_moved(history, kept, splits), *leaks]
    published = (PublishedPair(pair, splits[pair.pair_id], source) for pair, source in kept)
    return Assembly(
        gathered.books,
        tuple(published),
        gathered.unmatched,
        tuple(links),
        tuple(dropped),
        tuple(leaks),
        gathered.reviewed,
    )


def _in_order(books: Sequence[BookEntry]) -> tuple[BookEntry, ...]:
    return tuple(sorted(books, key=lambda entry: (clean_text(entry.result.title), entry.result.sha256)))


def _usable(result: BookResult) -> tuple[list[Pair], list[Unmatched]]:
    """A book's pairs in reading order, and those without text as unmatched figures."""
    cleaned = sorted(map(clean_pair, result.pairs), key=lambda p: (p.page, p.bbox, p.pair_id))
    broken = [
        Unmatched("figure", pair.page, pair.bbox, "", "its text is empty", pair.image)
        for pair in cleaned
        if not pair.description
    ]
    return [pair for pair in cleaned if pair.description], broken


def _number_unmatched(entry: BookEntry, loose: Iterable[Loose]) -> list[PublishedUnmatched]:
    sha256 = entry.result.sha256
    own = [(row, source) for book, row, source in loose if book == sha256]
    own.sort(key=lambda item: (item[0].page, item[0].bbox, item[0].type, item[0].text, item[0].reason))
    return [
        PublishedUnmatched(
            row,
            sha256,
            clean_text(entry.result.title),
            f"unmatched/{sha256[:BOOK_DIGITS]}/{number:05d}.png" if source else "",
            source,
        )
        for number, (row, source) in enumerate(own, start=1)
    ]


def _check_ids(ids: Sequence[str]) -> None:
    twice = sorted(pair_id for pair_id, count in Counter(ids).items() if count > 1)
    if twice:
        raise ValueError(f"pair_ids are not unique: {', '.join(twice[:3])}")
    unsafe = next((pair_id for pair_id in ids if not _SAFE_ID.fullmatch(pair_id)), None)
    if unsafe is not None:
        raise ValueError(f"pair_id {unsafe!r} cannot name a file: use letters, digits, - and _ only")
