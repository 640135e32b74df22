"""What nothing can be made again from, audits and ledgers, is named by verify when a byte of it changed."""

from __future__ import annotations

from pathlib import Path

from extractors.checked_json import write_checked
from flows.ledger import Ledger
from flows.verify import verify_workspace


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


def test_an_audit_of_the_former_format_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    audit = tmp_path / "datasets" / "silk" / "audits" / "v0001-20-0.json"
    audit.parent.mkdir(parents=True)
    audit.write_text('{"version": "v0001"}\n')
    assert verify_workspace(tmp_path).problems == ()
