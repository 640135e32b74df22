"""report/statistics.html: distributions of a version as bars, its motifs, its outliers as pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.files import write_text
from dataset_cards.motifs import motif_list
from dataset_cards.names import names
from dataset_cards.report.design import base_style
from dataset_cards.report.gallery import part_of_books
from dataset_cards.report.thumbnails import THUMB_SIDE, thumb_path
from dataset_cards.settings import DatasetSettings
from dataset_cards.statistics import MotifCount, Outliers, Statistics

# Pictures of each sort of outlier on the page; the file statistics.json lists more.
SHOWN = 48


def write_statistics_page(
    statistics: Statistics, assembly: Assembly, settings: DatasetSettings, version: str, folder: Path
) -> None:
    """Write report/statistics.html below `folder`; its pictures are those of imagefolder/."""
    wanted = {pair_id for outliers in statistics.outliers for pair_id, _ in outliers.listed[:SHOWN]}
    items = {item.pair.pair_id: item for item in assembly.pairs if item.pair.pair_id in wanted}
    parts = part_of_books(assembly)
    links = {pair_id: _link(item, parts) for pair_id, item in items.items()}
    source = files(__package__).joinpath("statistics.html.j2").read_text("utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    html = page.render(
        base=base_style(),
        dataset=settings.pretty_name,
        version=version,
        statistics=statistics,
        names=names(),
        groups=_by_group(statistics.motifs),
        most=max((motif.pairs for motif in statistics.motifs), default=0),
        absent=[motif.name for motif in statistics.motifs if not motif.pairs],
        links=links,
        motif_links=_motif_links(assembly, settings, parts),
        outliers=[(outliers, list(_pictures(outliers, items))) for outliers in statistics.outliers],
    )
    write_text(folder / "report" / "statistics.html", html + "\n")


def _by_group(motifs: Sequence[MotifCount]) -> dict[str, list[MotifCount]]:
    """The motifs that were found by group, groups in the order of the list."""
    groups: dict[str, list[MotifCount]] = {}
    for motif in motifs:
        groups.setdefault(motif.group, []).extend([motif] if motif.pairs else [])
    return groups


def _motif_links(
    assembly: Assembly, settings: DatasetSettings, parts: dict[str, int]
) -> dict[str, list[tuple[int, str]]]:
    """Motif -> (part, link to all pairs of that part of the gallery that name it), part by part."""
    motifs = motif_list(settings.motifs)
    found: dict[str, set[int]] = defaultdict(set)
    for pair in (item.pair for item in assembly.pairs):
        for name in motifs.in_pair(pair):
            found[name].add(parts[pair.book_sha256])
    return {
        name: [(part, _address(part, motif=name)) for part in sorted(numbers)]
        for name, numbers in found.items()
    }


def _address(part: int, **values: str) -> str:
    """Where the gallery shows what `values` say, in the form of its own addresses."""
    return f"index.html#{urlencode({'part': part} | values if part > 1 else values)}"


def _link(item: PublishedPair, parts: dict[str, int]) -> str:
    """Where the gallery shows the pair."""
    return _address(parts[item.pair.book_sha256], open=item.pair.pair_id)


def _source(item: PublishedPair) -> str:
    """The small picture of a pair, or the picture where that is small."""
    large = max(item.pair.width, item.pair.height) > THUMB_SIDE
    return thumb_path(item.pair.image_sha256).removeprefix("report/") if large else f"../{item.image_file}"


def _pictures(outliers: Outliers, items: dict[str, PublishedPair]) -> Iterator[dict[str, Any]]:
    for pair_id, value in outliers.listed[:SHOWN]:
        pair = items[pair_id].pair
        yield {
            "id": pair_id,
            "src": _source(items[pair_id]),
            "value": f"{value:g}",
            "title": pair.title or pair.caption or pair.description,
            "book": pair.book_title,
            "page": pair.page,
        }
