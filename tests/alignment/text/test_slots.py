from __future__ import annotations

import torch

from alignment.text.slots import choose_slots, slot_embeddings
from alignment.text.tokenizer import SLOTS, Tokenizer

TOKENIZER = Tokenizer()
TEXTS = ["缂丝，缂丝", "螭龙缂"]


def _embeddings() -> torch.Tensor:
    return torch.randn(21128, 8, generator=torch.Generator().manual_seed(0))


def test_the_most_frequent_unknown_ideographs_come_first() -> None:
    assert choose_slots([*TEXTS, "😀螭缂"], TOKENIZER) == ("缂", "螭")
    assert choose_slots(["螭螭螭缂"], Tokenizer(slots=("獬",))) == ("獬", "螭", "缂")


def test_no_more_than_the_free_places() -> None:
    rare = [chr(0x20000 + place) for place in range(150)]
    assert choose_slots(["".join(rare)], TOKENIZER) == tuple(rare[:SLOTS])


def test_radical_neighbours_lend_their_direction_and_length() -> None:
    embeddings = _embeddings()
    # U+7E9F to U+7F35 are the characters with 纟 at their left; 缂 is one of them.
    silk = [place for word, place in TOKENIZER.vocabulary.items() if len(word) == 1 and "纟" <= word <= "缵"]
    embeddings[silk] = torch.arange(8.0)
    (row,) = slot_embeddings(embeddings, TOKENIZER, ["缂"], TEXTS, "radical")
    assert torch.allclose(row, torch.arange(8.0))


def test_a_mean_has_the_length_of_what_it_is_the_mean_of() -> None:
    embeddings = torch.nn.functional.normalize(_embeddings(), dim=1)
    rows = slot_embeddings(embeddings, TOKENIZER, ["缂", "螭"], TEXTS, "radical")
    assert torch.allclose(rows.norm(dim=1), torch.ones(2))


def test_company_is_weighed_by_how_often_it_stands_there() -> None:
    embeddings = _embeddings()
    rows = slot_embeddings(embeddings, TOKENIZER, ["缂", "螭"], TEXTS, "context")
    silk, dragon = (embeddings[TOKENIZER.vocabulary[one]] for one in "丝龙")
    # 缂丝，缂丝 puts 丝 twice after, once before within two places; 螭龙缂 puts 龙 once before.
    assert torch.cosine_similarity(rows[0], 3 * silk + dragon, dim=0) > 0.999
    assert torch.allclose(rows[1], dragon)


def test_without_neighbours_the_other_way_then_what_unknown_has() -> None:
    embeddings = _embeddings()
    far = "\U00020001"
    company, alone = (
        slot_embeddings(embeddings, TOKENIZER, [far], texts, "radical")[0] for texts in ([f"龙{far}"], [far])
    )
    assert torch.allclose(company, embeddings[TOKENIZER.vocabulary["龙"]])
    assert torch.allclose(alone, embeddings[TOKENIZER.vocabulary["[UNK]"]])
