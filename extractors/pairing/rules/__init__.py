"""The ways in which books set texts to figures, one file a rule; a new layout is one rule more.

Claims are decided in the order of `CLAIMS`; within one, `solver.solve` chooses among the proposals of all its
rules.
"""

from __future__ import annotations

from extractors.pairing.proposals import Claim, PairingRule
from extractors.pairing.rules.entries import Entries
from extractors.pairing.rules.entry_names import EntryNames
from extractors.pairing.rules.facing_pages import FacingPages
from extractors.pairing.rules.keyed_lists import KeyedLists
from extractors.pairing.rules.listed_captions import ListedCaptions
from extractors.pairing.rules.numbers import Numbers
from extractors.pairing.rules.panel_names import PanelNames
from extractors.pairing.rules.placed_lists import PlacedLists
from extractors.pairing.rules.same_page import SamePage

CLAIMS: tuple[Claim, ...] = ("number", "line", "caption", "name")
NEAR: tuple[PairingRule, ...] = (Entries(), ListedCaptions(), SamePage())
"""The rules of captions that look at one page: their pairs say what is left for other pages."""
LINES: tuple[PairingRule, ...] = (KeyedLists(), PlacedLists(), PanelNames())
"""The rules of lines that name one panel."""
RULES: tuple[PairingRule, ...] = (Numbers(), *LINES, *NEAR, FacingPages(), EntryNames())
