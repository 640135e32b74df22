"""Prints the books of this folder again, each by another program; run by hand, the results are committed.

    python tests/data/producers/make.py

Needs chromium, soffice (LibreOffice Writer), xelatex with xeCJK, gs, and the fonts Noto Serif CJK and Noto
Sans CJK. Texts and pictures are our own. README.md says what each book is for.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from PIL import Image

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
sys.path.insert(0, str(HERE.parents[2]))

from extractors.sample_books.pictures import murals, objects  # noqa: E402

Row = dict[str, Any]
Box = tuple[float, float, float, float]

PIXELS = 300
DPI = 150
SLIPS = str.maketrans({"陶": "匋", "墓": "幕", "由": "曰"})
"""What an OCR program misreads."""
PROSE = {
    "mirrors.html": "北壁殘存伎樂天一身，側身回首，手執琵琶，帔帛繞臂而下。"
    "頭光以石綠繪成，衣褶用赭紅勾勒，線條勁健。",
    "report.fodt": "墓葬开口于第二层下，打破生土。墓坑为长方形竖穴，四壁较直，填土为灰褐色五花土，"
    "内含少量陶片。人骨保存较差，葬式为仰身直肢。随葬器物共六件，如图二所示，均置于头端。",
    "paper.tex": "残件多出于城内东部的建筑废弃堆积，陶质以泥质灰陶为主，火候较高，"
    "背面留有手捏与切割的痕迹。" * 3,
}

MIRRORS = ("四乳禽鸟纹镜", "西汉　直径11.2厘米　乌程县出土"), ("博局纹镜", "新莽　直径16.4厘米　清溪镇征集")
MIRRORS += ("瑞兽葡萄纹镜", "唐　直径13.7厘米　旧藏"), ("双鱼纹镜", "金　直径18.9厘米　临水城址出土")


def picture(seed: int) -> bytes:
    """JPEG bytes of one drawn object: a jar, a rubbing, a wall painting or a trench, by the seed."""
    rng = np.random.default_rng(seed)
    if seed % 4 == 0:
        drawn = objects.vessel(rng, "jar", PIXELS, PIXELS, (205, 200, 190))
    elif seed % 4 == 1:
        drawn = objects.rubbing(rng, PIXELS, PIXELS)
    elif seed % 4 == 2:
        drawn = murals.mural(rng, "flying", PIXELS, PIXELS)
    else:
        drawn = objects.trench(rng, PIXELS, PIXELS)
    out = io.BytesIO()
    Image.fromarray(drawn).save(out, "JPEG", quality=70)
    return out.getvalue()


def encoded(seed: str) -> str:
    return base64.b64encode(picture(int(seed))).decode("ascii")


def source(name: str) -> str:
    """A source file with its prose put in."""
    return (SOURCES / name).read_text(encoding="utf-8").replace("PROSE", PROSE[name])


def run(*command: str | Path, cwd: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def print_with_chromium(work: Path, out: Path) -> None:
    html = re.sub(
        r"PICTURE-(\d+)", lambda m: f"data:image/jpeg;base64,{encoded(m[1])}", source("mirrors.html")
    )
    (work / "mirrors.html").write_text(html, encoding="utf-8")
    run(
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--no-first-run", "--no-pdf-header-footer"),
        *(f"--user-data-dir={work / 'profile'}", f"--print-to-pdf={out}", work / "mirrors.html"),
        cwd=work,
    )


def print_with_libreoffice(work: Path, out: Path) -> None:
    def frame(found: re.Match[str]) -> str:
        seed, side = found.groups()
        return (
            f'<draw:frame text:anchor-type="as-char" svg:width="{side}cm" svg:height="{side}cm"><draw:image>'
            f"<office:binary-data>{encoded(seed)}</office:binary-data></draw:image></draw:frame>"
        )

    (work / "report.fodt").write_text(
        re.sub(r"PICTURE-(\d+)-(\d+)", frame, source("report.fodt")), encoding="utf-8"
    )
    profile = f"-env:UserInstallation=file://{work / 'office'}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "report.fodt", cwd=work)
    shutil.copy(work / "report.pdf", out)


def print_with_xetex(work: Path, out: Path) -> None:
    for seed in (5, 9, 12):
        (work / f"picture-{seed}.jpg").write_bytes(picture(seed))
    (work / "paper.tex").write_text(source("paper.tex"), encoding="utf-8")
    for _ in range(2):
        run("xelatex", "-interaction=batchmode", "paper.tex", cwd=work)
    shutil.copy(work / "paper.pdf", out)


def distil(work: Path, original: Path, out: Path) -> None:
    """Ghostscript writes a book again: other fonts, encodings and picture streams."""
    options = ("-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", "-dPDFSETTINGS=/ebook")
    run("gs", *options, f"-sOutputFile={out}", original, cwd=work)


def scan_with_text(original: Path, out: Path) -> None:
    """Each page as one grey picture, and over it, invisible, its text as an OCR program misread it."""
    with pymupdf.open(original) as book, pymupdf.open() as copy:
        for page in book:
            grey = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
            sheet = copy.new_page(width=page.rect.width, height=page.rect.height)
            sheet.insert_image(sheet.rect, stream=grey.tobytes("jpeg", jpg_quality=60))
            lines = [line for block in page.get_text("dict")["blocks"] for line in block.get("lines", [])]
            for line in lines:
                first = line["spans"][0]
                text = "".join(span["text"] for span in line["spans"]).translate(SLIPS)
                place = pymupdf.Point(*first["origin"])
                sheet.insert_text(place, text, fontname="china-s", fontsize=first["size"], render_mode=3)
        copy.save(out, deflate=True, garbage=4)


# ---------------------------------------------------------------- labels


def image_boxes(page: pymupdf.Page) -> list[Box]:
    """The boxes of the pictures of a page, row by row."""
    boxes = [tuple(round(v, 1) for v in info["bbox"]) for info in page.get_image_info()]
    return sorted(boxes, key=lambda box: (round(box[1] / 20), box[0]))


def stroke_box(page: pymupdf.Page, words: set[str]) -> Box:
    """The box around all strokes of a page and the words of a chart."""
    rects = [tuple(drawing["rect"]) for drawing in page.get_drawings()]
    rects += [word[:4] for word in page.get_text("words") if word[4] in words]
    x0, y0, x1, y1 = zip(*rects, strict=True)
    return round(min(x0), 1), round(min(y0), 1), round(max(x1), 1), round(max(y1), 1)


def mirror_rows() -> list[Row]:
    rows: list[Row] = [
        {"caption": f"{name} {data}", "title": name, "kind": "photo", "accept": {"caption": [name]}}
        for name, data in MIRRORS
    ]
    title = "石灣寺北壁伎樂天"
    return [*rows, {"caption": f"圖三 {title}", "title": title, "number": "圖三", "kind": "mural"}]


def report_rows() -> list[Row]:
    whole = "图三　M5出土陶器"
    captions = "图一　发掘区全景（由南向北）", "图二　M3出土陶罐（M3：2）"
    rows: list[Row] = [
        {"caption": text, "title": text[3:], "number": text[:2], "kind": "photo"} for text in captions
    ]
    for nth, name in enumerate(("陶壶（M5：1）", "陶豆（M5：4）"), start=1):
        row = {"caption": f"{nth}. {name}", "title": name, "number": f"图三:{nth}", "kind": "photo"}
        accept = {"caption": [f"{whole} {nth}. {name}", name]}
        rows.append(row | {"group": "图三", "group_caption": whole, "accept": accept})
    return rows


def paper_rows() -> list[Row]:
    whole = "图 3: 同层所出：(a) 云纹瓦当；(b) 灰陶罐"
    first, chart = "莲花纹瓦当，采集品（T4：7）", "各期瓦当数量"
    rows: list[Row] = [
        {"caption": f"图 1: {first}", "title": first, "number": "图1", "kind": "photo"},
        {"caption": f"图 2: {chart}", "title": chart, "number": "图2", "kind": "chart"},
    ]
    for letter, name, kind in (("a", "云纹瓦当", "drawing"), ("b", "灰陶罐", "photo")):
        row = {"caption": f"({letter}) {name}", "title": name, "number": f"图3{letter}", "kind": kind}
        rows.append(row | {"group": "图3", "group_caption": whole, "accept": {"caption": [whole, name]}})
    return rows


def label(pdf: Path, rows: list[Row], *, scan: bool = False, original: Path | None = None) -> None:
    """Write the labels of `pdf`: its pictures, placed as in `original`, have the texts of `rows` in order."""
    with pymupdf.open(original or pdf) as book:
        sizes = [[round(page.rect.width, 2), round(page.rect.height, 2)] for page in book]
        placed = [(page.number + 1, box) for page in book for box in figure_boxes(page)]
    figures = [
        {"page": page, "bbox": list(box), **row, "scan": scan}
        for (page, box), row in zip(placed, rows, strict=True)
    ]
    meta = {"layout": pdf.stem, "scan": scan, "page_sizes": sizes}
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in figures)
    pdf.with_suffix(".truth.jsonl").write_text(lines, encoding="utf-8")
    pdf.with_suffix(".meta.json").write_text(json.dumps(meta) + "\n", encoding="utf-8")


def figure_boxes(page: pymupdf.Page) -> list[Box]:
    """The pictures of a page, or its one chart."""
    chart = {"20", "40", "60", "一期", "四期"}
    is_chart = {word[4] for word in page.get_text("words")} >= chart
    return [stroke_box(page, chart)] if is_chart else image_boxes(page)


def main() -> None:
    mirrors, report, paper = (HERE / f"{name}.pdf" for name in ("chromium", "libreoffice", "xetex"))
    distilled, layered = HERE / "ghostscript.pdf", HERE / "ocr-layer.pdf"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        print_with_chromium(work, mirrors)
        print_with_libreoffice(work, report)
        print_with_xetex(work, paper)
        distil(work, mirrors, distilled)
        scan_with_text(report, layered)
    label(mirrors, mirror_rows())
    label(distilled, mirror_rows())
    label(report, report_rows())
    label(paper, paper_rows())
    label(layered, report_rows(), scan=True, original=report)


if __name__ == "__main__":
    main()
