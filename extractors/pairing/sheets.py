"""What was solved page by page, told by the pages of the file: both halves of a spread are on one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.layout.entries import Entry
from extractors.pairing.drafts import Draft


class SheetNumbers:
    """Renumbers what carries page numbers; `sheet_of` gives each page its page of the file."""

    def __init__(self, sheet_of: Mapping[int, int]) -> None:
        self.sheet_of = sheet_of

    def draft(self, draft: Draft) -> Draft:
        """A draft whose figure, caption, text and parent are on pages of the file."""
        text_page, parent = draft.text_page, draft.parent
        return draft.with_(
            page=self.sheet_of[draft.page],
            candidate=self.candidate(draft.candidate) if draft.candidate is not None else None,
            text_page=self.sheet_of[text_page] if text_page is not None else None,
            parent=(self.sheet_of[parent[0]], parent[1]) if parent is not None else None,
        )

    def candidate(self, candidate: Candidate) -> Candidate:
        """A text on its page of the file."""
        return replace(candidate, page=self.sheet_of[candidate.page])

    def entry(self, entry: Entry) -> Entry:
        """An entry whose blocks are on pages of the file; its figures are named by their drafts."""
        return replace(
            entry,
            block=self._block(entry.block),
            name=self._block(entry.name) if entry.name is not None else None,
            fields={name: [self._block(block) for block in blocks] for name, blocks in entry.fields.items()},
            paragraphs=[self._block(block) for block in entry.paragraphs],
            figures=[],
        )

    def layout(self, layout: PageLayout) -> PageLayout:
        """A layout of (half) a page of the file; for drawing only, its parts keep their numbers."""
        return replace(layout, content=replace(layout.content, page=self.sheet_of[layout.page]))

    def _block(self, block: Block) -> Block:
        return Block(self.sheet_of[block.page], block.lines)
