from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dataset_cards.assembly import assemble
from dataset_cards.croissant import write_croissant
from dataset_cards.formats.parquet import write_parquet
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.rights import BookFacts
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.conftest import HOSTILE
from tests.dataset_cards.shelf import make_book, with_pairs

pytestmark = [
    pytest.mark.usefixtures("no_network"),
    # Of the reader and of what it stands on; nothing here can change them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

SETTINGS = DatasetSettings(
    name="silk",
    authors=("某实验室",),
    released=datetime.date(2026, 10, 1),
    url="https://example.org/silk",
)
# RAI 1.0, as https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html names its properties.
RAI = {
    "rai:dataCollection",
    "rai:dataCollectionType",
    "rai:dataCollectionMissingData",
    "rai:dataCollectionRawData",
    "rai:dataPreprocessingProtocol",
    "rai:dataAnnotationProtocol",
    "rai:dataAnnotationAnalysis",
    "rai:annotationsPerItem",
    "rai:machineAnnotationTools",
    "rai:dataBiases",
    "rai:dataUseCases",
    "rai:dataLimitations",
    "rai:dataSocialImpact",
    "rai:personalSensitiveInformation",
    "rai:dataReleaseMaintenancePlan",
}


@pytest.fixture(scope="module")
def silk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("croissant")
    books = [make_book(root / "objects", title, 12) for title in ("丝绸纹样", "敦煌壁画")]
    facts = BookFacts(
        file="a.pdf",
        author="赵某",
        year=2012,
        isbn="9787301044247",
        rights="https://creativecommons.org/licenses/by/4.0/",
    )
    return publish_version([replace(books[0], facts=facts), books[1]], root / "silk", SETTINGS).path


def opened(version_dir: Path) -> Any:
    import mlcroissant

    return mlcroissant.Dataset(jsonld=str(version_dir / "croissant.json"))


def document(version_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((version_dir / "croissant.json").read_text("utf-8"))
    return found


def records(version_dir: Path, name: str) -> Iterator[dict[str, Any]]:
    return iter(opened(version_dir).records(name))


def text_of(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def test_it_is_valid_without_errors_or_warnings(silk: Path) -> None:
    issues = opened(silk).metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())


def test_without_a_day_of_release_only_that_is_wanting(version_dir: Path) -> None:
    issues = opened(version_dir).metadata.ctx.issues
    assert issues.errors == set()
    assert len(issues.warnings) == 1
    assert "datePublished" in next(iter(issues.warnings))


def test_every_pair_is_read_with_its_picture(silk: Path) -> None:
    wanted = {row["pair_id"]: row for row in iter_rows(silk, images=True)}
    seen = list(records(silk, "pairs"))
    assert len(seen) == len(wanted) == 24
    for record in seen:
        row = wanted[text_of(record["pairs/pair_id"])]
        assert isinstance(record["pairs/image"], Image.Image)
        assert record["pairs/image"].size == (row["width"], row["height"])
        for name in set(row) - {"image"}:
            assert text_of(record[f"pairs/{name}"]) == row[name], name


def test_books_are_read_with_their_rights(silk: Path) -> None:
    books = [{k.removeprefix("books/"): text_of(v) for k, v in row.items()} for row in records(silk, "books")]
    assert [(row["title"], row["year"], row["isbn"], row["rights"], row["pairs"]) for row in books] == [
        ("丝绸纹样", 2012, "978-7301044247", "https://creativecommons.org/licenses/by/4.0/", 12),
        ("敦煌壁画", None, None, "unknown", 12),
    ]


def test_several_shards_are_one_table(tmp_path: Path) -> None:
    import mlcroissant

    assembly = assemble([make_book(tmp_path / "objects", "丝绸纹样", 40, png_side=96)], SETTINGS)
    folder = tmp_path / "v0001"
    write_parquet(assembly, folder, shard_bytes=5_000)
    assert len(data_files(folder, "train")) > 1
    for name in ("books", "past_books", "unmatched", "removed", "dropped", "links", "leaks"):
        (folder / f"{name}.jsonl").write_text('{"sha256": "a"}\n')
    write_croissant(assembly, SETTINGS, "v0001", folder)
    found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).records("pairs")
    assert len({record["pairs/pair_id"] for record in found}) == 40


def test_files_are_named_with_their_checksums(silk: Path) -> None:
    files = [item for item in document(silk)["distribution"] if item["@type"] == "cr:FileObject"]
    assert {item["contentUrl"] for item in files} >= {
        "books.jsonl",
        "links.jsonl",
        "data/train-00000-of-00001.parquet",
    }
    for item in files:
        data = (silk / item["contentUrl"]).read_bytes()
        assert item["sha256"] == hashlib.sha256(data).hexdigest()
        assert item["contentSize"] == f"{len(data)} B"


def test_the_responsible_use_of_the_data_is_described(silk: Path) -> None:
    found = document(silk)
    assert found["conformsTo"] == [
        "http://mlcommons.org/croissant/1.0",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert {name for name in found if name.startswith("rai:")} == RAI
    assert "No audit sample" in json.dumps(found["rai:dataLimitations"])
    assert found["license"] == [
        "https://creativecommons.org/licenses/by/4.0/",
        "unknown for 1 book; see books.jsonl",
    ]
    assert found["version"] == "1.0.0"
    assert "某实验室" in found["citeAs"]


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    assert croissant_of(tmp_path / "one") == croissant_of(tmp_path / "other")


def croissant_of(root: Path) -> bytes:
    path = publish_version([make_book(root / "objects", "丝绸纹样", 6)], root / "silk", SETTINGS).path
    return (path / "croissant.json").read_bytes()


def test_texts_that_try_to_be_markup_are_texts(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path / "objects", "小书", 3), description=HOSTILE, title="@id")
    settings = DatasetSettings(pretty_name=HOSTILE, released=datetime.date(2026, 1, 1))
    path = publish_version([book], tmp_path / "demo", settings).path
    assert HOSTILE in {text_of(record["pairs/description"]) for record in records(path, "pairs")}
