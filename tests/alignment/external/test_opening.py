"""Small folders in the form of each external benchmark."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import lmdb
import pytest
from PIL import Image

from alignment.errors import BadDatasetError, UsageError
from alignment.external.opening import open_external


def jpeg(colour: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(data, "PNG")
    return data.getvalue()


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def jsonl(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


TEXTS = [
    {"text_id": 8, "text": "红地", "image_ids": [1]},
    {"text_id": 9, "text": "蓝地飞鸟", "image_ids": [2, 1]},
    {"text_id": 10, "text": "没有图", "image_ids": []},
]


@pytest.fixture
def coco_cn(tmp_path: Path) -> Path:
    folder = tmp_path / "COCO-CN"
    lines = [f"{n}\t{base64.b64encode(jpeg(c)).decode()}\n" for n, c in ((1, "red"), (2, "blue"))]
    write(folder / "test_imgs.tsv", "".join(lines))
    write(folder / "test_texts.jsonl", jsonl(TEXTS))
    return folder


def test_chinese_clip_files(coco_cn: Path) -> None:
    gallery = open_external(coco_cn, "test")
    assert gallery.name == "COCO-CN test"
    assert [text.text for text in gallery.texts] == ["红地", "蓝地飞鸟"]
    assert gallery.pairs.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert [image.frames()[0].getpixel((0, 0)) for image in gallery.images] == [(255, 0, 0), (0, 0, 255)]


def test_equal_pictures_have_equal_keys_in_any_order(coco_cn: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    rows = reversed((coco_cn / "test_imgs.tsv").read_text().splitlines())
    write(other / "test_imgs.tsv", "\n".join(rows))
    write(other / "test_texts.jsonl", jsonl(TEXTS))
    assert open_external(other, "test").digest == open_external(coco_cn, "test").digest


def test_pictures_in_lmdb_are_those_of_the_tsv(coco_cn: Path, tmp_path: Path) -> None:
    other = tmp_path / "lmdb_alone"
    imgs = other / "lmdb" / "test" / "imgs"
    imgs.mkdir(parents=True)
    with lmdb.open(str(imgs), map_size=1 << 20) as database, database.begin(write=True) as transaction:
        for line in (coco_cn / "test_imgs.tsv").read_text().splitlines():
            transaction.put(*(part.encode() for part in line.split("\t")))
    write(other / "test_texts.jsonl", jsonl(TEXTS))
    gallery = open_external(other, "test")
    assert gallery.digest == open_external(coco_cn, "test").digest
    assert [image.frames()[0].getpixel((0, 0)) for image in gallery.images] == [(255, 0, 0), (0, 0, 255)]
    write(other / "test_texts.jsonl", jsonl([{"text_id": 1, "text": "a", "image_ids": [7]}]))
    with pytest.raises(BadDatasetError, match=r"line 1: picture 7 is not in .*lmdb/test/imgs"):
        open_external(other, "test")
    write(imgs / "data.mdb", "nonsense")
    with pytest.raises(BadDatasetError, match="is no LMDB database"):
        open_external(other, "test")


def test_valid_is_val(coco_cn: Path) -> None:
    (coco_cn / "test_texts.jsonl").rename(coco_cn / "valid_texts.jsonl")
    (coco_cn / "test_imgs.tsv").rename(coco_cn / "valid_imgs.tsv")
    assert len(open_external(coco_cn, "val").texts) == 2
    with pytest.raises(UsageError, match="it has valid"):
        open_external(coco_cn, "test")


def test_chinese_clip_files_have_no_language_to_choose(coco_cn: Path) -> None:
    with pytest.raises(UsageError, match="leave out --language"):
        open_external(coco_cn, "test", language="en")


def test_culti_with_pictures_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "images" / "1.jpg", jpeg("red"))
    write(tmp_path / "images" / "2.png", jpeg("blue"))
    write(tmp_path / "test_texts.jsonl", jsonl(TEXTS))
    assert len(open_external(tmp_path, "test").images) == 2
    (tmp_path / "images" / "2.png").unlink()
    with pytest.raises(BadDatasetError, match="no picture '2'"):
        open_external(tmp_path, "test")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("test_texts.jsonl", "{}\n", "line 1 is not"),
        ("test_texts.jsonl", '{"text_id": 1, "text": "a", "image_ids": [7]}\n', "picture 7 is not in"),
        ("test_texts.jsonl", '\n{"text_id": 1, "text": "a", "image_ids": 7}\n', "line 2 is not"),
        ("test_texts.jsonl", "红地".encode("gbk"), "test_texts.jsonl: is not UTF-8.*convert it"),
        ("test_imgs.tsv", "no tab\n", "line 1 is not"),
    ],
)
def test_slips_are_named_with_their_place(
    coco_cn: Path, name: str, content: str | bytes, message: str
) -> None:
    write(coco_cn / name, content)
    with pytest.raises(BadDatasetError, match=message):
        open_external(coco_cn, "test")


def test_what_is_no_picture_is_said_when_it_is_opened(coco_cn: Path) -> None:
    write(coco_cn / "test_imgs.tsv", f"1\t{base64.b64encode(b'x').decode()}\n2\t!\n")
    gallery = open_external(coco_cn, "test")
    with pytest.raises(BadDatasetError, match=r"picture 1.*no picture that can be read"):
        gallery.images[0].frames()


def test_mscoco_in_two_languages(tmp_path: Path) -> None:
    data = {
        "images": [{"id": 4, "file_name": "a.jpg"}, {"id": 5, "file_name": "b.jpg"}],
        "annotations": [
            {"id": 1, "image_id": 4, "caption": "one"},
            {"id": 2, "image_id": 4, "caption": "two"},
            {"id": 3, "image_id": 5, "caption": "three"},
        ],
    }
    write(tmp_path / "images" / "a.jpg", jpeg("red"))
    write(tmp_path / "images" / "b.jpg", jpeg("blue"))
    write(tmp_path / "captions_val.json", json.dumps(data))
    write(tmp_path / "captions_val.ja.json", json.dumps(data).replace("one", "いち"))
    assert open_external(tmp_path, "val").pairs.tolist() == [[0, 0], [0, 1], [1, 2]]
    assert open_external(tmp_path, "val", language="ja").texts[0].text == "いち"
    with pytest.raises(UsageError, match=r"no captions_val\.de\.json; it has .*captions_val\.ja\.json"):
        open_external(tmp_path, "val", language="de")


def test_mscoco_as_it_is_released(tmp_path: Path) -> None:
    data = {
        "images": [{"id": 4, "file_name": "a.jpg"}],
        "annotations": [{"id": 1, "image_id": 4, "caption": "one"}],
    }
    write(tmp_path / "annotations" / "captions_val2017.json", json.dumps(data))
    write(tmp_path / "val2017" / "a.jpg", jpeg("red"))
    assert len(open_external(tmp_path, "val2017").images) == 1


def test_multi30k_with_five_captions_a_picture(tmp_path: Path) -> None:
    write(tmp_path / "images" / "a.jpg", jpeg("red"))
    write(tmp_path / "images" / "b.jpg", jpeg("blue"))
    write(tmp_path / "test_images.txt", "a.jpg\nb.jpg\n")
    for number in range(1, 6):
        write(tmp_path / f"test.{number}.en", f"red {number}\nblue {number}\n")
        write(tmp_path / f"test.{number}.de", f"rot {number}\nblau {number}\n")
    gallery = open_external(tmp_path, "test", language="de")
    assert (len(gallery.images), len(gallery.texts), len(gallery.pairs)) == (2, 10, 10)
    assert gallery.text_clusters.tolist() == [0, 1] * 5
    with pytest.raises(UsageError, match="de, en"):
        open_external(tmp_path, "test")
    write(tmp_path / "test.1.de", "rot\u2028oder rot\nblau\n")
    assert open_external(tmp_path, "test", language="de").texts[0].text == "rot\u2028oder rot"
    write(tmp_path / "test.1.de", "rot\n")
    with pytest.raises(BadDatasetError, match="1 captions for 2 pictures"):
        open_external(tmp_path, "test", language="de")


def test_vatex_from_frames(tmp_path: Path) -> None:
    for number, colour in enumerate(("red", "blue")):
        write(tmp_path / "frames" / "v1" / f"{number:03d}.jpg", jpeg(colour))
    rows = [{"videoID": "v1", "chCap": ["飞鸟", "莲花"], "enCap": ["bird"]}]
    write(tmp_path / "vatex_validation.json", json.dumps(rows))
    gallery = open_external(tmp_path, "validation")
    assert [text.text for text in gallery.texts] == ["飞鸟", "莲花"]
    assert len(gallery.images[0].frames()) == 2
    assert [t.text for t in open_external(tmp_path, "validation", language="en").texts] == ["bird"]
    write(tmp_path / "vatex_validation.json", json.dumps([*rows, {"videoID": "v2", "chCap": ["云"]}]))
    with pytest.raises(BadDatasetError, match="holds no frames"):
        open_external(tmp_path, "validation")


def test_a_folder_in_no_known_form_is_told_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="VATEX"):
        open_external(tmp_path, "test")
