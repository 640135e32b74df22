"""How a version is cited: BibTeX for the card, CITATION.cff beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataset_cards.cleaning import clean_text
from dataset_cards.files import write_text
from dataset_cards.settings import DatasetSettings

# Signs that end a field or begin a command in BibTeX, or begin markup where it is shown.
_SIGNS = dict.fromkeys(map(ord, "{}\\<>$%&#~^"), " ")


def bibtex(settings: DatasetSettings, version: str) -> str:
    """The BibTeX entry of `version`; a field that is not known is left out."""
    fields = {
        "title": f"{{{_plain(settings.pretty_name)}}}",
        "author": " and ".join(f"{{{_plain(author)}}}" for author in settings.authors),
        "year": str(settings.released.year) if settings.released else "",
        "version": version,
        "howpublished": f"\\url{{{_plain(settings.url)}}}" if settings.url else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{settings.name}-{version},", *lines, "}"])


def write_citation(settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write CITATION.cff (format 1.2.0) below `folder`; that format wants an author, so none without one."""
    from huggingface_hub import CardData

    if not settings.authors:
        return
    record: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "如使用本数据集，请引用。If you use this dataset, please cite it.",
        "type": "dataset",
        "title": clean_text(settings.pretty_name),
        "authors": [{"name": clean_text(author)} for author in settings.authors],
        "version": version,
    }
    if settings.released:
        record["date-released"] = settings.released
    if settings.url:
        record["url"] = settings.url
    # A card's head is plain YAML, and its writer keeps the order and the Chinese characters.
    write_text(folder / "CITATION.cff", str(CardData(**record).to_yaml()) + "\n")


def _plain(text: str) -> str:
    return " ".join(clean_text(text).translate(_SIGNS).split())
