from __future__ import annotations

from pathlib import Path

from flows.ledger import Ledger, damaged_lines, read_runs


def test_runs_are_told_newest_first(tmp_path: Path) -> None:
    first = Ledger(tmp_path)
    first.add("started", books=2)
    first.add("finished", outcome="published", version="v0001")
    second = Ledger(tmp_path)
    second.add("started", books=3)
    second.add("finished", outcome="failed", reason="磁盘已满")
    runs = read_runs(tmp_path, newest=5, busy=False)
    assert [run.id for run in runs] == [second.id, first.id]
    assert [run.outcome for run in runs] == ["failed", "published"]
    assert runs[0].events[-1]["reason"] == "磁盘已满"
    assert [run.id for run in read_runs(tmp_path, newest=1, busy=False)] == [second.id]


def test_a_run_without_an_end_is_running_or_was_interrupted(tmp_path: Path) -> None:
    Ledger(tmp_path).add("started", books=1)
    assert read_runs(tmp_path, newest=1, busy=True)[0].outcome == "running"
    assert read_runs(tmp_path, newest=1, busy=False)[0].outcome == "interrupted"


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add("started", books=1)
    with ledger.path.open("ab") as stream:
        stream.write(b'{"time": "2026-')
    run = read_runs(tmp_path, newest=1, busy=False)[0]
    assert [event["event"] for event in run.events] == ["started"]
    assert run.outcome == "interrupted"


def test_a_flipped_bit_is_not_believed_and_named(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add("started", books=1, counts={2: "two", 10: "ten"})
    ledger.add("finished", outcome="published", version="v0001")
    whole = ledger.path.read_bytes()
    assert damaged_lines(ledger.path) == []
    ledger.path.write_bytes(whole.replace(b"v0001", b"v0003"))
    assert damaged_lines(ledger.path) == [2]
    (run,) = read_runs(tmp_path, newest=1, busy=False)
    assert [event["event"] for event in run.events] == ["started"]


def test_a_ledger_without_checksums_is_read(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.path.write_text('{"time": "2026-01-01", "event": "finished", "outcome": "failed"}\n')
    assert damaged_lines(ledger.path) == []
    assert read_runs(tmp_path, newest=1, busy=False)[0].outcome == "failed"
