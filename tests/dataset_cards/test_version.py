from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.files import all_files, read_json_lines
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.verify import has_current, read_current, read_manifest, verify_version
from dataset_cards.version import BookEntry, nothing_new, publish_version
from extractors.records import Unmatched
from tests.dataset_cards.shelf import make_book, with_pairs

SETTINGS = DatasetSettings()
ROOT = Path(__file__).parents[2]


@pytest.fixture
def books(tmp_path: Path) -> list[BookEntry]:
    return [make_book(tmp_path / "objects", title) for title in ("丝绸纹样", "敦煌壁画")]


@pytest.fixture
def dataset_dir(tmp_path: Path) -> Path:
    return tmp_path / "datasets" / "demo"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in all_files(folder)}


def splits_of(version_dir: Path) -> dict[str, str]:
    return {row["pair_id"]: row["split"] for row in iter_rows(version_dir, columns=("pair_id", "split"))}


def test_a_version_holds_every_pair_and_says_so(books: list[BookEntry], dataset_dir: Path) -> None:
    published = publish_version(books, dataset_dir, SETTINGS)
    assert (published.version, published.previous, published.pairs, published.added) == (
        "v0001",
        None,
        24,
        24,
    )
    assert read_current(dataset_dir) == published.path == dataset_dir / "v0001"
    assert verify_version(published.path) == []
    ids = {pair.pair_id for entry in books for pair in entry.result.pairs}
    assert set(splits_of(published.path)) == ids
    rows = read_json_lines(published.path / "books.jsonl")
    assert [(row["title"], row["pairs"], row["unmatched"]) for row in rows] == [
        ("丝绸纹样", 12, 2),
        ("敦煌壁画", 12, 2),
    ]
    assert rows[0]["failures"][0]["reason"] == "timeout"
    leftovers = read_json_lines(published.path / "unmatched.jsonl")
    assert {row["type"] for row in leftovers} == {"figure", "caption"}
    assert all((published.path / row["image"]).is_file() for row in leftovers if row["image"])


def test_files_are_read_only(books: list[BookEntry], dataset_dir: Path) -> None:
    published = publish_version(books, dataset_dir, SETTINGS)
    assert {path.stat().st_mode & 0o777 for path in all_files(published.path)} == {0o444}


def test_the_same_inputs_are_nothing_new(books: list[BookEntry], dataset_dir: Path) -> None:
    assert not nothing_new(books, dataset_dir, SETTINGS)
    publish_version(books, dataset_dir, SETTINGS)
    assert nothing_new(list(reversed(books)), dataset_dir, SETTINGS)
    assert not nothing_new(books[:1], dataset_dir, SETTINGS)
    assert not nothing_new(books, dataset_dir, DatasetSettings(ratios=SplitRatios(train=1)))
    assert not nothing_new([with_pairs(books[0], description="另一句"), books[1]], dataset_dir, SETTINGS)


def test_a_new_book_moves_no_old_pair(books: list[BookEntry], dataset_dir: Path, tmp_path: Path) -> None:
    first = publish_version(books, dataset_dir, SETTINGS)
    before = contents(first.path)
    second = publish_version([make_book(tmp_path / "objects", "白沙宋墓", 20), *books], dataset_dir, SETTINGS)
    assert (second.version, second.previous, second.added, second.removed) == ("v0002", "v0001", 20, 0)
    old, new = splits_of(first.path), splits_of(second.path)
    assert {pair_id: new[pair_id] for pair_id in old} == old
    assert contents(first.path) == before
    assert "白沙宋墓" in (second.path / "CHANGES.md").read_text("utf-8")


def test_a_pair_that_left_finds_its_split_again(books: list[BookEntry], dataset_dir: Path) -> None:
    first = publish_version(books, dataset_dir, SETTINGS)
    second = publish_version(books[:1], dataset_dir, SETTINGS)
    assert (second.removed, len(read_json_lines(second.path / "removed.jsonl"))) == (12, 12)
    publish_version([with_pairs(books[0], title="改")], dataset_dir, SETTINGS)
    fourth = publish_version(books, dataset_dir, SETTINGS)
    assert splits_of(fourth.path) == splits_of(first.path)
    assert (fourth.added, fourth.changed, fourth.removed) == (12, 1, 0)
    assert read_json_lines(fourth.path / "removed.jsonl") == []


def test_the_order_of_books_does_not_change_a_byte(
    books: list[BookEntry], dataset_dir: Path, tmp_path: Path
) -> None:
    first = publish_version(books, dataset_dir, SETTINGS)
    other = publish_version(list(reversed(books)), tmp_path / "elsewhere" / "demo", SETTINGS)
    assert contents(first.path) == contents(other.path)


def test_place_time_zone_and_locale_do_not_change_a_byte(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from dataset_cards.settings import DatasetSettings
        from dataset_cards.version import publish_version
        from tests.dataset_cards.shelf import make_book
        root = Path(sys.argv[1])
        books = [make_book(root / "objects", title) for title in ("丝绸纹样", "敦煌壁画")]
        publish_version(books, root / "datasets", DatasetSettings())
    """)
    found = []
    for name, zone, locale, seed in (("a", "UTC", "C", "1"), ("b", "Asia/Shanghai", "C.UTF-8", "2")):
        root = tmp_path / name
        root.mkdir()
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "TZ": zone,
            "LC_ALL": locale,
            "PYTHONHASHSEED": seed,
        }
        subprocess.run(
            [sys.executable, "-c", script, str(root) if name == "a" else "."],
            env=environment,
            cwd=root,
            check=True,
        )
        found.append(contents(root / "datasets"))
    assert found[0] == found[1]


class Stopper:
    """Lets a function of `os` work this many times, then stops the program as Ctrl-C would.

    Not with an Exception: nothing on the way may treat it as an ordinary failure.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self._real: Callable[..., Any] = getattr(os, name)
        self.calls, self.allowed = 0, sys.maxsize
        monkeypatch.setattr(os, name, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.calls >= self.allowed:
            raise KeyboardInterrupt
        self.calls += 1
        return self._real(*args, **kwargs)

    def publish(self, book: BookEntry, dataset_dir: Path, allowed: int = sys.maxsize) -> int:
        """Publish with `allowed` calls; the number of calls made."""
        self.calls, self.allowed = 0, allowed
        try:
            publish_version([book], dataset_dir, SETTINGS)
        finally:
            self.allowed = sys.maxsize
        return self.calls


@pytest.mark.parametrize(
    ("function", "had_one"), [("fsync", True), ("replace", True), ("link", True), ("replace", False)]
)
def test_a_build_stopped_anywhere_leaves_the_old_version_and_can_be_repeated(
    function: str, had_one: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (make_book(tmp_path / "objects", title, 1) for title in ("旧书", "新书"))
    stopper = Stopper(monkeypatch, function)
    before, after = ("v0001", "v0002") if had_one else (None, "v0001")
    whole, tried = tmp_path / "whole", 0
    if had_one:
        stopper.publish(old, whole)
        shutil.copytree(whole, tmp_path / "had")
    steps = stopper.publish(new, whole)
    while tried < steps:
        dataset_dir = tmp_path / f"stopped-{tried}"
        if had_one:
            shutil.copytree(tmp_path / "had", dataset_dir)
        with pytest.raises(KeyboardInterrupt):
            stopper.publish(new, dataset_dir, allowed=tried)
        current = read_current(dataset_dir).name if has_current(dataset_dir) else None
        assert current in {before, after}
        if current is not None:
            assert verify_version(dataset_dir / current) == []
        if not nothing_new([new], dataset_dir, SETTINGS):
            stopper.publish(new, dataset_dir)
        assert read_current(dataset_dir).name == after
        assert verify_version(dataset_dir / after) == []
        # Files are flushed one after another in the same way; the last steps differ.
        tried += 1 if tried > steps - 7 else 12


def test_a_finished_version_of_other_inputs_is_left_alone(books: list[BookEntry], dataset_dir: Path) -> None:
    publish_version(books[:1], dataset_dir, SETTINGS)
    second = publish_version(books, dataset_dir, SETTINGS)
    (dataset_dir / "CURRENT").write_text("v0001\n")  # a person goes back
    third = publish_version(books[1:], dataset_dir, SETTINGS)
    assert (third.version, third.previous) == ("v0003", "v0001")
    assert verify_version(second.path) == []


def test_a_bit_that_flipped_in_the_version_before_stops_the_build(
    books: list[BookEntry], dataset_dir: Path
) -> None:
    parquet = publish_version(books[:1], dataset_dir, SETTINGS).path / "data" / "train-00000-of-00001.parquet"
    data = bytearray(parquet.read_bytes())
    data[len(data) // 2] ^= 1
    parquet.chmod(0o644)
    parquet.write_bytes(data)
    with pytest.raises(DamagedWorkspaceError, match=r"train-.*\.parquet is not what was"):
        publish_version(books, dataset_dir, SETTINGS)


def test_a_crop_that_is_not_what_its_pair_says_stops_the_build(
    books: list[BookEntry], dataset_dir: Path
) -> None:
    publish_version(books[:1], dataset_dir, SETTINGS)
    crop = books[1].resolve(books[1].result.pairs[0].image)
    crop.write_bytes(crop.read_bytes() + b"x")
    with pytest.raises(DamagedWorkspaceError, match=r"敦煌壁画, page 1.*verify --repair"):
        publish_version(books, dataset_dir, SETTINGS)
    crop.unlink()
    with pytest.raises(DamagedWorkspaceError, match="cannot be read"):
        publish_version(books, dataset_dir, SETTINGS)
    assert read_current(dataset_dir).name == "v0001"


def test_a_picture_that_is_missing_is_named(books: list[BookEntry], dataset_dir: Path) -> None:
    preview = books[0].resolve(books[0].result.previews[1])
    preview.unlink()
    with pytest.raises(DamagedWorkspaceError, match=r"0001\.jpg is missing.*verify --repair"):
        publish_version(books, dataset_dir, SETTINGS)
    assert not has_current(dataset_dir)


def test_other_settings_make_a_version_in_which_old_pairs_stay(
    books: list[BookEntry], dataset_dir: Path
) -> None:
    first = publish_version(books, dataset_dir, SETTINGS)
    second = publish_version(books, dataset_dir, DatasetSettings(ratios=SplitRatios(train=0, test=1)))
    assert splits_of(second.path) == splits_of(first.path)
    assert "没有变化" in (second.path / "CHANGES.md").read_text("utf-8")


def test_nothing_is_published_without_a_pair(books: list[BookEntry], dataset_dir: Path) -> None:
    empty = replace(books[0], result=replace(books[0].result, pairs=()))
    with pytest.raises(UsageError, match="nothing to publish"):
        publish_version([empty], dataset_dir, SETTINGS)
    assert not has_current(dataset_dir)


def test_a_book_given_twice_or_an_id_used_twice_is_refused(books: list[BookEntry], dataset_dir: Path) -> None:
    with pytest.raises(ValueError, match="more than once"):
        publish_version([books[0], books[0]], dataset_dir, SETTINGS)
    same = with_pairs(books[0], pair_id=books[1].result.pairs[0].pair_id)
    with pytest.raises(ValueError, match="not unique"):
        publish_version([same, books[1]], dataset_dir, SETTINGS)
    with pytest.raises(ValueError, match="cannot name a file"):
        publish_version([with_pairs(books[0], pair_id="../x")], dataset_dir, SETTINGS)


def test_a_pair_without_text_becomes_an_unmatched_figure(books: list[BookEntry], dataset_dir: Path) -> None:
    published = publish_version([with_pairs(books[0], description=" \u200b\n")], dataset_dir, SETTINGS)
    rows = read_json_lines(published.path / "unmatched.jsonl")
    assert published.pairs == 11
    assert [row["type"] for row in rows if row["reason"] == "its text is empty"] == ["figure"]


def test_text_that_breaks_formats_is_cleaned(books: list[BookEntry], dataset_dir: Path) -> None:
    odd = with_pairs(books[0], description="凤\x00鸟\ud800 e\u0301\u2028纹\ufeff", title="\x1b[31m龙")
    published = publish_version([odd], dataset_dir, SETTINGS)
    pair_id = odd.result.pairs[0].pair_id
    split = splits_of(published.path)[pair_id]
    row = next(row for row in iter_rows(published.path, split) if row["pair_id"] == pair_id)
    assert (row["description"], row["title"]) == ("凤鸟 é\n纹", "[31m龙")


def test_links_to_another_file_system_become_copies(
    books: list[BookEntry], dataset_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = publish_version(books, dataset_dir, SETTINGS)

    def cross_device(*_: Any, **__: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", cross_device)
    copied = publish_version(books, tmp_path / "other-disk", SETTINGS)
    assert contents(linked.path) == contents(copied.path)


def test_an_unmatched_caption_may_stand_on_a_page_without_preview(
    books: list[BookEntry], dataset_dir: Path
) -> None:
    extra = Unmatched("caption", 99, (0, 0, 10, 10), "图九", "no-figure-near")
    result = replace(books[0].result, unmatched=(extra,))
    published = publish_version([replace(books[0], result=result)], dataset_dir, SETTINGS)
    assert published.unmatched == 1


def test_the_manifest_counts_and_names_what_it_was_made_from(
    books: list[BookEntry], dataset_dir: Path
) -> None:
    published = publish_version(books, dataset_dir, DatasetSettings(name="demo"))
    manifest = read_manifest(published.path)
    assert (manifest["dataset"], manifest["version"], manifest["previous"]) == ("demo", "v0001", None)
    assert manifest["counts"]["splits"] == published.splits
    assert list(manifest["files"]) == sorted(manifest["files"])
    on_disk = {path.relative_to(published.path).as_posix() for path in all_files(published.path)}
    assert set(manifest["files"]) == on_disk - {"manifest.json"}
    assert json.loads((published.path / "manifest.json").read_text("utf-8")) == manifest
