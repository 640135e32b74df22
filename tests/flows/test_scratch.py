"""Unfinished work: that of the dead is removed, that of the living is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flows.scratch import open_scratch, sweep_scratch

HOLDER = """
import sys
from pathlib import Path
from flows.scratch import open_scratch
with open_scratch(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("half")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    with open_scratch(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_folders_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as dead, subprocess.Popen(command, **pipes) as living:
        assert dead.stdout is not None
        assert living.stdout is not None
        gone, kept = dead.stdout.readline().strip(), living.stdout.readline().strip()
        dead.kill()
        dead.wait()
        assert (tmp_path / gone / "half").exists()
        sweep_scratch(tmp_path)
        assert not (tmp_path / gone).exists()
        assert (tmp_path / kept / "half").exists()
        with open_scratch(tmp_path):
            assert (tmp_path / kept / "half").exists()
        living.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_release_left_goes_too(tmp_path: Path) -> None:
    (tmp_path / f".tuwen-{os.getpid()}" / "a").mkdir(parents=True)
    (tmp_path / "book").mkdir()
    sweep_scratch(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["book"]
