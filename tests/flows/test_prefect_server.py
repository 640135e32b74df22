from __future__ import annotations

import sys
from pathlib import Path

from flows.prefect_server import APP, end_leftover
from tests.flows.processes import running

WAIT = "print('ready', flush=True); input()"


def test_a_server_left_by_a_killed_builder_is_ended(tmp_path: Path) -> None:
    with running([sys.executable, "-c", WAIT, APP], ready="ready") as leftover:
        (tmp_path / "server.pid").write_text(str(leftover.pid), encoding="ascii")
        assert end_leftover(tmp_path)
        assert leftover.wait(30) == -9
    assert not (tmp_path / "server.pid").exists()


def test_another_program_under_the_same_number_is_left_alone(tmp_path: Path) -> None:
    with running([sys.executable, "-c", WAIT], ready="ready") as other:
        (tmp_path / "server.pid").write_text(str(other.pid), encoding="ascii")
        assert not end_leftover(tmp_path)
        other.communicate("\n")
        assert other.returncode == 0


def test_no_record_or_a_broken_one_is_no_leftover(tmp_path: Path) -> None:
    assert not end_leftover(tmp_path)
    (tmp_path / "server.pid").write_text("", encoding="ascii")
    assert not end_leftover(tmp_path)
