"""How long it takes to give 200,000 pairs the ids they had.

    python -m tests.benchmarks.bench_identity

Books of 200 figures, two on a page, with random hashes. They are read again unchanged, with edges moved by
up to half a point and by up to three, saved again with the same pictures, and saved again with pictures
encoded again (two bits of each hash differ) and three pages put in front. CPU seconds of `inherit`, and
pairs that lost their id.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dataset_cards.identity.inherit import inherit
from dataset_cards.identity.records import Figure, History
from extractors.geometry import Box
from extractors.records import Pair
from tests.benchmarks.measure import print_table

SIZES = (50_000, 100_000, 200_000)
FIGURES = 200
BOXES: tuple[Box, ...] = ((60.0, 80.0, 200.0, 185.0), (220.0, 300.0, 360.0, 405.0))
SOURCE = Path("not-read.png")


def shelf(count: int) -> list[Pair]:
    """`count` pairs that differ in all that identity looks at."""
    rng = random.Random(1)
    pairs = []
    for number in range(count):
        book, place = divmod(number, FIGURES)
        sha256 = hashlib.sha256(str(book).encode()).hexdigest()
        name = hashlib.sha256(f"pair {number}".encode()).hexdigest()
        pairs.append(
            Pair(
                pair_id=name[:16], book_sha256=sha256, book_title=f"book {book}", page=place // 2 + 1,
                page_label="", bbox=BOXES[place % 2], figure_id=name[:12], group=name[:12], image="",
                width=160, height=120, image_sha256=name, image_phash=f"{rng.getrandbits(64):016x}",
                kind="mural", number="", title="", caption="", caption_page=None, caption_bbox=None,
                description="d", description_source="caption", description_en=None, text_source="ocr",
                text_confidence=1.0, rule="", confidence=1.0,
            )
        )  # fmt: skip
    return pairs


def remembered(pairs: Sequence[Pair]) -> History:
    """What is remembered of the pairs; every fifth was a test pair."""
    figures = (
        Figure(
            pair.pair_id, "train" if number % 5 else "test", pair.book_sha256, pair.book_title, pair.page,
            pair.bbox, pair.figure_id, pair.group, pair.parent, pair.image_sha256, pair.image_phash,
            pair.width, pair.height, "v0001",
        )
        for number, pair in enumerate(pairs)
    )  # fmt: skip
    return History({figure.pair_id: figure for figure in figures})


def read_again(
    pairs: Sequence[Pair], jitter: float = 0.0, file: str = "", bits: int = 0, pages: int = 0
) -> list[Pair]:
    """The same figures as another reading gives them; `file` names another file of the same book."""
    rng = random.Random(2)
    again = []
    for pair in pairs:
        sha256 = hashlib.sha256((pair.book_sha256 + file).encode()).hexdigest() if file else pair.book_sha256
        left, top, right, bottom = (edge + rng.uniform(-jitter, jitter) for edge in pair.bbox)
        box = left, top, right, bottom
        flips = sum(1 << place for place in rng.sample(range(64), bits))
        again.append(
            replace(
                pair,
                pair_id=hashlib.sha256(f"{sha256}{pair.page}{box}".encode()).hexdigest()[:16],
                book_sha256=sha256,
                page=pair.page + pages,
                bbox=box,
                image_sha256=f"{pair.image_sha256}{file}" if bits else pair.image_sha256,
                image_phash=f"{int(pair.image_phash, 16) ^ flips:016x}",
            )
        )
    return again


def main() -> None:
    rows = []
    for count in SIZES:
        pairs = shelf(count)
        history = remembered(pairs)
        readings = {
            "unchanged": pairs,
            "edges ± 0.5 points": read_again(pairs, 0.5),
            "edges ± 3 points": read_again(pairs, 3.0),
            "saved again, same pictures": read_again(pairs, file="b"),
            "saved again, encoded again, 3 pages more": read_again(pairs, file="c", bits=2, pages=3),
        }
        for name, again in readings.items():
            start = time.process_time()
            kept = inherit([(pair, SOURCE) for pair in again], history).pairs
            spent = time.process_time() - start
            lost = sum(pair.pair_id != before.pair_id for (pair, _), before in zip(kept, pairs, strict=True))
            rows.append((name, f"{count:,}", f"{spent:.1f}", lost))
    print_table(("read again", "pairs", "CPU s", "ids lost"), rows)


if __name__ == "__main__":
    main()
