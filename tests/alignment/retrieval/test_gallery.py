from __future__ import annotations

import pytest

from alignment.retrieval.gallery import make_gallery
from tests.alignment.retrieval.made import item


def test_equal_pictures_and_equal_texts_are_one_item_each() -> None:
    gallery = make_gallery(
        [
            item("a", "联珠对鸟纹。"),
            item("b", "联珠 对鸟纹"),
            item("a", "宝相花"),
            item("c", "ＡＢ"),
            item("d", "ab"),
        ],
        "made",
    )
    assert [image.key for image in gallery.images] == ["a", "b", "c", "d"]
    assert [text.text for text in gallery.texts] == ["联珠对鸟纹。", "宝相花", "ＡＢ"]
    assert gallery.pairs.tolist() == [[0, 0], [0, 1], [1, 0], [2, 2], [3, 2]]


def test_strict_keeps_every_pair_apart() -> None:
    items = [item("a", "莲"), item("a", "莲"), item("b", "莲")]
    gallery = make_gallery(items, "made", strict=True)
    assert gallery.pairs.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert [image.key for image in gallery.images] == ["a", "a", "b"]
    assert gallery.image_clusters.tolist() == gallery.text_clusters.tolist() == [0, 0, 0]


def test_clusters_follow_groups_texts_and_pictures() -> None:
    gallery = make_gallery(
        [item("a", "一", "g1"), item("b", "二", "g1"), item("c", "二", "g2"), item("d", "三", "g3")], "made"
    )
    assert gallery.image_clusters.tolist() == [0, 0, 0, 1]
    assert gallery.text_clusters.tolist() == [0, 0, 1]


def test_the_same_group_name_in_another_book_ties_nothing() -> None:
    gallery = make_gallery([item("a", "一", "g", book="x"), item("b", "二", "g", book="y")], "made")
    assert gallery.image_clusters.tolist() == [0, 1]


def test_the_digest_follows_what_is_in_it() -> None:
    items = [item("a", "一"), item("b", "二")]
    same, other = make_gallery(items, "one"), make_gallery([*items, item("b", "一")], "one")
    assert make_gallery(items, "two").digest == same.digest != other.digest


def test_texts_of_marks_alone_stay_apart() -> None:
    assert len(make_gallery([item("a", "……"), item("b", "？")], "made").texts) == 2


def test_nothing_is_no_gallery() -> None:
    with pytest.raises(ValueError, match="nothing to search"):
        make_gallery([], "made")
