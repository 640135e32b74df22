from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alignment.data import load_split
from dataset_cards.assembly import BookEntry
from dataset_cards.duplicates.search import sketches_of
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import all_files, read_json_lines
from dataset_cards.fresh import fresh_pair_ids
from dataset_cards.leaks import find_leaks, leak_summary
from dataset_cards.settings import DatasetSettings, DuplicateSettings
from dataset_cards.splits import components
from dataset_cards.version import publish_version
from extractors.sample_books.pictures.murals import mural
from tests.dataset_cards.duplicates.drawn import pair_of, scaled
from tests.dataset_cards.identity.readings import Memory
from tests.dataset_cards.shelf import make_book, with_pairs

SETTINGS = DatasetSettings()
TEXT = "以联珠圈为骨架，圈内对鸟立于花台之上，颈系绶带，圈外饰十样花，此类纹样盛行于隋唐。"


def test_each_held_out_pair_has_its_nearest_neighbours_in_train_the_worst_first(tmp_path: Path) -> None:
    model = make_book(tmp_path / "shelf", "样书", 1).result.pairs[0]
    rng = np.random.default_rng(1)
    picture, other = mural(rng, "seated", 300, 220), mural(rng, "flying", 300, 220)
    shown = [
        pair_of(model, tmp_path, "train-1", picture, description=TEXT),
        pair_of(model, tmp_path, "train-2", other, description="缠枝莲花"),
        pair_of(model, tmp_path, "test-print", scaled(picture, rng), description="莲花"),
        pair_of(model, tmp_path, "test-same", other, description=TEXT.replace("绶", "缓")),
        pair_of(model, tmp_path, "val-none", mural(rng, "rider", 300, 90), description="驼"),
    ]
    splits = {pair.pair_id: pair.pair_id.split("-")[0] for pair, _ in shown}
    parts = components([pair for pair, _ in shown])
    with sketches_of(shown) as sketches:
        leaks = find_leaks(shown, splits, parts, sketches, DuplicateSettings())
    assert [leak.pair_id for leak in leaks] == ["test-same", "test-print", "val-none"]
    worst, second, last = leaks
    assert (worst.picture_of, worst.picture_bits, worst.picture_likeness) == ("train-2", 0, 1.0)
    assert (worst.text_of, worst.text_near, worst.leaks) == ("train-1", True, True)  # one file: one component
    assert (second.picture_of, second.picture_near, second.leaks) == ("train-1", True, False)
    assert (last.picture_near, last.text_near, last.leaks) == (False, False, False)
    summary = leak_summary(leaks)
    assert summary.held_out == {"val": 1, "test": 2}
    assert summary.picture == {"val": 0, "test": 2}
    assert summary.text == {"val": 0, "test": 1}
    assert summary.leaks == {"val": 0, "test": 1}
    assert summary.worst == tuple(leaks)


def test_without_training_pairs_there_is_nothing_to_compare() -> None:
    assert leak_summary([]).held_out == {}


def shelf(root: Path) -> list[BookEntry]:
    return [make_book(root / "objects", title, 30) for title in ("丝绸纹样", "敦煌壁画")]


def test_a_first_version_has_no_leak_and_holds_its_links(tmp_path: Path) -> None:
    books = shelf(tmp_path)
    picture = books[0].result.pairs[0]
    name = books[1].resolve(books[1].result.pairs[0].image)
    name.write_bytes(books[0].resolve(picture.image).read_bytes())
    books[1] = with_pairs(
        books[1],
        image_sha256=picture.image_sha256,
        image_phash=picture.image_phash,
        width=picture.width,
        height=picture.height,
    )
    version = publish_version(books, tmp_path / "demo", SETTINGS).path
    links = read_json_lines(version / "links.jsonl")
    twice = sorted((picture.pair_id, books[1].result.pairs[0].pair_id))
    assert {"first": twice[0], "second": twice[1], "why": "same picture", "score": 1.0} in links
    rows = read_json_lines(version / "leaks.jsonl")
    held_out = [s.pair_id for split in ("val", "test") for s in load_split(version, split)]  # type: ignore[arg-type]
    assert sorted(row["pair_id"] for row in rows) == sorted(held_out)
    assert not any(row["leaks"] or row["picture_near"] or row["text_near"] for row in rows)


def test_a_new_pair_that_links_old_ones_of_two_splits_moves_none_and_is_reported(tmp_path: Path) -> None:
    books = shelf(tmp_path)
    memory = Memory(tmp_path / "dataset")
    previous = memory.publish(*books)
    splits = {item.pair.pair_id: item.split for item in previous.pairs}
    train = next(item.pair for item in previous.pairs if item.split == "train")
    held_out = next(item for item in previous.pairs if item.split == "test")
    test = held_out.pair
    bridge = make_book(tmp_path / "objects", "白沙宋墓", 1)
    bridge = with_pairs(bridge, description=train.description, image_phash=test.image_phash)
    first = bridge.result.pairs[0]
    bridge.resolve(first.image).write_bytes(held_out.source.read_bytes())
    bridge = with_pairs(bridge, image_sha256=test.image_sha256, width=test.width, height=test.height)
    assembly = memory.publish(*books, bridge)
    now = {item.pair.pair_id: item.split for item in assembly.pairs}
    assert {pair_id: now[pair_id] for pair_id in splits} == splits
    assert now[first.pair_id] == "test"
    leaking = {leak.pair_id: leak for leak in assembly.leaks if leak.leaks}
    assert {test.pair_id, first.pair_id} <= leaking.keys()
    assert leaking[first.pair_id].text_of is not None
    assert leaking[first.pair_id].text_near
    assert assembly.leaks[0].leaks


def test_dropped_pairs_are_left_out_and_written_with_their_reason(tmp_path: Path) -> None:
    books = shelf(tmp_path)
    kept = books[0].result.pairs[0]
    repeated = replace(kept, pair_id="0" * 20, figure_id="again", group="again", confidence=0.0)
    books[0] = replace(books[0], result=replace(books[0].result, pairs=(*books[0].result.pairs, repeated)))
    settings = DatasetSettings(duplicates=DuplicateSettings(drop="same"))
    published = publish_version(books, tmp_path / "demo", settings)
    rows = read_json_lines(published.path / "dropped.jsonl")
    assert [(row["pair_id"], row["reason"], row["of"]) for row in rows] == [
        ("0" * 20, "same-pair", kept.pair_id)
    ]
    assert published.pairs == 60
    plain = publish_version(books, tmp_path / "other", SETTINGS)
    assert (plain.pairs, read_json_lines(plain.path / "dropped.jsonl")) == (61, [])


def test_fresh_pairs_are_those_of_books_no_version_held_before(tmp_path: Path) -> None:
    books = shelf(tmp_path)
    dataset = tmp_path / "demo"
    first = publish_version(books, dataset, SETTINGS).path
    assert len(fresh_pair_ids(first)) == len(load_split(first, "fresh")) == 60
    third = make_book(tmp_path / "objects", "白沙宋墓", 9)
    second = publish_version([*books, third], dataset, SETTINGS).path
    assert fresh_pair_ids(second) == sorted(pair.pair_id for pair in third.result.pairs)
    assert {sample.pair_id for sample in load_split(second, "fresh")} == set(fresh_pair_ids(second))
    publish_version(books, dataset, SETTINGS)
    back = publish_version([*books, with_pairs(third, title="改")], dataset, SETTINGS).path
    assert fresh_pair_ids(back) == []  # a book that left and comes back was seen


def test_a_version_without_fresh_pairs_on_record_says_so(tmp_path: Path) -> None:
    with pytest.raises(DamagedWorkspaceError, match=r"fresh\.json is missing.*tuwen build"):
        fresh_pair_ids(tmp_path)
    (tmp_path / "fresh.json").write_text(json.dumps([]))
    with pytest.raises(DamagedWorkspaceError, match="cannot be read"):
        fresh_pair_ids(tmp_path)


def test_duplicates_change_no_byte_with_the_order_of_books(tmp_path: Path) -> None:
    books = shelf(tmp_path)
    settings = DatasetSettings(duplicates=DuplicateSettings(drop="near", turned=True))
    one = publish_version(books, tmp_path / "one" / "demo", settings).path
    other = publish_version(list(reversed(books)), tmp_path / "other" / "demo", settings).path
    contents = [{p.relative_to(v): p.read_bytes() for p in all_files(v)} for v in (one, other)]
    assert contents[0] == contents[1]
