"""The demo says whose its books are."""

from dataset_cards.rights import read_book_list
from extractors.sample_books import DEMO_BOOKS
from flows.demo import demo_book_list


def test_every_book_of_the_demo_has_a_title_and_its_rights(tmp_path):

    path = tmp_path / "books.toml"
    path.write_text(demo_book_list(), "utf-8")
    books = read_book_list(path)
    for name in DEMO_BOOKS:
        facts = books.find(f"{name}.pdf", "0" * 64)
        assert facts is not None, name
        assert facts.title
        assert facts.rights
