"""What a solved book leaves over: marks too small to be figures, lines that look like unused captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from statistics import median

from extractors.geometry import area, rounded
from extractors.grammar.caption_data import is_data, is_metadata
from extractors.grammar.caption_text import is_credit
from extractors.grammar.captions import is_mention, parse_label
from extractors.grammar.characters import fold
from extractors.grammar.words import LABELS, Vocabulary, vocabulary
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import PLAIN_LINES
from extractors.pairing.conventions import Conventions
from extractors.pairing.costs import COSTS
from extractors.pairing.drafts import Draft
from extractors.pairing.edges import has_caption_type
from extractors.records import Dropped, Unmatched

MARK_SHARE = 0.04
"""A picture of this share of the area that figures of the book usually have (a fifth of each side) is a
logo, a seal or an ornament; details and portraits are larger."""
MARK_SHARE_TITLE, PARAGRAPH_LINES = 0.12, 3
"""The share on a title page or a colophon: no figure is larger there, and no block has this many lines."""
FEWEST = 3
"""This many figures with texts show how large the figures of a book are."""
CAPTION_LENGTH = 60
"""Characters in the first line of a caption at most; in longer ones a label is a mention."""
ORNAMENT = "ornament"
UNREAD = "looks like a caption, but its label has no known form"
UNUSED = "set like a caption, but no figure was found for it"

_NUMBER = (
    r"(?:[(\[#.:·\-—–]|no\.?|附|续|之)* ?(?:[a-z]{0,2}[0-9ivxlc]+|[〇零一二三四五六七八九十百廿卅]+"
    r"|[甲乙丙丁戊己庚辛壬癸]|[a-z](?![a-z]))[0-9a-z.·:/\-—–]*[)\]]?"
)
"""A number as labels carry it, in more forms than the grammar of labels believes."""
_TO_A_PAGE = re.compile(r"(?:[.…·‥]{2,}|\s)\s*[0-9]{1,4}$")
"""A line of a list of plates ends with its page."""


def without_marks(
    drafts: Sequence[Draft], kept: set[int], layouts: Sequence[PageLayout]
) -> tuple[list[int], list[Dropped]]:
    """Indices of the drafts that stay, and the textless ones far smaller than the book's figures, dropped.

    Those in `kept` (indices) always stay.
    """
    usual = _usual_area(drafts)
    titles = _title_pages(drafts, layouts, MARK_SHARE_TITLE * usual)
    marks = {
        i
        for i, d in enumerate(drafts)
        if i not in kept
        and d.candidate is None
        and not d.has_text
        and area(d.bbox) < (MARK_SHARE_TITLE if d.page in titles else MARK_SHARE) * usual
    }
    dropped = [Dropped(drafts[i].page, drafts[i].bbox, ORNAMENT) for i in sorted(marks)]
    return [i for i in range(len(drafts)) if i not in marks], dropped


def _title_pages(drafts: Sequence[Draft], layouts: Sequence[PageLayout], least: float) -> set[int]:
    """Pages without running text and without a figure of at least `least` square points."""
    shown = {draft.page for draft in drafts if area(draft.bbox) >= least}
    told = {p.page for p in layouts if any(len(block.lines) >= PARAGRAPH_LINES for block in p.blocks)}
    return {layout.page for layout in layouts} - shown - told


def doubting_marks(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, unlabelled texts with pictures far smaller than the book's figures held for doubtful."""
    usual = _usual_area(drafts)
    return [
        d.lowered(COSTS.decided("mark"))
        if d.candidate is not None and d.candidate.kind == "plain" and area(d.bbox) < MARK_SHARE * usual
        else d
        for d in drafts
    ]


def _usual_area(drafts: Sequence[Draft]) -> float:
    """The median area of figures with labelled captions, or else with any text; 0 where these are few."""
    labelled = [area(d.bbox) for d in drafts if d.has_text and d.candidate and d.candidate.kind == "labelled"]
    areas = labelled if len(labelled) >= FEWEST else [area(d.bbox) for d in drafts if d.has_text]
    return median(areas) if len(areas) >= FEWEST else 0.0


def overlooked_captions(
    layouts: Sequence[PageLayout],
    drafts: Sequence[Draft],
    free: Sequence[Candidate],
    conventions: Conventions,
) -> list[Unmatched]:
    """Lines that look like captions and are neither used nor among the `free` ones, each with a reason."""
    used = _used_text(drafts, free)
    rows = []
    for layout in layouts:
        candidates = {c.bbox: c for c in layout.candidates}
        for block in layout.blocks:
            reason = _reason(block, candidates.get(block.bbox), conventions)
            if reason and _bare(block.text) not in used and _bare(block.lines[0].text) not in used:
                rows.append(Unmatched("caption", block.page, rounded(block.bbox), block.text, reason))
    return rows


def _reason(block: Block, candidate: Candidate | None, conventions: Conventions) -> str:
    """Why a block looks like a caption; "" where it does not."""
    if len(block.lines) > PLAIN_LINES or is_mention(block.text) or _TO_A_PAGE.search(block.text):
        return ""
    if parse_label(block.text) is None and _has_label(block.lines[0].text):
        return UNREAD
    data = is_credit(block.text) or is_data(block.text) or is_metadata(block.lines[0].text)
    plain = candidate is not None and candidate.kind == "plain" and not data
    return UNUSED if plain and candidate is not None and has_caption_type(candidate, conventions) else ""


def _has_label(line: str) -> bool:
    """Whether a line begins with a word of labels and something like a number, and is no sentence."""
    return len(line) <= CAPTION_LENGTH and _label_pattern(vocabulary()).match(fold(line)) is not None


@cache
def _label_pattern(words: Vocabulary) -> re.Pattern[str]:
    kinds = [kind for kind in LABELS if kind not in ("table", "catalogue")]
    word = "|".join(words.label_words(*kinds, spaced=spaced) for spaced in (False, True))
    return re.compile(rf"[(\[【〔]? ?(?:{word}) ?{_NUMBER}(?:[\s:;,、.。)\]】〕]|$)", re.IGNORECASE)


def _used_text(drafts: Sequence[Draft], free: Sequence[Candidate]) -> str:
    """All text that figures have or that is listed as a caption without one, without spaces."""
    texts = [text for d in drafts for text in (d.caption, d.description, d.english or "")]
    texts += [text for c in free for text in (c.text, c.description, c.english or "")]
    return "\n".join(map(_bare, texts))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
