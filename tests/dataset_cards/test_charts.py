from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset_cards.assembly import Assembly, assemble
from dataset_cards.charts import write_charts
from dataset_cards.measures import measure
from dataset_cards.settings import DatasetSettings
from tests.dataset_cards.shelf import make_book, with_pairs

ROOT = Path(__file__).parents[2]
NAMES = ("confidence", "counts", "lengths", "sizes")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    root = tmp_path_factory.mktemp("charts")
    return assemble([make_book(root, "丝绸纹样", 30)], DatasetSettings())


def test_every_chart_is_drawn(assembly: Assembly, tmp_path: Path) -> None:
    write_charts(measure(assembly), tmp_path)
    assert sorted(path.stem for path in (tmp_path / "charts").iterdir()) == sorted(NAMES)
    for name in NAMES:
        with Image.open(tmp_path / "charts" / f"{name}.png") as image:
            assert image.size == (960, 480)
            assert image.text == {}  # neither a clock nor the name of a program
            assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 20


def test_the_bytes_are_the_same_on_a_machine_without_fonts_and_with_other_taste(
    assembly: Assembly, tmp_path: Path
) -> None:
    write_charts(measure(assembly), tmp_path / "here")
    code = (
        "import sys; from pathlib import Path\n"
        "import matplotlib; matplotlib.rcParams.update({'font.family': ['no such font'], 'figure.dpi': 50})\n"
        "from matplotlib.font_manager import fontManager\n"
        "fontManager.ttflist[:] = [f for f in fontManager.ttflist if 'matplotlib' in f.fname]\n"
        "from dataset_cards.assembly import assemble; from dataset_cards.charts import write_charts\n"
        "from dataset_cards.measures import measure; from dataset_cards.settings import DatasetSettings\n"
        "from tests.dataset_cards.shelf import make_book\n"
        "root = Path(sys.argv[1])\n"
        "book = make_book(root / 'objects', '丝绸纹样', 30)\n"
        "write_charts(measure(assemble([book], DatasetSettings())), root)\n"
        "assert matplotlib.rcParams['figure.dpi'] == 50, 'settings of others were changed'\n"
    )
    environment = {**os.environ, "TZ": "Asia/Shanghai", "LC_ALL": "C", "MPLCONFIGDIR": str(tmp_path / "mpl")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Glyph" not in done.stderr  # matplotlib's warning of characters a font lacks
    for name in NAMES:
        here, there = (tmp_path / place / "charts" / f"{name}.png" for place in ("here", "there"))
        assert here.read_bytes() == there.read_bytes(), name


def test_a_longer_text_moves_the_chart_and_the_count(assembly: Assembly, tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path / "objects", "丝绸纹样", 30), description="锦" * 500)
    longer = measure(assemble([book], DatasetSettings()))
    before = measure(assembly)
    assert longer.over_limit == before.over_limit + 1
    assert int(np.max(longer.tokens)) == 500
    write_charts(before, tmp_path / "a")
    write_charts(longer, tmp_path / "b")
    a, b = (tmp_path / side / "charts" / "lengths.png" for side in ("a", "b"))
    assert a.read_bytes() != b.read_bytes()


def test_one_pair_alone_can_be_drawn(tmp_path: Path) -> None:
    write_charts(measure(assemble([make_book(tmp_path, "小书", 1)], DatasetSettings())), tmp_path)
    assert len(list((tmp_path / "charts").iterdir())) == len(NAMES)
