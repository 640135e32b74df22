"""Ids and splits from version to version, through `publish_version` and what it leaves on the disk."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_cards.assembly import BookEntry
from dataset_cards.diff import Diff
from dataset_cards.files import read_json_lines
from dataset_cards.fresh import fresh_pair_ids
from dataset_cards.identity.history import REMOVED_FILE
from dataset_cards.identity.past_books import PAST_BOOKS_FILE
from dataset_cards.identity.records import Figure
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.verify import manifest_text, point_to, read_manifest, verify_version
from dataset_cards.version import publish_version
from tests.dataset_cards.identity.readings import Studio, moved_pages, two_a_page

SETTINGS = DatasetSettings()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


def publish(folder: Path, *books: BookEntry) -> Path:
    return publish_version(books, folder, SETTINGS).path


def known(version_dir: Path) -> dict[str, tuple[str, str]]:
    """What each figure truly is -> its id and its split."""
    rows = iter_rows(version_dir, columns=("number", "pair_id", "split"))
    return {row["number"]: (row["pair_id"], row["split"]) for row in rows}


@settings(max_examples=2, deadline=None)
@given(
    jitter=st.sampled_from([0.0, 0.5, 4.0]), encoded_again=st.booleans(), away=st.booleans(),
    seed=st.integers(0, 1000),
)  # fmt: skip
def test_once_test_always_test(
    studio: Studio,
    tmp_path_factory: pytest.TempPathFactory,
    jitter: float,
    encoded_again: bool,
    away: bool,
    seed: int,
) -> None:
    folder = tmp_path_factory.mktemp("dataset")
    figures, other = two_a_page("壁画", 14), studio.read("石窟", two_a_page("石窟", 8))
    first = known(publish(folder, studio.read("壁画", figures), other))
    if away:
        publish(folder, other)
    pages = list(range(1, 8))
    figures = moved_pages(figures, dict(zip(pages, random.Random(seed).sample(pages, 7), strict=True)))
    again = studio.read(
        "壁画", figures, file="again", name="另名", jitter=jitter, encoded_again=encoded_again, seed=seed
    )
    last = publish(folder, again, other)
    assert known(last) == first
    assert not any(row["leaks"] for row in read_json_lines(last / "leaks.jsonl"))


def test_a_book_saved_again_changes_its_pairs_and_is_not_new(studio: Studio, tmp_path: Path) -> None:
    figures = two_a_page("丝绸", 12)
    first = publish(tmp_path, studio.read("丝绸", figures[:10]))
    published = publish_version([studio.read("丝绸", figures, file="again")], tmp_path, SETTINGS)
    assert (published.added, published.removed, published.changed) == (2, 0, 10)
    assert fresh_pair_ids(published.path) == []
    diff = Diff(first, published.path)
    found = [(change.sort, change.why, change.columns) for change in diff]
    assert found.count(("changed", ("re-saved book",), ("book_sha256",))) == 10
    assert found.count(("added", ("re-saved book",), ())) == 2
    assert len(diff.changes.books) == 1
    back = [(change.sort, change.why) for change in Diff(published.path, first)]
    assert back.count(("changed", ("re-saved book",))) == 10
    assert back.count(("removed", ("re-saved book",))) == 2
    text = (published.path / "CHANGES.md").read_text("utf-8")
    assert "| 丝绸 | 2 | 0 | 10 | 书已另存 re-saved book 12 |" in text


def test_what_a_later_version_published_is_kept_when_a_person_goes_back(
    studio: Studio, tmp_path: Path
) -> None:
    one, two = studio.read("甲", two_a_page("甲", 6)), studio.read("乙", two_a_page("乙", 40))
    publish(tmp_path, one)
    second = publish(tmp_path, one, two)
    (tmp_path / "CURRENT").write_text("v0001\n")
    third = publish(tmp_path, one, studio.read("乙", two_a_page("乙", 40), jitter=0.5))
    assert known(third) == known(second)


def test_a_damaged_later_version_is_named_and_stops_nothing(studio: Studio, tmp_path: Path) -> None:
    one, two = studio.read("甲", two_a_page("甲", 6)), studio.read("乙", two_a_page("乙", 6))
    publish(tmp_path, one)
    second = publish(tmp_path, one, two)
    (tmp_path / "CURRENT").write_text("v0001\n")
    table = next((second / "data").glob("train*"))
    table.chmod(0o644)
    table.write_bytes(b"PAR1")
    published = publish_version([one, two], tmp_path, SETTINGS)
    (note,) = published.notes
    assert note.startswith("v0002 is damaged")
    assert published.version == "v0003"


def rewrite(version_dir: Path, name: str, rows: list[dict[str, Any]] | None) -> None:
    """Replace a JSON Lines file of a version, or remove it, and its entry in the manifest."""
    manifest = read_manifest(version_dir)
    del manifest["digest"], manifest["files"][name]
    (version_dir / name).unlink()
    if rows is not None:
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        (version_dir / name).write_bytes(data)
        manifest["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (version_dir / "manifest.json").chmod(0o644)
    (version_dir / "manifest.json").write_text(manifest_text(manifest), "utf-8")
    assert verify_version(version_dir) == []
    if read_current_name(version_dir.parent) == version_dir.name:
        point_to(version_dir)


def read_current_name(dataset_dir: Path) -> str:
    return (dataset_dir / "CURRENT").read_text("utf-8").split()[0]


def made_before_places_were_recorded(version_dir: Path) -> None:
    """Make a version what the program made of it before removed.jsonl recorded more than ids and splits."""
    names = ("pair_id", "split", "book_sha256", "book_title")
    rows = [{name: row[name] for name in names} for row in read_json_lines(version_dir / REMOVED_FILE)]
    rewrite(version_dir, REMOVED_FILE, rows)
    rewrite(version_dir, PAST_BOOKS_FILE, None)


def test_pairs_that_left_old_versions_are_known_again_from_their_folders(
    studio: Studio, tmp_path: Path
) -> None:
    one, two = studio.read("甲", two_a_page("甲", 6)), two_a_page("乙", 30)
    first = publish(tmp_path, one, studio.read("乙", two))
    second = publish(tmp_path, one)
    for version in (first, second):
        made_before_places_were_recorded(version)
    third = publish(tmp_path, one, studio.read("乙", two, file="again", jitter=1.0))
    assert known(third) == known(first)
    assert read_json_lines(third / REMOVED_FILE) == []


def test_without_the_folder_of_the_old_version_pairs_are_known_by_file_and_place(
    studio: Studio, tmp_path: Path
) -> None:
    one, two = studio.read("甲", two_a_page("甲", 6)), two_a_page("乙", 12)
    first = publish(tmp_path, one, studio.read("乙", two))
    before = known(first)
    publish(tmp_path, one)
    shutil.rmtree(first)
    again = studio.read("乙", two, file="again", encoded_again=True)
    third = publish(tmp_path, one, studio.read("乙", two, jitter=2.0))
    assert known(third) == before
    assert known(publish(tmp_path, one, again)) == before


@pytest.mark.parametrize("still_shown", ["picture", "place"])
def test_a_test_figure_that_an_older_program_moved_to_train_is_in_the_leak_report(
    still_shown: str, studio: Studio, tmp_path: Path
) -> None:
    book = studio.read("旧", two_a_page("旧", 20))
    first = publish(tmp_path, book)
    train = next(iter_rows(first, "train"))
    unpublished = ("version", "held", "read_bbox")
    names = [field.name for field in fields(Figure) if field.name not in unpublished]
    moved = {name: train[name] for name in names} | {
        "pair_id": "0123456789abcdef", "split": "test", "version": "v0000"
    }  # fmt: skip
    lost = {"page": 99} if still_shown == "picture" else {"image_sha256": "0", "image_phash": ""}
    # As if an older version had held the figure under another id, in test.
    rewrite(first, REMOVED_FILE, [moved | lost])
    second = publish(tmp_path, book, studio.read("新", two_a_page("新", 4)))
    worst, *others = read_json_lines(second / "leaks.jsonl")
    assert (worst["pair_id"], worst["split"]) == ("0123456789abcdef", "test")
    assert worst["picture_of"] == train["pair_id"]
    assert (worst["gone"], worst["leaks"], worst["picture_near"]) == (True, True, True)
    assert not any(row["gone"] for row in others)
    assert "如今在 train 中出现" in (second / "README.md").read_text("utf-8")


def test_two_builds_of_the_same_versions_have_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    figures = two_a_page("同", 12)
    made = []
    for name in ("a", "b"):
        folder = tmp_path / name
        books = [studio.read("同", figures), studio.read("伴", two_a_page("伴", 6))]
        publish(folder, *books)
        books[0] = studio.read("同", figures, file="again", jitter=2.0, encoded_again=True)
        made.append(publish(folder, *(books if name == "a" else reversed(books))))
    assert read_manifest(made[0]) == read_manifest(made[1])


def test_a_page_that_comes_back_with_its_book_saved_again(studio: Studio, tmp_path: Path) -> None:
    figures = two_a_page("缺页", 20)
    whole = publish(tmp_path, studio.read("缺页", figures))
    publish(tmp_path, studio.read("缺页", figures[:12]))
    shorter = {d.page: d.page - 1 for d in figures if d.page > 2}  # two pages cut out of the file
    cut = studio.read("缺页", moved_pages(figures, shorter), file="cut", jitter=1.0)
    last = known(publish(tmp_path, cut))
    assert last.items() <= known(whole).items()
    assert len(last) == 16
