"""What nothing can be made again from, audits and ledgers, is named by verify when a byte of it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset_cards.review.corrections import append, decide
from dataset_cards.settings import DatasetSettings
from dataset_cards.sums import SUMS, write_sums
from dataset_cards.version import publish_version
from extractors.checked_json import write_checked
from extractors.errors import OK
from flows.ledger import Ledger
from flows.verify import verify_workspace
from tests.dataset_cards.shelf import make_book
from tests.flows.command import tuwen


def test_changed_audits_and_ledgers_are_named(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    audit = tmp_path / "datasets" / "silk" / "audits" / "v0001-20-0.json"
    write_checked(audit, {"version": "v0001", "decisions": {"a1": "right"}})
    ledger = Ledger(tmp_path / "runs")
    ledger.add("finished", outcome="published", version="v0001")
    assert verify_workspace(tmp_path).problems == ()
    audit.write_bytes(audit.read_bytes().replace(b"right", b"wrong"))
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"v0001", b"v0009"))
    named = verify_workspace(tmp_path).problems
    assert [str(path) in line for path, line in zip((audit, ledger.path), named, strict=True)] == [True, True]


def test_what_the_former_format_left_unchecked_is_accepted_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = tmp_path / "datasets" / "silk" / "audits" / "v0001-20-0.json"
    ledger = tmp_path / "runs" / "20260101T000000.000000Z-1" / "events.jsonl"
    model, export = tmp_path / "models" / "full-tiny-v0001", tmp_path / "exports" / "v0001" / "csv"
    for folder in (tmp_path / "books", audit.parent, ledger.parent, model, export):
        folder.mkdir(parents=True)
    audit.write_text('{"version": "v0001"}\n')
    ledger.write_text('{"event": "started"}\n')
    (model / "checkpoint.pt").write_bytes(b"as written")
    (export / "export.json").write_text("{}")
    assert tuwen("verify", "-w", tmp_path) == OK
    said = capsys.readouterr().out
    assert all(f"· {path}: without checksums" in said for path in (audit, ledger, model, export))
    write_sums(model)
    write_sums(export)
    write_checked(audit, {"version": "v0001"})
    ledger.unlink()
    Ledger(tmp_path / "runs").add("started")
    assert verify_workspace(tmp_path).unchecked == ()


def test_a_changed_export_is_named(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    books = [make_book(tmp_path / "drawn", "丝绸纹样")]
    version = publish_version(books, tmp_path / "datasets" / "tuwen", DatasetSettings())
    assert tuwen("export", "--format", "csv", "-w", tmp_path) == OK
    assert verify_workspace(tmp_path).problems == ()
    table = next((tmp_path / "exports" / version.version / "csv").glob("*.csv"))
    table.write_bytes(table.read_bytes().replace("纹".encode(), "文".encode(), 1))
    (named,) = verify_workspace(tmp_path).problems
    assert f"{table.parent}: {table.name} is not what was written" in named


def test_changed_models_and_benchmarks_are_named(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    model, benchmark = tmp_path / "models" / "full-tiny-v0001", tmp_path / "benchmarks" / "0123456789abcdef"
    for folder, name in ((model, "checkpoint.pt"), (benchmark, "index.html")):
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"as written")
        write_sums(folder)
    write_checked(benchmark / "result.json", {"format": 3, "MR6": 41.5})
    assert verify_workspace(tmp_path).problems == ()
    for path, old, new in (
        (model / "checkpoint.pt", b"as", b"is"),
        (benchmark / "index.html", b"as", b"is"),
        (benchmark / "result.json", b"41.5", b"41.4"),
    ):
        path.write_bytes(path.read_bytes().replace(old, new))
    named = verify_workspace(tmp_path).problems
    assert [line.split(": ")[1].split()[0] for line in named] == [
        "index.html",
        "result.json",
        "checkpoint.pt",
    ]


def test_a_changed_list_of_checksums_is_named(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    model = tmp_path / "models" / "full-tiny-v0001"
    model.mkdir(parents=True)
    (model / "checkpoint.pt").write_bytes(b"as written")
    write_sums(model)
    sums = (model / SUMS).read_text()
    for changed in (
        sums.replace("checkpoint", "checkpoimt"),
        "0" + sums[1:] if sums[0] != "0" else "1" + sums[1:],
    ):
        (model / SUMS).write_text(changed)
        assert len(verify_workspace(tmp_path).problems) == 1


def test_a_changed_decision_is_named(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    path = tmp_path / "corrections.jsonl"
    append(path, decide("page_done", who="陈", book="ab" * 32, page=1))
    append(path, decide("page_done", who="陈", book="ab" * 32, page=2))
    path.write_bytes(path.read_bytes().replace(b'"page": 2', b'"page": 3'))
    (named,) = verify_workspace(tmp_path).problems
    assert f"{path}, line 2: " in named
