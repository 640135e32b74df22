from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from alignment.backbones.base import Backbone
from alignment.backbones.opening import open_backbone
from alignment.benchmark.data import BenchmarkData, version_data
from alignment.benchmark.ladder import FINE_TUNED, ZERO_SHOT, steps
from alignment.benchmark.results import all_results, read_result
from alignment.benchmark.run import Benchmark, possible_steps, run_benchmark
from alignment.data import load_split
from alignment.laclip.crops import CropSettings
from dataset_cards.files import all_files
from tests.alignment.benchmark.conftest import HOSTILE, QUICK
from tests.dataset_cards.browser import browse, needs_browser


@pytest.fixture(scope="module")
def data(versions: tuple[Path, Path]) -> BenchmarkData:
    return version_data(versions[1])


@pytest.fixture(scope="module")
def measured(
    data: BenchmarkData, models: dict[str, Backbone], tmp_path_factory: pytest.TempPathFactory
) -> Benchmark:
    return run_benchmark(data, models, tmp_path_factory.mktemp("workspace"), QUICK)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in all_files(folder)}


def test_everything_lies_in_one_folder(measured: Benchmark) -> None:
    files = set(contents(measured.folder))
    assert files >= {
        "result.json",
        "index.html",
        "table.md",
        "table.tex",
        "charts/ladder.png",
        "findings.json",
    }
    assert any(name.startswith("pictures/") for name in files)
    assert read_result(measured.folder) == measured.result
    assert measured.result["subject"]["models"].keys() == {ZERO_SHOT, FINE_TUNED}


def test_the_same_again_gives_the_same_bytes(
    measured: Benchmark, data: BenchmarkData, models: dict[str, Backbone], tmp_path: Path
) -> None:
    assert contents(run_benchmark(data, models, tmp_path, QUICK).folder) == contents(measured.folder)


def test_what_is_there_is_shown_and_not_measured_again(
    measured: Benchmark, data: BenchmarkData, models: dict[str, Backbone]
) -> None:
    told: list[str] = []
    root = measured.folder.parents[1]
    again = run_benchmark(data, models, root, QUICK, report=lambda what, _done, _total: told.append(what))
    assert (again.state, again.folder, again.result) == ("there-already", measured.folder, measured.result)
    assert told == []


def test_a_folder_without_a_result_is_made_again(
    data: BenchmarkData, models: dict[str, Backbone], tmp_path: Path
) -> None:
    alone = {FINE_TUNED: models[FINE_TUNED]}
    first = run_benchmark(data, alone, tmp_path, QUICK)
    before = contents(first.folder)
    (first.folder / "result.json").unlink()
    (first.folder / "index.html").write_text("half", encoding="utf-8")
    again = run_benchmark(data, alone, tmp_path, QUICK)
    assert again.state == "measured"
    assert contents(again.folder) == before


# A batch holds three pictures with these, so that a split is stored in several steps.
CUT_FINE = QUICK.model_copy(update={"crops": CropSettings(count=16)})


def benchmark_until(version_dir: Path, root: Path, stop: int) -> None:
    """Benchmark, and SIGKILL this process at the report number `stop`: features are being stored then."""
    told: list[str] = []

    def report(what: str, _done: int, _total: int) -> None:
        told.append(what)
        if len(told) == stop:
            os.kill(os.getpid(), signal.SIGKILL)

    run_benchmark(
        version_data(version_dir), {FINE_TUNED: open_backbone("tiny")}, root, CUT_FINE, report=report
    )


def test_a_benchmark_killed_again_and_again_ends_with_the_same_bytes(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    code = (
        "from pathlib import Path; from sys import argv; "
        "from tests.alignment.benchmark.test_run import benchmark_until; "
        "benchmark_until(Path(argv[1]), Path(argv[2]), int(argv[3]))"
    )
    killed, held = tmp_path / "killed", [0]
    for stop in (2, 5):
        command = [sys.executable, "-c", code, str(versions[1]), str(killed), str(stop)]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        held.append(sum(path.stat().st_size for path in killed.rglob("vectors.f32")))
        assert not list(killed.rglob("result.json"))
    data, alone = version_data(versions[1]), {FINE_TUNED: open_backbone("tiny")}
    resumed = run_benchmark(data, alone, killed, CUT_FINE)
    held.append(sum(path.stat().st_size for path in killed.rglob("vectors.f32")))
    assert held == sorted(set(held))  # each went on from where the one before was stopped
    whole = run_benchmark(data, alone, tmp_path / "whole", CUT_FINE)
    assert (resumed.state, whole.state) == ("measured", "measured")
    assert contents(resumed.folder) == contents(whole.folder)


def test_other_settings_are_another_result(
    measured: Benchmark, data: BenchmarkData, models: dict[str, Backbone]
) -> None:
    root = measured.folder.parents[1]
    other = run_benchmark(data, models, root, QUICK.model_copy(update={"weighting": "cosine"}))
    assert other.folder != measured.folder
    laclip = next(rung for rung in other.result["rungs"] if rung["name"] == "laclip")
    assert laclip["parameters"]["weighting"] == "cosine"
    assert len(all_results(root / "benchmarks")) == 2


def test_strict_counts_the_pair_itself_alone(
    versions: tuple[Path, Path], models: dict[str, Backbone], tmp_path: Path
) -> None:
    strict = QUICK.model_copy(update={"strict": True})
    data = version_data(versions[1], strict=True)
    found = run_benchmark(data, {FINE_TUNED: models[FINE_TUNED]}, tmp_path, strict).result
    asked = load_split(versions[1], "test")
    assert found["gallery"]["images"] == found["gallery"]["texts"] == found["gallery"]["pairs"] == len(asked)
    distinct = {sample.image_sha256 for sample in asked}
    (store,) = [p for p in (tmp_path / "features").glob("*/index.txt") if len(distinct & keys(p)) > 0]
    assert distinct <= keys(store)  # equal pictures are cut and encoded once


def keys(index: Path) -> set[str]:
    return set(index.read_text("utf-8").split())


def test_without_validation_only_what_chooses_nothing_is_left(
    data: BenchmarkData, models: dict[str, Backbone], tmp_path: Path
) -> None:
    bare = replace(data, train=None, validation=None)
    found = run_benchmark(bare, {ZERO_SHOT: models[ZERO_SHOT]}, tmp_path, QUICK)
    assert [rung["name"] for rung in found.result["rungs"]] == [ZERO_SHOT, "laclip", "+ renormalize"]
    (note,) = found.result["notes"]
    assert "no training and no validation split" in note
    assert "+ NNN" in note
    assert note in (found.folder / "table.md").read_text("utf-8")


def test_without_a_bank_of_queries_the_next_rung_stands_one_lower(data: BenchmarkData) -> None:
    kept, notes = possible_steps(steps([FINE_TUNED]), replace(data, train=None))
    by_name = {step.scorer.name: step for step in kept}
    assert "+ NNN" not in by_name
    assert by_name["+ MaxSim"].below == "+ clauses"
    assert notes[0].endswith("Left out: + NNN, CSLS, QB-Norm.")


BANK_READERS = """
from alignment.scorers.hubs import FittedNnn
from alignment.scorers.vectors import VectorScores

class Popular:
    name = "popular"
    transductive = False
    def fit(self, train, validation, below):
        return FittedNnn(below, train, 4, 0.5)

class Simple(Popular):
    name = "simple"
    needs = ()
    def fit(self, train, validation, below):
        return VectorScores()
"""


@pytest.mark.parametrize("gone", ["train", "validation"])
def test_a_scorer_of_ones_own_is_never_given_an_empty_split(
    gone: str,
    data: BenchmarkData,
    models: dict[str, Backbone],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bank_readers.py").write_text(BANK_READERS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = QUICK.model_copy(update={"scorers": ("bank_readers:Popular", "bank_readers:Simple")})
    bare = replace(data, **{gone: None})
    found = run_benchmark(bare, {FINE_TUNED: models[FINE_TUNED]}, tmp_path, settings).result
    names = [rung["name"] for rung in found["rungs"]]
    assert "popular" not in names
    assert "simple" in names
    (note,) = found["notes"]
    assert note.endswith("popular.")


@needs_browser
def test_the_page_shows_texts_as_texts_and_asks_nothing_of_a_network(
    measured: Benchmark, tmp_path: Path
) -> None:
    shown = browse(measured.folder / "index.html", tmp_path / "profile")
    assert HOSTILE in shown.text
    assert not any("onerror" in attrs for _, attrs in shown.tags)
    sources = [str(attrs.get("src")) for tag, attrs in shown.tags if tag == "img"]
    assert sources
    assert all((measured.folder / source).is_file() for source in sources)
    assert "CN-CLIP ViT-H" in shown.text
    assert "cannot be compared" in shown.text
    top = next(rung for rung in measured.result["rungs"] if rung["name"] == "+ MaxSim")
    there = top["directions"]["text_to_image"]
    for name, row in [*there["by_kind"].items(), *there["by_book"].items()]:
        cells = [f"{100 * row[f'hit@{k}']:.1f}" for k in (1, 5, 10)]
        assert f"{name}{row['queries']}{''.join(cells)}" in shown.text
    assert f"{100 * there['measures']['MRR']:.1f}{there['measures']['median_rank']:g}" in shown.text
    assert shown.classes("right")
    assert shown.classes("box")
