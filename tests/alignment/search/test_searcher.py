from __future__ import annotations

from pathlib import Path

import pytest

from alignment.backbones.base import Backbone
from alignment.backbones.opening import open_backbone
from alignment.errors import UsageError
from alignment.laclip.crops import CropSettings
from alignment.search.page import search_page
from alignment.search.searcher import Searcher
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs

HOSTILE = "<img src=x onerror=alert(1)>纹样"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("heritage")
    books = [with_pairs(make_book(root, "丝绸纹样", 9), title=HOSTILE), make_book(root, "敦煌壁画", 6)]
    return publish_version(books, root / "datasets" / "tuwen", DatasetSettings()).path


@pytest.fixture(scope="module")
def tiny() -> Backbone:
    return open_backbone("tiny")


def test_a_picture_finds_itself(version: Path, tiny: Backbone, tmp_path: Path) -> None:
    row = next(iter_rows(version, "train", ("pair_id", "image_sha256")))
    path = version / "imagefolder" / "train" / f"{row['pair_id']}.png"
    for kind in ("plain", "faiss"):
        hits = Searcher.open(version, tiny, tmp_path, kind=kind).picture(path, 3)  # type: ignore[arg-type]
        assert [hit.rank for hit in hits] == [1, 2, 3]
        assert hits[0].score == pytest.approx(1, abs=1e-5)
        assert hits[0].image_path.read_bytes() == path.read_bytes()


def test_a_second_search_computes_nothing(version: Path, tiny: Backbone, tmp_path: Path) -> None:
    told: list[int] = []
    searcher = Searcher.open(version, tiny, tmp_path, report=lambda done, _total: told.append(done))
    assert told
    told.clear()
    again = Searcher.open(version, tiny, tmp_path, report=lambda done, _total: told.append(done))
    assert told == []
    assert again.text("联珠对鸟纹", 5) == searcher.text("联珠对鸟纹", 5)


def test_crops_change_the_vectors_and_not_what_can_be_found(
    version: Path, tiny: Backbone, tmp_path: Path
) -> None:
    plain = Searcher.open(version, tiny, tmp_path).text("云龙", 100)
    crops = Searcher.open(version, tiny, tmp_path, crops=CropSettings(count=2)).text("云龙", 100)
    assert {hit.pair_id for hit in plain} == {hit.pair_id for hit in crops}
    assert [hit.score for hit in plain] != [hit.score for hit in crops]


def test_what_cannot_be_asked_is_said(version: Path, tiny: Backbone, tmp_path: Path) -> None:
    searcher = Searcher.open(version, tiny, tmp_path)
    with pytest.raises(UsageError, match="empty"):
        searcher.text("　 ")
    with pytest.raises(UsageError, match="no such file"):
        searcher.picture(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("text")
    with pytest.raises(UsageError, match="no picture"):
        searcher.picture(tmp_path / "text.png")


def test_the_page_carries_its_pictures_and_shows_texts_as_texts(
    version: Path, tiny: Backbone, tmp_path: Path
) -> None:
    hits = Searcher.open(version, tiny, tmp_path).text("纹", 100)
    page = search_page(hits, "tuwen v0001, tiny", text=HOSTILE)
    assert "tuwen v0001, tiny" in page
    assert HOSTILE not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;纹样") >= 3
    assert page.count('src="data:image/jpeg') == len(hits)
    assert "http" not in page
