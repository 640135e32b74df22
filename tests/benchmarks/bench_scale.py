"""Large datasets: what publishing, building upon and exporting cost from 10,000 to 200,000 pairs.

    python tests/benchmarks/bench_scale.py [--pairs 10000 50000 200000] [--folder DIR] [--keep]

The pairs are drawn: ornaments of 48 x 48 pixels, a few of them near copies of others, with texts put together
from words. Every step runs in a process of its own, and its memory is the largest that process ever held.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from measure import print_table, seconds

from dataset_cards.export import FORMATS, export_version
from dataset_cards.settings import DatasetSettings
from dataset_cards.verify import read_current, verify_version
from dataset_cards.version import BookEntry, publish_version
from extractors.crops import phash
from extractors.records import BookResult, Pair, Unmatched

PAIRS_PER_BOOK, PAIRS_PER_PAGE = 500, 3
SIDE, GRID = 48, 8
PAGE = (420.0, 595.0)
# Shares of pairs that repeat an earlier one: the picture a little brighter, the text as it is.
NEAR_PICTURES, SAME_TEXTS = 0.03, 0.1
WORDS = re.findall(
    r"\w+",
    "联珠 对鸟 宝相花 缠枝 莲花 海东青 逐兔 云龙 团窠 鹿 葡萄 立凤 柿蒂 忍冬 飞天 伎乐 菩萨 供养人 藻井 "
    "织锦 缂丝 刺绣 罗地 绫 纱 石绿 赭石 青绿 赤地 团花 折枝 牡丹 菊 梅 竹 麒麟 狮子 孔雀 仙鹤 蝴蝶",
)
STEPS = ("publish", "one more book", "verify", *FORMATS)


def draw_shelf(folder: Path, pairs: int) -> None:
    """Crops in folder/objects and one pickled BookResult a book in folder/books, plus one book more."""
    (folder / "objects").mkdir(parents=True)
    (folder / "books").mkdir()
    count = -(-pairs // PAIRS_PER_BOOK) + 1
    for number in range(count):
        size = min(PAIRS_PER_BOOK, pairs - number * PAIRS_PER_BOOK) if number < count - 1 else PAIRS_PER_BOOK
        with (folder / "books" / f"{number:05d}.pickle").open("wb") as file:
            pickle.dump(draw_book(folder, number, size), file)


def draw_book(folder: Path, number: int, size: int) -> BookResult:
    """One book of `size` pairs with their crops; the same number gives the same book."""
    rng, words = np.random.default_rng(number), random.Random(number)
    title, sha = f"图录{number:05d}", hashlib.sha256(str(number).encode()).hexdigest()
    preview = put(
        folder, cv2.imencode(".jpg", np.full((66, 47, 3), 240, np.uint8))[1].tobytes() + title.encode()
    )
    drawn: list[np.ndarray] = []
    pairs: list[Pair] = []
    for place in range(size):
        if drawn and rng.random() < NEAR_PICTURES:
            picture = cv2.convertScaleAbs(drawn[rng.integers(len(drawn))], alpha=1, beta=3)
        else:
            coarse = rng.integers(0, 256, (GRID, GRID, 3), np.uint8)
            picture = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        drawn.append(picture)
        data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
        text = "".join(words.choices(WORDS, k=words.randint(4, 40))) + "。"
        if pairs and words.random() < SAME_TEXTS:
            text = words.choice(pairs).description
        pairs.append(make_pair(sha, title, place, put(folder, data), phash(picture), text))
    pages = range(1, size // PAIRS_PER_PAGE + 2)
    lost = Unmatched("caption", 1, (60, 565, 300, 578), "图版九九 佚图", "no figure found for this caption")
    return BookResult(
        sha256=sha,
        title=title,
        page_count=len(pages),
        pairs=tuple(pairs),
        unmatched=(lost,),
        failures=(),
        text_sources={"text_layer": len(pages)},
        previews=dict.fromkeys(pages, preview),
        page_sizes=dict.fromkeys(pages, PAGE),
    )


def make_pair(sha: str, title: str, place: int, image: str, picture_hash: str, text: str) -> Pair:
    page, left = place // PAIRS_PER_PAGE + 1, 20.0 + 130 * (place % PAIRS_PER_PAGE)
    return Pair(
        pair_id=hashlib.sha256(f"{sha} {place}".encode()).hexdigest()[:16],
        book_sha256=sha,
        book_title=title,
        page=page,
        page_label=str(page),
        bbox=(left, 60, left + 120, 180),
        figure_id=f"p{page}-{place}",
        group=f"entry-{page}",
        image=image,
        width=SIDE,
        height=SIDE,
        image_sha256=image,
        image_phash=picture_hash,
        kind="pattern",
        number=str(place),
        title=text[:8],
        caption=f"图{place} {text[:8]}",
        caption_page=page,
        caption_bbox=(left, 190, left + 120, 202),
        description=text,
        description_source="entry",
        description_en=None,
        text_source="text_layer",
        text_confidence=1.0,
        rule="same-page",
        confidence=0.9,
    )


def put(folder: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    (folder / "objects" / digest).write_bytes(data)
    return digest


def shelf(folder: Path) -> Iterator[BookEntry]:
    for path in sorted((folder / "books").iterdir()):
        result = pickle.loads(path.read_bytes())
        yield BookEntry(result, f"{result.title}.pdf", lambda name: folder / "objects" / name)


def run_step(folder: Path, step: str) -> None:
    """One step, in this process; its seconds and its largest memory as a line of JSON."""
    dataset_dir, settings = folder / "datasets", DatasetSettings()
    action: Callable[[], object]
    if step in FORMATS:
        version_dir = read_current(dataset_dir)
        action = lambda: export_version(version_dir, [step], folder / "exports")  # noqa: E731
    elif step == "verify":
        version_dir = read_current(dataset_dir)
        action = lambda: verify_version(version_dir)  # noqa: E731
    else:
        books = list(shelf(folder))
        books = books[:-1] if step == "publish" else books
        action = lambda: publish_version(books, dataset_dir, settings)  # noqa: E731
    took = seconds(action)
    print(json.dumps({"seconds": took, "megabytes": largest_memory()}))


def largest_memory() -> float:
    """The most memory this process ever had in use (Linux's VmHWM), in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000


def measured(folder: Path, step: str) -> str:
    command = [sys.executable, __file__, "--folder", str(folder), "--step", step]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    if step in FORMATS:
        shutil.rmtree(folder / "exports")
    return f"{found['seconds']:.0f} s {found['megabytes']:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", nargs="+", type=int, default=[10_000, 50_000, 200_000])
    parser.add_argument("--steps", nargs="+", default=list(STEPS), choices=STEPS)
    parser.add_argument("--folder", type=Path, help="where to draw and publish; default: a temporary folder")
    parser.add_argument("--keep", action="store_true", help="leave what was drawn and published")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        run_step(given.folder, given.step)
        return
    rows: dict[str, list[str]] = {step: [] for step in given.steps}
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        for pairs in given.pairs:
            folder = (given.folder if given.keep else Path(temporary)) / str(pairs)
            if not folder.exists():
                draw_shelf(folder, pairs)
            for step in given.steps:
                rows[step].append(measured(folder, step))
                print(f"{pairs} pairs, {step}: {rows[step][-1]}", file=sys.stderr)
            if not given.keep:
                shutil.rmtree(folder)
    print_table(
        ("step", *(f"{pairs:,} pairs" for pairs in given.pairs)),
        [(step, *cells) for step, cells in rows.items()],
    )


if __name__ == "__main__":
    main()
