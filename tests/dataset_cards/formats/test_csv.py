from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from dataset_cards.export import export_version
from dataset_cards.reading import iter_rows
from dataset_cards.schema import TEXT_COLUMNS
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs


def test_pandas_reads_every_column_and_the_pictures_are_there(version_dir: Path, exports: Path) -> None:
    table = pd.read_csv(exports / "csv" / "pairs.csv", dtype={"number": str, "page_label": str})
    assert list(table.columns) == ["image", *TEXT_COLUMNS]
    rows = list(iter_rows(version_dir))
    assert len(table) == len(rows)
    for found, row in zip(table.to_dict("records"), rows, strict=True):
        assert json.loads(found["bbox"]) == row["bbox"]
        for name in ("pair_id", "description", "title", "page", "confidence", "split", "number"):
            assert found[name] == row[name]
        assert (found["description_en"] == row["description_en"]) or row["description_en"] is None
        picture = (exports / "csv" / found["image"]).read_bytes()
        assert hashlib.sha256(picture).hexdigest() == row["image_sha256"]


def test_the_head_tells_excel_that_it_is_utf_8(exports: Path) -> None:
    assert (exports / "csv" / "pairs.csv").read_bytes().startswith(b"\xef\xbb\xbfimage,pair_id,")


def test_odd_texts_stay_in_their_cells_and_none_is_a_formula(tmp_path: Path) -> None:
    texts = {"title": '=HYPERLINK("http://x")', "caption": "@a", "description": '第一行，"引"\n第二行, 𠮷'}
    book = with_pairs(make_book(tmp_path / "objects", "小书", 1), **texts)
    version_dir = publish_version([book], tmp_path / "demo", DatasetSettings()).path
    (done,) = export_version(version_dir, ["csv"], tmp_path / "out")
    (row,) = pd.read_csv(done.path / "pairs.csv").to_dict("records")
    assert row["title"] == '\'=HYPERLINK("http://x")'
    assert (row["caption"], row["description"]) == ("'@a", texts["description"])
