from __future__ import annotations

from flows.watch import Watcher

OLD, NEW, NEWER = (1, 10, 0, 0), (1, 20, 0, 0), (1, 30, 0, 0)


def test_a_book_counts_when_two_scans_saw_it_the_same() -> None:
    watcher = Watcher()
    assert watcher.look({"a.pdf": OLD}) is None
    assert watcher.look({"a.pdf": NEW}) is None  # still growing
    assert watcher.look({"a.pdf": NEW}) == {"a.pdf"}


def test_nothing_is_built_twice() -> None:
    watcher = Watcher()
    watcher.look({"a.pdf": OLD})
    names = watcher.look({"a.pdf": OLD})
    assert names is not None
    watcher.built(names)
    assert watcher.look({"a.pdf": OLD}) is None


def test_a_build_that_could_not_be_done_is_asked_for_again() -> None:
    watcher = Watcher()
    watcher.look({"a.pdf": OLD})
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}


def built_with(watcher: Watcher, scan: dict[str, tuple[int, int, int, int]]) -> None:
    watcher.look(scan)
    names = watcher.look(scan)
    assert names == set(scan)
    watcher.built(frozenset(scan))


def test_a_book_still_being_copied_waits_while_a_settled_one_is_built() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD})
    watcher.look({"a.pdf": OLD, "b.pdf": OLD, "c.pdf": OLD})
    assert watcher.look({"a.pdf": OLD, "b.pdf": OLD, "c.pdf": NEW}) == {"a.pdf", "b.pdf"}


def test_a_known_book_being_rewritten_holds_the_build() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD})
    assert watcher.look({"a.pdf": NEW}) is None
    assert watcher.look({"a.pdf": NEWER}) is None
    assert watcher.look({"a.pdf": NEWER}) == {"a.pdf"}


def test_a_book_taken_away_is_a_change() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD, "b.pdf": OLD})
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}


def test_an_empty_shelf_is_nothing_to_build() -> None:
    watcher = Watcher()
    assert watcher.look({}) is None
    assert watcher.look({}) is None
