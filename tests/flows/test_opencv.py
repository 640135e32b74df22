from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from extractors.errors import MISSING_DEPENDENCY
from flows.opencv import REMEDY
from tests.flows.tiny_books import draw_book


def test_an_opencv_that_does_not_load_is_named_with_its_remedy(tmp_path: Path) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    (tmp_path / "books").mkdir()
    broken = tmp_path / "broken" / "cv2"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    code = f"import sys; sys.path.insert(0, {str(broken.parent)!r}); from flows.cli import main; main()"
    for arguments in (
        ["extract", str(pdf), "--out", str(tmp_path / "out")],
        ["inspect", str(pdf), "--page", "1"],
        ["status", "-w", str(tmp_path)],
        ["doctor", "-w", str(tmp_path)],
        ["build", "-w", str(tmp_path)],
        ["export", "--format", "csv", "-w", str(tmp_path)],
    ):
        ended = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
        assert ended.returncode == MISSING_DEPENDENCY
        said = ended.stdout + ended.stderr
        assert "libGL" in said
        assert REMEDY in said
        assert "Traceback" not in said
