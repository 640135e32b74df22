from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from extractors.errors import MISSING_DEPENDENCY
from flows.opencv import REMEDY
from tests.flows.tiny_books import draw_book

END = "<end>"
COMMANDS = f"""
import json, sys
sys.path.insert(0, sys.argv[1])
from flows.cli import main
for arguments in json.loads(sys.argv[2]):
    sys.argv = ["tuwen", *arguments]
    try:
        main()
    except SystemExit as ended:
        sys.stderr.flush()
        print(f"exit code {{ended.code}}", end={END!r}, flush=True)
"""
"""Runs the commands of its second argument one after the other; the first is the folder of a broken cv2."""


def test_an_opencv_that_does_not_load_is_named_with_its_remedy(tmp_path: Path) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    (tmp_path / "books").mkdir()
    broken = tmp_path / "broken" / "cv2"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    commands = (
        ["extract", str(pdf), "--out", str(tmp_path / "out")],
        ["inspect", str(pdf), "--page", "1"],
        ["status", "-w", str(tmp_path)],
        ["doctor", "-w", str(tmp_path)],
        ["build", "-w", str(tmp_path)],
        ["export", "--format", "csv", "-w", str(tmp_path)],
    )
    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(broken.parent), json.dumps(commands)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ended.stdout.split(END)
    assert said.pop() == ""
    assert len(said) == len(commands)
    for one in said:
        assert one.endswith(f"exit code {MISSING_DEPENDENCY}")
        assert "libGL" in one
        assert REMEDY in one
    assert "Traceback" not in ended.stdout
