"""A pair in the making."""

from __future__ import annotations

from extractors.pairing.drafts import Draft
from tests.extractors.made import figure


def test_a_number_alone_is_no_text() -> None:
    draft = Draft(3, figure(10, 20, 110, 220), number="图版12", key=(12,), caption="图版12")
    assert not draft.has_text
    described = draft.with_(description="飞天")
    assert described.has_text
    assert (described.page, described.bbox, described.key) == (3, (10, 20, 110, 220), (12,))
    assert draft.description == ""
