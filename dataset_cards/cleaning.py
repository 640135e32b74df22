"""The last look at text before it is published: one Unicode form, nothing that breaks a file format."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from extractors.records import Pair, Unmatched

_SPACES = {"\t": " ", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
# Cc: control characters; Cs: lone surrogates, which UTF-8 cannot hold; both come from broken text layers.
_UNPRINTABLE = {"Cc", "Cs"}
# Marks that change nothing a reader sees but make equal texts differ; joiners that build glyphs are kept.
_INVISIBLE = {"\u200b", "\u2060", "\ufeff", "\u00ad"}


def clean_text(text: str) -> str:
    """`text` in NFC, without control characters and invisible marks, without white space at its ends."""
    text = "".join(_SPACES.get(char, char) for char in text.replace("\r\n", "\n"))
    kept = (
        char
        for char in text
        if char == "\n" or (char not in _INVISIBLE and unicodedata.category(char) not in _UNPRINTABLE)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def clean_pair(pair: Pair) -> Pair:
    """`pair` with its texts cleaned; an English description left without a letter becomes None."""
    return replace(
        pair,
        book_title=clean_text(pair.book_title),
        page_label=clean_text(pair.page_label),
        number=clean_text(pair.number),
        title=clean_text(pair.title),
        caption=clean_text(pair.caption),
        description=clean_text(pair.description),
        description_en=clean_text(pair.description_en or "") or None,
        description_raw=None if pair.description_raw is None else clean_text(pair.description_raw),
    )


def clean_unmatched(row: Unmatched) -> Unmatched:
    """`row` with its text cleaned."""
    return replace(row, text=clean_text(row.text))


def markdown_cell(text: str, longest: int = 120) -> str:
    """`text` safe inside a Markdown table: one line, no markup, cut after `longest` characters."""
    line = " ".join(text.split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in "\\|`*_[]#!~$" else char for char in line)
