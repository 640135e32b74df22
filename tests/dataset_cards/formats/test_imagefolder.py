from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image


@pytest.mark.usefixtures("no_network")
def test_the_imagefolder_loader_reads_pictures_with_their_texts(version_dir: Path, tmp_path: Path) -> None:
    import datasets

    folder = str(version_dir / "imagefolder")
    found = datasets.load_dataset("imagefolder", data_dir=folder, cache_dir=str(tmp_path))
    # The loader's own name for the folder val is validation.
    assert {split: len(rows) for split, rows in found.items()} == {"train": 63, "validation": 9, "test": 18}
    row = found["validation"][0]
    assert isinstance(row["image"], Image.Image)
    assert "纹" in row["title"]
    assert row["text"]


def test_crops_are_not_stored_a_second_time_where_links_work(version_dir: Path) -> None:
    crop = next((version_dir / "imagefolder" / "train").glob("*.png"))
    assert crop.stat().st_nlink > 1


def test_an_export_has_the_files_that_were_published(version_dir: Path, exports: Path) -> None:
    published = {
        path.relative_to(version_dir / "imagefolder"): path
        for path in (version_dir / "imagefolder").rglob("*.*")
    }
    assert len(published) == 93
    for name, path in published.items():
        copy = exports / "imagefolder" / name
        assert copy.read_bytes() == path.read_bytes()
        assert not copy.samefile(path)
