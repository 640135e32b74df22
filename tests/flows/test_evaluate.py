"""tuwen evaluate and tuwen label as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from extractors.errors import BAD_INPUT, OK, USAGE
from extractors.evaluation.fault_types import FaultType
from extractors.sample_books import draw_books
from tests.flows.command import tuwen
from tests.flows.tiny_books import draw_book


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUWEN_EXTRACT__OCR__ENGINE", "off")


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """labels/ of two books, and out/ that holds all that is right for them."""
    for book, layout in (("绫锦", "silk"), ("壁画", "mural")):
        rows = [
            {"page": n, "bbox": [10, 10, 90, 90], "caption": f"图{n} {book}之{'一二三'[n - 1]}"}
            for n in (1, 2, 3)
        ]
        write(tmp_path / "labels" / f"{book}.truth.jsonl", [row | {"layout": layout} for row in rows])
        write(tmp_path / "out" / book / "pairs.jsonl", [row | {"confidence": 0.9} for row in rows])
    return tmp_path


def scored(shelf: Path, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    """What `tuwen evaluate --json` says."""
    code = tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out", "--json", *arguments)
    assert code == OK
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.parametrize("command", ["evaluate", "label"])
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen(command, "--help") == OK
    assert capsys.readouterr().out.count(f"tuwen {command}") >= 2


def test_what_is_right_scores_one(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = scored(shelf, capsys)
    assert report["totals"]["all"]["pairs"]["f1"] == 1
    assert {name: part["figures"]["labelled"] for name, part in report["layouts"].items()} == {
        "silk": 3,
        "mural": 3,
    }
    assert (report["errors"], report["missing"], report["unchecked"]) == ([], [], {})


def test_the_report_names_every_error(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = shelf / "out" / "壁画" / "pairs.jsonl"
    write(pairs, [row | {"caption": "图9 完全不相干的说明文字"} for row in read(pairs)])
    assert tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out") == OK
    out = capsys.readouterr().out
    assert f"{FaultType.WRONG_CAPTION.label}: 3" in out
    assert "壁画, page 2, 壁画-2-0 at 10, 10, 90, 90" in out
    assert "图2 壁画之二" in out
    assert "图9 完全不相干的说明文字" in out
    assert "0.9 and more" not in out
    assert "0.8 and more: 3 of 6 right (0.500)" in out


def test_some_books_only(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(scored(shelf, capsys, "--books", "绫锦")["books"]) == ["绫锦"]
    assert tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out", "--books", "绢画") == USAGE
    assert "绢画" in capsys.readouterr().err


def test_the_difference_from_an_earlier_run(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = shelf / "before"
    for book in ("绫锦", "壁画"):
        rows = read(shelf / "out" / book / "pairs.jsonl")
        write(earlier / book / "pairs.jsonl", rows[1:] if book == "绫锦" else rows)
    report = scored(shelf, capsys, "--baseline", earlier)
    assert [turn["fid"] for turn in report["change"]["became_right"]] == ["绫锦-1-0"]
    assert report["change"]["became_wrong"] == []
    assert report["change"]["layouts"]["silk"]["before"]["figures"]["recall"] == pytest.approx(2 / 3)
    assert (
        tuwen("evaluate", "--truth", shelf / "labels", "--pred", earlier, "--baseline", shelf / "out") == OK
    )
    out = capsys.readouterr().out
    assert "Became wrong: 1\n  绫锦, page 1, 绫锦-1-0: missed figure" in out
    assert "1.000 → 0.800   -0.200" in out


def test_a_book_without_predictions_is_named(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "out" / "壁画" / "pairs.jsonl").unlink()
    code = tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out", "--json")
    printed = capsys.readouterr()
    assert code == OK
    assert "壁画: nothing in" in printed.err
    report = json.loads(printed.out)
    assert report["missing"] == ["壁画"]
    assert report["books"]["壁画"]["figures"]["recall"] == 0


def test_errors_as_a_page_with_pictures(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shelf / "out" / "绫锦"
    rows = read(folder / "pairs.jsonl")
    write(folder / "pairs.jsonl", [rows[0] | {"caption": "<b>别处的说明文字</b>"}, *rows[1:2]])
    Image.new("RGB", (30, 40)).save(folder / "page.jpg")
    summary = {"previews": {"1": "page.jpg"}, "page_sizes": {"1": [300, 400]}}
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    scored(shelf, capsys, "--html", shelf / "deep" / "errors.html")
    html = (shelf / "deep" / "errors.html").read_text(encoding="utf-8")
    assert "绫锦, page 1" in html
    assert "绫锦, page 2" not in html
    assert "绫锦, page 3" in html  # without a picture, as the page has no preview
    assert html.count("data:image/jpeg;base64,") == 1
    assert 'viewBox="0.0 0.0 300.0 400.0"' in html
    assert "&lt;b&gt;别处的说明文字&lt;/b&gt;" in html


def test_exit_codes(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, out = shelf / "labels", shelf / "out"
    assert tuwen("evaluate", "--truth", shelf / "none", "--pred", out) == USAGE
    assert tuwen("evaluate", "--truth", labels, "--pred", shelf / "none") == USAGE
    assert tuwen("evaluate", "--truth", out, "--pred", out) == USAGE
    assert tuwen("evaluate", "--truth", labels, "--pred", labels) == USAGE
    assert tuwen("evaluate", "--truth", labels, "--pred", out, "--iou", "1.2") == USAGE
    (labels / "绫锦.truth.jsonl").write_text('{"page": 1}\n', encoding="utf-8")
    capsys.readouterr()
    assert tuwen("evaluate", "--truth", labels, "--pred", out) == BAD_INPUT
    assert '绫锦.truth.jsonl, line 1: "bbox" is missing' in capsys.readouterr().err


def test_a_sample_book_is_drafted_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pdf,) = draw_books(tmp_path / "books", 1, ["silk_catalogue"])
    labels, out = tmp_path / "labels", tmp_path / "out"
    assert tuwen("label", pdf, "--pages", "1,2", "--out", labels) == OK
    truth = labels / "silk_catalogue.truth.jsonl"
    rows = read(truth)
    assert {row["page"] for row in rows} == {1, 2}
    assert not any(row["checked"] for row in rows)
    assert json.loads((labels / "silk_catalogue.meta.json").read_text(encoding="utf-8"))[
        "labelled_pages"
    ] == [
        1,
        2,
    ]
    with Image.open(labels / "silk_catalogue-page2.png") as picture:
        assert (214, 40, 40) in {colour for _, colour in picture.getcolors(1 << 24) or []}
    capsys.readouterr()

    assert tuwen("extract", pdf, "--out", out) == OK
    capsys.readouterr()
    assert tuwen("evaluate", "--truth", labels, "--pred", out, "--json") == OK
    printed = capsys.readouterr()
    assert f"{len(rows)} labels are unchecked drafts" in printed.err
    report = json.loads(printed.out)
    assert report["totals"]["all"]["figures"]["f1"] == report["totals"]["all"]["pairs"]["f1"] == 1
    assert report["unchecked"] == {"silk_catalogue": len(rows)}

    write(truth, [row | {"checked": True} for row in rows])
    assert tuwen("evaluate", "--truth", labels, "--pred", out, "--json") == OK
    assert capsys.readouterr().err == ""


def test_labels_are_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf = draw_book(tmp_path / "织锦.pdf", pages=1)
    mine = tmp_path / "labels" / "织锦.truth.jsonl"
    write(mine, [{"page": 1, "bbox": [1, 1, 9, 9], "caption": "我改好的"}])
    before = mine.read_bytes()
    assert tuwen("label", pdf, "--pages", "1", "--out", tmp_path / "labels") == USAGE
    assert mine.read_bytes() == before
    assert tuwen("label", pdf, "--pages", "2", "--out", tmp_path / "other") == USAGE
    assert "pages 1 to 1" in capsys.readouterr().err
    assert tuwen("label", tmp_path / "none.pdf", "--pages", "1", "--out", tmp_path / "other") == BAD_INPUT


def test_families_can_be_left_out(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for book, family in (("绫锦", "textiles"), ("壁画", "caves")):
        (shelf / "labels" / f"{book}.meta.json").write_text(json.dumps({"family": family}), encoding="utf-8")
    assert set(scored(shelf, capsys)["families"]) == {"textiles", "caves"}
    left = scored(shelf, capsys, "--leave-out", "caves")
    assert (set(left["families"]), set(left["books"])) == ({"textiles"}, {"绫锦"})
    code = tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out", "--leave-out", "maps")
    assert code == USAGE
    assert "caves, textiles" in capsys.readouterr().err


def test_facts_are_in_the_table_and_the_json(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shelf / "labels" / "绫锦.truth.jsonl"
    write(path, [row | {"number": f"图{row['page']}"} for row in read(path)])
    path = shelf / "out" / "绫锦" / "pairs.jsonl"
    write(path, [row | {"number": "2"} for row in read(path)])
    assert scored(shelf, capsys)["totals"]["all"]["facts"]["number"] == {
        "right": 1,
        "stated": 3,
        "share": pytest.approx(1 / 3),
    }
    tuwen("evaluate", "--truth", shelf / "labels", "--pred", shelf / "out")
    printed = capsys.readouterr().out
    assert "of those stated" in printed
    assert "wrong number: 2" in printed
