"""tuwen diff and tuwen audit as a shell sees them; what they compute is tested in tests/dataset_cards."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dataset_cards.assembly import inputs_digest
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from extractors.errors import OK, USAGE, UsageError
from flows.outcomes import publish_settings
from flows.workspace import Workspace
from tests.dataset_cards.browser import browse, needs_browser
from tests.dataset_cards.conftest import HOSTILE
from tests.dataset_cards.shelf import make_book, with_pairs
from tests.flows.command import tuwen


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two versions: a text changed, a pair left, a book came."""
    root = tmp_path_factory.mktemp("heritage")
    (root / "books").mkdir()
    book = make_book(root / "drawn", "丝绸纹样")
    first = replace(book, result=replace(book.result, pairs=book.result.pairs[:-1]))
    changed = with_pairs(book, title=HOSTILE, description="以联珠圈为骨架，圈内对鸟相向而立。")
    changed = replace(changed, result=replace(changed.result, pairs=changed.result.pairs[:-2]))
    folder, settings = root / "datasets" / "tuwen", DatasetSettings()
    publish_version([first], folder, settings)
    publish_version([changed, make_book(root / "drawn", "敦煌壁画", 3)], folder, settings)
    return root


def test_diff_prints_books_with_their_reasons(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen("diff", "-w", root) == OK
    out = capsys.readouterr().out
    assert out.startswith("v0001 → v0002: +3 −1 ~1\n")
    assert "敦煌壁画  +3 −0 ~0  (新书 new book 3)" in out
    assert tuwen("diff", "v0001", "v0001", "-w", root) == OK
    assert "no pair changed" in capsys.readouterr().out


def test_diff_as_json_is_one_document(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen("diff", "v0001", "v0002", "-w", root, "--dataset", "tuwen", "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["added"], found["removed"], found["changed"]) == (3, 1, 1)
    assert sorted(pair["sort"] for pair in found["pairs"]) == ["added"] * 3 + ["changed", "removed"]
    (changed,) = (pair for pair in found["pairs"] if pair["sort"] == "changed")
    assert changed["columns"]["title"][1] == HOSTILE
    assert tuwen("diff", "v0001", "v0001", "-w", root, "--json") == OK
    assert json.loads(capsys.readouterr().out)["pairs"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["v0001", "v0009"], "v0009"),
        (["v0009", "v0002"], "v0009"),
        (["v0001", "v0002", "--dataset", "nothing"], "it has tuwen"),
        (["v0001", "v0002", "--dataset", "../books"], "no dataset"),
    ],
)
def test_diff_says_what_there_is(
    root: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("diff", *arguments, "-w", root) == USAGE
    assert message in capsys.readouterr().err


def test_a_first_version_has_nothing_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "books").mkdir()
    publish_version([make_book(tmp_path, "书", 3)], tmp_path / "datasets" / "tuwen", DatasetSettings())
    assert tuwen("diff", "-w", tmp_path) == USAGE
    assert "first version" in capsys.readouterr().err


@needs_browser
def test_the_page_of_a_difference_stands_alone(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "look" / "changes.html"
    assert tuwen("diff", "-w", root, "--html", page) == OK
    source = page.read_text("utf-8")
    assert not re.search(r"https?://|<script|src=\"(?!data:image/jpeg)", source)
    shown = browse(page, tmp_path / "profile")
    assert HOSTILE in shown.text
    assert not any("onerror" in attrs for _, attrs in shown.tags)
    assert sum(tag == "article" for tag, _ in shown.tags) == 5
    assert {tag for tag, _ in shown.tags} >= {"del", "ins"}
    assert [path.name for path in page.parent.iterdir()] == ["changes.html"]


def test_an_audit_from_its_page_to_its_number(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("audit", "--show", "-w", root) == OK
    assert "not reviewed" in capsys.readouterr().out
    assert tuwen("audit", "--sample", 12, "-w", root, "--out", tmp_path / "page.html") == OK
    source = (tmp_path / "page.html").read_text("utf-8")
    data = json.loads(source.split('type="application/json">')[1].split("</script>")[0])
    marks = {pair["id"]: "wrong" if n == 0 else "right" for n, pair in enumerate(data["pairs"])}
    (tmp_path / "mine.json").write_text(json.dumps(data["head"] | {"decisions": marks}), "utf-8")
    assert tuwen("audit", "--read", tmp_path / "mine.json", "-w", root) == OK
    assert "publishes a version whose card quotes it" in capsys.readouterr().out
    assert tuwen("audit", "--show", "-w", root, "--json") == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["right"], found["wrong"]) == ("v0002", 11, 1)
    assert found["interval"][0] < found["precision"] < found["interval"][1]
    assert tuwen("audit", "--show", "-w", root) == OK
    assert "all, weighted" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--show", "--sample", "5"], ["--sample", "0"]])
def test_an_audit_does_one_thing_at_a_time(root: Path, arguments: list[str]) -> None:
    assert tuwen("audit", *arguments, "-w", root) == USAGE


def test_what_the_motif_file_says_is_part_of_a_version(root: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(root)
    settings = DatasetSettings(motifs=("三足乌",), motif_file=Path("mine.txt"))
    (root / "mine.txt").write_text("白泽 白澤\n", "utf-8")
    given = publish_settings(workspace, settings)
    assert given.motifs == ("三足乌", "白泽 白澤")
    (root / "mine.txt").write_text("獬豸\n", "utf-8")
    assert inputs_digest([], publish_settings(workspace, settings)) != inputs_digest([], given)
    (root / "mine.txt").unlink()
    with pytest.raises(UsageError, match=r"mine\.txt"):
        publish_settings(workspace, settings)
