"""tuwen benchmark, search and run as a shell sees them; what they compute is tested in tests/alignment."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort

from alignment.backbones.opening import open_backbone
from alignment.backbones.saving import save_backbone
from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.version import publish_version
from extractors.errors import BUSY, OK, USAGE, UsageError
from flows.after_build import benchmark_published
from flows.lock import workspace_lock
from flows.models import find_model, newest_model, trained_model
from flows.rebuild import build_workspace
from flows.settings import load_settings
from tests.dataset_cards.shelf import make_book
from tests.flows.command import tuwen
from tests.flows.tiny_books import draw_book, quick_settings

QUICK = ("--set", "benchmark.crops.count=2", "--set", "benchmark.resamples=100")


def put_model(root: Path, name: str, version: str, seed: int) -> Path:
    """A model folder as `tuwen finetune` leaves it, as far as a benchmark reads it."""
    folder = root / "models" / name
    save_backbone(open_backbone("tiny", seed=seed), folder)
    (folder / "version.json").write_text(json.dumps({"name": "tuwen", "version": version}), "utf-8")
    (folder / "settings.json").write_text(json.dumps({"backbone": {"name": "tiny"}}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two versions and a model of the first."""
    root = tmp_path_factory.mktemp("heritage")
    (root / "books").mkdir()
    settings = DatasetSettings(ratios=SplitRatios(train=4, val=3, test=3))
    books = [make_book(root / "drawn", title, 9) for title in ("丝绸纹样", "敦煌壁画", "织锦图录")]
    publish_version(books, root / "datasets" / "tuwen", settings)
    books.append(make_book(root / "drawn", "新书", 9))
    publish_version(books, root / "datasets" / "tuwen", settings)
    put_model(root, "old", "v0001", seed=1)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "heritage"))


def test_a_benchmark_is_measured_once_and_shown_again(
    root: Path, prefect_server: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("benchmark", "-w", root, *QUICK, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "measured"
    assert found["subject"]["dataset"] == "tuwen v0002"
    assert set(found["subject"]["models"]) == {"zero-shot", "fine-tuned"}
    assert (Path(found["folder"]) / "index.html").is_file()
    assert found["key"] in (root / "benchmarks" / "history.html").read_text("utf-8")
    assert tuwen("benchmark", "-w", root, *QUICK) == OK
    out = capsys.readouterr().out
    assert "nothing new: this was measured before" in out
    assert "zero-shot: tiny, fine-tuned: old\n" in out
    assert "dual softmax †" in out
    assert "LACLIP ViT-H" in out


def test_the_fresh_split_of_an_old_model_is_all_new_pairs(
    root: Path, prefect_server: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("benchmark", "-w", root, "--model", "old", "--split", "fresh", *QUICK, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["gallery"]["pairs"], found["notes"]) == (9, [])
    put_model(root, "new", "v0002", seed=2)
    assert tuwen("benchmark", "-w", root, "--model", "new", "--split", "fresh", *QUICK) == USAGE
    assert "was trained on all 9 fresh pairs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nothing"], "there is no model 'nothing'"),
        (["--split", "val"], "test or fresh"),
        (["--version", "v0001", "--split", "fresh"], "every book of tuwen v0001 is new"),
        (["--model", "tiny", "--zero-shot", "tiny"], "are one model"),
        (["--data", "nowhere", "--version", "v0001"], "one dataset at a time"),
        (["--data", "nowhere"], "nowhere is no folder"),
        (["--language", "zh"], "captions of --data"),
        (["--set", "benchmark.scorers=['a:B']"], "no module a"),
    ],
)
def test_what_cannot_be_measured_is_said(
    root: Path,
    prefect_server: None,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tuwen("benchmark", "-w", root, *QUICK, *arguments) == USAGE
    assert message in capsys.readouterr().err


def test_a_dataset_of_someone_else_is_measured_as_ones_own_is(
    root: Path, prefect_server: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Chinese-CLIP files of a version hold its pairs: crops fall elsewhere, plain scores are the same."""
    shutil.copytree(root / "datasets/tuwen/v0002/chinese_clip", root / "COCO-CN")
    assert tuwen("benchmark", "-w", root, "--model", "tiny", *QUICK, "--json") == OK
    ours = json.loads(capsys.readouterr().out)
    there = ("benchmark", "-w", root, "--model", "tiny", "--data", root / "COCO-CN", *QUICK)
    assert tuwen(*there, "--json") == OK
    theirs = json.loads(capsys.readouterr().out)
    assert theirs["subject"]["dataset"] == "COCO-CN"
    assert theirs["gallery"]["pairs"] == ours["gallery"]["pairs"]
    assert [rung["name"] for rung in theirs["rungs"]] == [rung["name"] for rung in ours["rungs"]]
    for direction in ("text_to_image", "image_to_text"):
        plain, again = (one["rungs"][0]["directions"][direction]["measures"] for one in (ours, theirs))
        assert plain == pytest.approx(again, abs=1e-9)
    assert tuwen(*there) == OK
    out = capsys.readouterr().out
    assert "CN-CLIP ViT-H, fine-tuned" in out
    assert "they show a scale and cannot be compared" in out


MINE = """
from alignment.scorers.vectors import FusedVectors, LaclipVectors

class Half:
    name = "half"
    transductive = False

    def fit(self, train, validation, below):
        return FusedVectors({"a": 0.5}, LaclipVectors(), 0.5)
"""


def test_a_scorer_of_ones_own_stands_on_the_page_and_the_table_is_an_artifact(
    root: Path,
    tmp_path: Path,
    prefect_server: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "half_of_a_test.py").write_text(MINE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    own = ("--set", 'benchmark.scorers=["half_of_a_test:Half"]')
    assert tuwen("benchmark", "-w", root, *QUICK, *own, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    (half,) = [rung for rung in found["rungs"] if rung["name"] == "half"]
    assert (half["below"], half["parameters"]) == ("fine-tuned", {"a": 0.5})
    table = (Path(found["folder"]) / "table.md").read_text("utf-8")
    assert "| half |" in table
    with get_client(sync_client=True) as client:
        keyed = ArtifactFilter(key=ArtifactFilterKey(any_=["benchmark-tuwen-v0002-test"]))
        artifacts = client.read_artifacts(artifact_filter=keyed, sort=ArtifactSort.CREATED_DESC)
    assert str(artifacts[0].data).startswith(table)
    assert "![ladder](data:image/png;base64," in str(artifacts[0].data)


def test_one_benchmark_at_a_time(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "benchmarks").mkdir()
    with workspace_lock(root / "benchmarks", "benchmark"):
        assert tuwen("benchmark", "-w", root) == BUSY
    assert "another benchmark is running" in capsys.readouterr().err


def test_search_prints_a_table_json_and_a_page(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "look" / "found.html"
    assert tuwen("search", "联珠对鸟纹", "-w", root, "-k", 4, "--html", page) == OK
    printed = capsys.readouterr()
    out = printed.out
    assert "searching tuwen v0002, old" in printed.err
    assert "tuwen v0002, old" in page.read_text("utf-8")
    assert f"look: {page}" in out
    rows = [line.split() for line in out.splitlines() if line.strip()[:1].isdigit()]
    pairs = {path.stem for path in (root / "datasets/tuwen/v0002/imagefolder").glob("*/*.png")}
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert {row[-1] for row in rows} <= pairs  # ids are shown whole, to be copied
    assert page.read_text("utf-8").count("<article>") == 4
    picture = next((root / "datasets/tuwen/v0002/imagefolder/train").glob("*.png"))
    assert tuwen("search", picture, "-w", root, "--model", "tiny", "--index", "faiss", "--json") == OK
    hits = json.loads(capsys.readouterr().out)
    assert hits[0]["score"] == pytest.approx(1, abs=1e-5)
    assert tuwen("search", "纹", "-w", root, "--version", "v0009") == USAGE


def test_models_are_found_by_name_and_the_newest_by_its_version(root: Path) -> None:
    newer = put_model(root, "a", "v0010", seed=3)
    put_model(root, "b", "v0009", seed=4)
    (root / "models" / ".unfinished").mkdir()
    assert newest_model(root, "tuwen").path == newer
    assert find_model(root, "a") == find_model(root, "models/a") == str(newer)
    assert find_model(root, "tiny") == "tiny"
    assert trained_model(root) is None
    with pytest.raises(UsageError, match="holds no model trained on silk"):
        newest_model(root, "silk")


def test_the_newest_model_of_a_version_is_the_one_trained_last_whatever_the_times_of_folders(
    root: Path,
) -> None:
    later, earlier = put_model(root, "a", "v0002", seed=3), put_model(root, "b", "v0002", seed=4)
    for number, folder in ((2, later), (1, earlier)):
        settings = {"backbone": {"name": "tiny"}, "number": number}
        (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
        os.utime(folder, (9 - number, 9 - number))
    assert newest_model(root, "tuwen").path == later


def test_run_goes_from_the_shelf_to_a_benchmark_and_does_nothing_twice(
    tmp_path: Path, prefect_server: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (1, 2):
        draw_book(tmp_path / "books" / f"book{seed}.pdf", pages=8, seed=seed)
    given = ("--backbone", "tiny", "--set", "extract.ocr.engine=off", "--set", "finetune.epochs=1", *QUICK)
    assert tuwen("run", "-w", tmp_path, *given, "--json") == OK
    first = json.loads(capsys.readouterr().out)
    assert (first["build"]["state"], first["model"]["state"]) == ("published", "trained")
    assert [one["subject"]["split"] for one in first["benchmarks"]] == ["test"]
    assert tuwen("run", "-w", tmp_path, *given, "--json") == OK
    again = json.loads(capsys.readouterr().out)
    assert (again["build"]["state"], again["model"]["state"]) == ("nothing-new", "nothing-new")
    assert [one["state"] for one in again["benchmarks"]] == ["there-already"]


def test_a_build_that_nobody_sits_beside_is_benchmarked_where_settings_ask(
    tmp_path: Path, prefect_server: None
) -> None:
    draw_book(tmp_path / "books" / "book.pdf", pages=8)
    report = build_workspace(tmp_path, quick_settings("dataset.name=tuwen"))
    asked = load_settings(
        overrides=["benchmark.after_build=true", "benchmark.crops.count=2", "benchmark.resamples=100"],
        environ={},
    )
    assert benchmark_published(tmp_path, load_settings(environ={}), report) == []
    (line,) = benchmark_published(tmp_path, asked, report)
    assert line.startswith("no benchmark of v0001: ")
    put_model(tmp_path, "old", "v0001", seed=1)
    (line,) = benchmark_published(tmp_path, asked, report)
    assert line.startswith("benchmark of tuwen v0001, test:")
    draw_book(tmp_path / "books" / "new.pdf", pages=8, seed=2)
    report = build_workspace(tmp_path, quick_settings("dataset.name=tuwen"))
    lines = benchmark_published(tmp_path, asked, report)
    assert [line.split(":")[0] for line in lines] == [
        "benchmark of tuwen v0002, test",
        "benchmark of tuwen v0002, fresh",
    ]
