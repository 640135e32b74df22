"""tuwen search: pictures of a version by a text or by a picture."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.benchmark import ModelOption, VersionOption
from flows.commands.options import (
    DatasetOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    dataset_home,
    print_json,
    workspace_settings,
)
from flows.output import PrintableConsole, print_lines

if TYPE_CHECKING:
    from alignment.search.searcher import Hit

# What ends in one of these and is there is a picture; any other words are a text.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
# Characters of a line of the table: where no terminal says how many fit, and on a very wide one.
_WIDTH = 132


class IndexName(StrEnum):
    """How the nearest are found."""

    PLAIN = "plain"
    FAISS = "faiss"


def search(
    query: Annotated[str, typer.Argument(metavar="TEXT|PICTURE", help="Words, or a picture's file.")],
    version: VersionOption = None,
    model: ModelOption = None,
    count: Annotated[int, typer.Option("-k", "--count", min=1, help="How many to show.")] = 10,
    index: Annotated[
        IndexName, typer.Option("--index", help="plain is exact; faiss answers faster on millions.")
    ] = IndexName.PLAIN,
    crops: Annotated[
        bool, typer.Option("--crops", help="LACLIP vectors: pictures as the sum of their parts.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with the pictures.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    dataset: DatasetOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find pictures of a version by words or by a picture.

    Features are computed once and kept in features/; a later search computes only those of new pictures.

    \b
    Examples:
      tuwen search "联珠对鸟纹" -w ~/heritage
      tuwen search "敦煌飞天" -w ~/heritage --model full-ViT-B-16-v0003 -k 20 --html found.html
      tuwen search fragment.png -w ~/heritage --crops --json
    """
    from alignment.backbones.opening import open_backbone
    from alignment.benchmark.run import FEATURES
    from alignment.search.page import search_page
    from alignment.search.searcher import Searcher
    from alignment.training.presets import choose_device
    from dataset_cards.export import find_version
    from extractors.durable import replace_text
    from flows.interrupt import run_interruptible
    from flows.models import find_model, newest_model
    from flows.progress import display, page_progress, say
    from flows.workspace import Workspace

    settings = workspace_settings(workspace, overrides)
    root = Workspace(workspace).root
    home = dataset_home(workspace, dataset, overrides)
    version_dir = find_version(home, version)
    spec = find_model(root, model) if model else str(newest_model(root, home.name).path)
    asked = f"{home.name} {version_dir.name}, {Path(spec).name}"
    device = str(choose_device(settings.benchmark.device))
    picture = Path(query) if query.lower().endswith(_PICTURES) else None

    def work() -> list[Hit]:
        with display():
            say(f"searching {asked}")
            backbone = open_backbone(spec, device=device, weights_dir=settings.finetune.weights_dir)
            searcher = Searcher.open(
                version_dir,
                backbone,
                root / FEATURES,
                crops=settings.benchmark.crops_on(device) if crops else None,
                kind=index.value,
                report=page_progress(version_dir.name, "reading", "pictures"),
            )
            return searcher.picture(picture, count) if picture else searcher.text(query, count)

    hits = run_interruptible(work)
    if html is not None:
        replace_text(html, search_page(hits, asked, text=query, picture=picture))
    if as_json:
        print_json([asdict(hit) for hit in hits])
        return
    _show(hits)
    if html is not None:
        print_lines(f"look: {html}")


def _show(hits: list[Hit]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = PrintableConsole(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, width=min(console.width, _WIDTH))
    # Texts share what numbers and ids, which are shown whole, leave of a line.
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("title", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("text", no_wrap=True, overflow="ellipsis", ratio=2)
    table.add_column("book, page", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("pair", no_wrap=True)
    for hit in hits:
        place = Text(f"{hit.book_title}, {hit.page}")
        text = Text(" ".join(hit.description.split()))
        table.add_row(str(hit.rank), f"{hit.score:.3f}", Text(hit.title), text, place, hit.pair_id)
    console.print(table)
