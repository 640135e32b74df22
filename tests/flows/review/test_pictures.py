from __future__ import annotations

import io
import os

from PIL import Image

from extractors.settings import Limits
from flows.review.pictures import LEVELS, THUMBNAIL, Pictures, prune
from tests.flows.review.conftest import Reviewing


def picture(review: Reviewing, path: str) -> Image.Image:
    response = review.client.get(f"/pictures/x/{path}").raise_for_status()
    return Image.open(io.BytesIO(response.content))


def test_pages_come_in_sizes_for_a_look_and_for_small_print(review: Reviewing) -> None:
    sizes = review.page(1)["levels"]
    for level, longest in list(enumerate(LEVELS))[1:]:
        page = picture(review, f"page/{review.book}/1/{level}")
        assert max(page.size) == longest
        assert abs(page.width - sizes[level][0]) <= 1
    first = picture(review, f"page/{review.book}/1/0")
    assert first.size == (467, 662)  # the preview of the version, at 80 dpi
    assert sizes[0] == [467, 662]  # a browser cuts off, or stretches, what is of another size than it is told
    assert min(first.convert("RGB").getpixel((200, 30))) > 240  # paper, above the figure


def test_a_page_that_the_version_has_no_preview_of_is_drawn(review: Reviewing) -> None:
    review.session.version.views = {}
    pictures = Pictures(review.session.workspace, review.session.version, Limits())
    try:
        assert pictures.size(review.book, 2) == (420, 595)
        with Image.open(pictures.page(review.book, 2, 0)) as page:
            assert max(page.size) == LEVELS[0]
    finally:
        pictures.close()


def test_a_crop_is_sent_small(review: Reviewing) -> None:
    item = next(i for i in review.get("/api/queue")["items"] if i["type"] == "pair")
    assert max(picture(review, f"crop/{item['id']}").size) == THUMBNAIL


def test_what_cannot_be_shown_says_why(review: Reviewing) -> None:
    next((review.root / "books").glob("*.pdf")).unlink()
    review.session.pictures = Pictures(review.session.workspace, review.session.version, Limits())
    assert len(review.page(1)["levels"]) == 1  # the version's own preview
    review.session.version.views = {}
    review.session.pictures = Pictures(review.session.workspace, review.session.version, Limits())
    page = review.page(1)
    assert page["levels"] == []
    assert "put it back" in page["lost"]
    assert [figure["type"] for figure in page["figures"]] == ["pair", "pair"]
    answer = review.client.get(f"/pictures/x/page/{review.book}/1/1")
    assert answer.status_code == 404
    for path in ("page/x/1/1", f"page/{review.book}/1/9", "crop/none"):
        assert review.client.get(f"/pictures/x/{path}").status_code == 404


def test_what_was_looked_at_last_stays(review: Reviewing) -> None:
    folder = review.root / ".cache" / "review" / "x"
    folder.mkdir(parents=True)
    for number in range(4):
        (folder / f"{number}.jpg").write_bytes(bytes(100))
        os.utime(folder / f"{number}.jpg", (1000 + number, 1000 + number))
    os.utime(folder / "0.jpg", (2000, 2000))
    prune(folder, 250)
    assert sorted(path.name for path in folder.iterdir()) == ["0.jpg", "3.jpg"]
