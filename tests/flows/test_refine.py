"""Refinement on the command line and in a workspace, by a service on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dataset_cards.verify import read_current
from extractors.errors import OK, PARTIAL, USAGE
from extractors.sample_books import draw_books
from flows.doctor import Finding, examine
from flows.rebuild import BuildReport, build_workspace
from flows.stage_keys import stage_keys
from flows.status import read_status
from flows.verify import verify_workspace
from tests.chat_service import ChatService, Reply, chat, serve
from tests.flows.command import tuwen
from tests.flows.tiny_books import draw_book, quick_settings

KEY = "sk-not-to-be-seen"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUWEN_EXTRACT__OCR__ENGINE", "off")
    monkeypatch.setenv("TUWEN_REFINE_API_KEY", KEY)


def with_stop(text: str, number: int) -> Reply:
    """A model that ends sentences, and now and then adds one."""
    return chat(text + "相传为宫廷所用。" if "鸟" in text or "燕" in text else text + "。")


@pytest.fixture
def service() -> Iterator[ChatService]:
    with serve(with_stop) as running:
        yield running


@pytest.fixture
def dead_url() -> Iterator[str]:
    """An address where connections are refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


def overrides(base_url: str) -> list[str]:
    return [
        "extract.refine.enabled=true",
        f"extract.refine.base_url={base_url}",
        "extract.refine.model=proofreader",
        "extract.refine.retries=0",
    ]


def options(base_url: str) -> list[str]:
    return [part for given in overrides(base_url) for part in ("--set", given)]


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_extract_refines_a_sample_book_and_asks_once(
    tmp_path: Path, service: ChatService, capsys: pytest.CaptureFixture[str]
) -> None:
    (pdf,) = draw_books(tmp_path / "books", 3, ["mural_plates"])
    out = tmp_path / "out"
    command = ("extract", pdf, "--out", out, *options(service.base_url))
    assert tuwen(*command) == OK
    said = capsys.readouterr()
    folder = out / "mural_plates"
    pairs, refusals = rows(folder / "pairs.jsonl"), rows(folder / "refine.jsonl")
    refined = [pair for pair in pairs if pair["description_source"] == "refined"]
    assert refined
    assert all(pair["description"] == pair["description_raw"] + "。" for pair in refined)
    kept = [pair for pair in pairs if pair["description_source"] != "refined"]
    assert {pair["description_raw"] for pair in kept} <= {None}
    assert {row["pair_id"] for row in refusals} == {pair["pair_id"] for pair in kept}
    assert {row["reason"] for row in refusals} <= {"added-content", "too-different"}
    counts = json.loads((folder / "summary.json").read_text("utf-8"))["refined"]
    assert counts["asked"] == len(service.requests) == len(set(service.texts))
    assert counts["changed"] + sum(counts["refused"].values()) == counts["asked"]
    assert f"refined: {counts['changed']} changed" in said.out
    assert service.headers[0]["Authorization"] == f"Bearer {KEY}"

    before, asked = files(folder), len(service.requests)
    assert tuwen(*command) == OK
    assert len(service.requests) == asked
    assert f"0 asked, {asked} known" in capsys.readouterr().out
    after = files(folder)
    assert {name for name in before if before[name] != after.get(name)} == {"summary.json"}
    assert not any(KEY.encode() in data for data in files(out).values())
    assert KEY not in said.out + said.err


def test_extract_without_it_asks_nothing(tmp_path: Path, service: ChatService) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    off = [part for given in overrides(service.base_url)[1:] for part in ("--set", given)]
    assert tuwen("extract", pdf, "--out", tmp_path / "out", *off) == OK
    assert service.requests == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a"]
    assert json.loads((tmp_path / "out" / "a" / "summary.json").read_text("utf-8"))["refined"] is None


def test_a_dead_service_costs_no_pair_and_one_warning(
    tmp_path: Path, dead_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    books = [draw_book(tmp_path / f"{seed}.pdf", pages=4, seed=seed) for seed in (1, 2)]
    assert tuwen("extract", *books, "--out", tmp_path / "out", *options(dead_url)) == PARTIAL
    said = capsys.readouterr()
    assert "8 pairs, 0 unmatched from 2 books" in said.out
    assert "4 not answered (not-asked 4)" in said.out
    assert said.err.count("without an answer") == 1
    pairs = rows(tmp_path / "out" / "1" / "pairs.jsonl")
    assert {pair["description_source"] for pair in pairs} == {"caption"}


@pytest.mark.parametrize("given", ["base_url=", "model=", "base_url=localhost:8000"])
def test_settings_that_name_no_service_are_said_before_any_work(
    given: str, tmp_path: Path, service: ChatService, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [*options(service.base_url), "--set", f"extract.refine.{given}"]
    draw_book(tmp_path / "books" / "a.pdf")
    assert tuwen("extract", tmp_path / "books", "--out", tmp_path / "out", *wrong) == USAGE
    assert "extract.refine.base_url" in capsys.readouterr().err
    assert tuwen("build", "-w", tmp_path, *wrong) == USAGE
    assert not list((tmp_path / "extracted").glob("*/*.json"))


def test_doctor_says_whether_the_service_answers(tmp_path: Path, service: ChatService, dead_url: str) -> None:
    def finding(*given: str) -> Finding | None:
        found = examine(tmp_path, quick_settings(*given))
        return next((finding for finding in found if finding.name == "refine"), None)

    answers, silent = finding(*overrides(service.base_url)), finding(*overrides(dead_url))
    assert answers is not None
    assert answers.ok
    assert silent is not None
    assert not silent.ok
    assert "unreachable" in silent.detail
    assert finding() is None
    assert len(service.requests) == 1


def build(root: Path, base_url: str, *more: str) -> BuildReport:
    return build_workspace(root, quick_settings(*overrides(base_url), *more))


def descriptions(root: Path) -> list[tuple[str, str, str | None]]:
    """(description, source, raw) of every published pair."""
    version = read_current(root / "datasets" / "tiny")
    columns = ["description", "description_source", "description_raw"]
    found = []
    for path in sorted(version.glob("data/*.parquet")):
        found += [tuple(row.values()) for row in pq.read_table(path, columns=columns).to_pylist()]
    return found


def test_a_build_refines_and_a_second_one_has_nothing_to_do(root: Path, service: ChatService) -> None:
    stages = {path: path.stat().st_mtime_ns for path in (root / "extracted").glob("*/p*.json")}
    report = build(root, service.base_url)
    assert (report.state, report.version, report.exit_code) == ("published", "v0002", OK)
    assert {path: path.stat().st_mtime_ns for path in stages} == stages  # no page read, no pair made again
    refusals = rows(root / "refined" / "refine.jsonl")
    published = descriptions(root)
    assert sum(source == "refined" for _, source, _ in published) + len(refusals) == 4
    assert all(text == f"{raw}。" for text, source, raw in published if source == "refined")
    assert {row["book"] for row in refusals} <= {"book1.pdf", "book2.pdf"}
    counts = [book.refined for book in report.books]
    assert sum(count.asked for count in counts if count) == len(service.requests)
    assert any("refined:" in line for line in report.lines())
    assert verify_workspace(root).problems == ()

    asked = len(service.requests)
    assert build(root, service.base_url).state == "nothing-new"
    assert build(root, "http://127.0.0.1:9/v1", "extract.refine.timeout=1").state == "nothing-new"
    assert len(service.requests) == asked
    assert not any(KEY.encode() in data for data in files(root).values())


def test_another_bound_judges_anew_and_asks_nothing(root: Path, service: ChatService) -> None:
    build(root, service.base_url)
    asked, before = len(service.requests), descriptions(root)
    report = build(root, service.base_url, "extract.refine.max_distance=0")
    assert (report.version, len(service.requests)) == ("v0003", asked)
    assert not any(source == "refined" for _, source, _ in descriptions(root))
    assert build(root, service.base_url).version == "v0004"
    assert descriptions(root) == before


def test_switched_off_the_pairs_are_as_they_were_read(root: Path, service: ChatService) -> None:
    before = descriptions(root)
    build(root, service.base_url)
    assert descriptions(root) != before
    assert build_workspace(root, quick_settings()).state == "published"
    assert descriptions(root) == before


def test_a_lost_manifest_is_made_again_from_the_kept_answers(root: Path, service: ChatService) -> None:
    build(root, service.base_url)
    asked = len(service.requests)
    for path in (root / "extracted").glob("*/refined-*.json"):
        path.unlink()
    assert build(root, service.base_url).state == "nothing-new"
    assert len(service.requests) == asked


def test_a_build_goes_on_without_the_service_and_asks_when_it_is_back(
    root: Path, dead_url: str, service: ChatService
) -> None:
    report = build(root, dead_url)
    assert (report.state, report.exit_code) == ("nothing-new", PARTIAL)
    assert [book.state for book in report.books] == ["partial", "partial"]
    assert all("not answered" in "\n".join(book.lines()) for book in report.books)
    status = read_status(root, quick_settings(*overrides(dead_url)))
    assert [book.exit_code for book in status.books] == [PARTIAL, PARTIAL]
    assert build(root, dead_url).exit_code == PARTIAL
    report = build(root, service.base_url)
    assert (report.state, report.version, report.exit_code) == ("published", "v0002", OK)


@pytest.mark.parametrize(
    ("override", "changes"),
    [
        ("extract.refine.base_url=http://127.0.0.1:2/v1", False),
        ("extract.refine.timeout=7", False),
        ("extract.refine.concurrency=1", False),
        ("extract.refine.model=other", True),
        ("extract.refine.max_distance=0.1", True),
    ],
)
def test_a_key_changes_with_what_refinement_depends_on(override: str, changes: bool) -> None:
    given = overrides("http://127.0.0.1:1/v1")
    before, after = (stage_keys(quick_settings(*given, *more).extract) for more in ((), (override,)))
    assert (before.refined != after.refined) is changes
    assert (before.pages, before.pairs) == (after.pages, after.pairs)
    off = stage_keys(quick_settings().extract)
    assert (off.pages, off.pairs, off.refined) == (before.pages, before.pairs, "")
