"""chinese_clip/{split}_imgs.tsv and {split}_texts.jsonl, as the training code of Chinese-CLIP reads them.

A line of the first is "image_id<TAB>base64 of the PNG file"; a line of the second is
{"text_id": 1, "text": "…", "image_ids": [1, 2]}. Equal texts are one line, equal pictures one image, so
that a text is never counted as wrong for its own picture. Ids count up over all three splits.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from itertools import count
from pathlib import Path

from dataset_cards.assembly import Assembly
from dataset_cards.files import write_json_lines
from dataset_cards.splits import SPLITS


def write_chinese_clip(assembly: Assembly, folder: Path) -> None:
    """Write the two files of each split below `folder`, one picture in memory at a time."""
    target = folder / "chinese_clip"
    target.mkdir(parents=True)
    image_numbers, text_numbers = count(1), count(1)
    for split in SPLITS:
        images: dict[str, int] = {}
        texts: dict[str, list[int]] = defaultdict(list)
        with (target / f"{split}_imgs.tsv").open("w", encoding="ascii", newline="\n") as tsv:
            for item in assembly.pairs:
                if item.split != split:
                    continue
                digest = item.pair.image_sha256
                if digest not in images:
                    images[digest] = next(image_numbers)
                    tsv.write(f"{images[digest]}\t{base64.b64encode(item.source.read_bytes()).decode()}\n")
                if images[digest] not in texts[item.pair.description]:
                    texts[item.pair.description].append(images[digest])
        write_json_lines(
            target / f"{split}_texts.jsonl",
            (
                {"text_id": next(text_numbers), "text": text, "image_ids": image_ids}
                for text, image_ids in texts.items()
            ),
        )
