"""croissant.json of a version: what it holds, where and under which conditions, for machines.

The form is MLCommons Croissant 1.0 with its vocabulary for responsible AI, RAI 1.0
(https://docs.mlcommons.org/croissant/docs/croissant-spec.html, …/croissant-rai-spec.html). Records are read
through it with no network: paths are relative to the file itself.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataset_cards.assembly import Assembly
from dataset_cards.audit import AuditResult, read_audit
from dataset_cards.citation import bibtex
from dataset_cards.files import file_sha256, write_text
from dataset_cards.provenance import program_versions
from dataset_cards.schema import COLUMNS, column_features
from dataset_cards.settings import DatasetSettings

if TYPE_CHECKING:
    import mlcroissant as mlc

FILE_NAME = "croissant.json"
_CONFORMS_TO = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
_PARQUET, _JSON_LINES, _PNG = "application/x-parquet", "application/jsonlines", "image/png"
_TABLES = {
    "books.jsonl": "书目、权利与各书的结果 · books, their rights and what each gave",
    "unmatched.jsonl": "没有配上的图与图题 · figures and captions without their other half",
    "removed.jsonl": "以前各版有、本版没有的图文对 · pairs of earlier versions that this one does not hold",
    "past_books.jsonl": "各书以前的文件名与内容 · earlier names and contents of the books",
    "dropped.jsonl": "因重复而不收录的图文对 · pairs left out as duplicates",
    "links.jsonl": "重复的联系 · duplicates",
    "leaks.jsonl": "与 train 最近的邻居 · nearest neighbours of held-out pairs in train",
}
_BOOK_COLUMNS = {
    "sha256": "Text",
    "title": "Text",
    "author": "Text",
    "publisher": "Text",
    "year": "Integer",
    "isbn": "Text",
    "rights": "Text",
    "licence": "Text",
    "file_name": "Text",
    "pages": "Integer",
    "pairs": "Integer",
}


def write_croissant(assembly: Assembly, settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write croissant.json below `folder`, after the files it describes."""
    import mlcroissant as mlc  # takes seconds to import; only publishing needs it

    authors = [mlc.Organization(name=author) for author in settings.authors]
    metadata = mlc.Metadata(
        name=settings.name,
        description=_description(assembly, settings, version),
        conforms_to=_CONFORMS_TO,
        version=f"{int(version[1:])}.0.0",
        cite_as=bibtex(settings, version),
        license=_licences(assembly),
        url=settings.url,
        creators=authors,
        publisher=authors,
        date_published=datetime.combine(settings.released, datetime.min.time())
        if settings.released
        else None,
        in_language=["zh", "en"] if any(item.pair.description_en for item in assembly.pairs) else ["zh"],
        keywords=["cultural heritage", "image-text retrieval", "Chinese", "图文检索", "文化遗产"],
        distribution=_distribution(mlc, folder),
        record_sets=[_pairs(mlc), _books(mlc)],
        **_responsible(assembly, read_audit(folder.parent)),
    )
    text = json.dumps(metadata.to_json(), ensure_ascii=False, indent=1, default=str)
    write_text(folder / FILE_NAME, text + "\n")


def _description(assembly: Assembly, settings: DatasetSettings, version: str) -> str:
    return (
        f"{settings.pretty_name} {version}：中国文化遗产图书中的 {len(assembly.pairs)} 个图文对。"
        f"{len(assembly.pairs)} image–text pairs from {len(assembly.books)} books on Chinese heritage."
    )


def _licences(assembly: Assembly) -> list[str]:
    known = {entry.facts.rights for entry in assembly.books if entry.facts and entry.facts.rights}
    unknown = sum(not (entry.facts and entry.facts.rights) for entry in assembly.books)
    return sorted(known) + (
        [f"unknown for {unknown} book{'s' * (unknown > 1)}; see books.jsonl"] if unknown else []
    )


def _distribution(mlc: Any, folder: Path) -> list[mlc.FileObject | mlc.FileSet]:
    """Every table with its checksum, and the Parquet files and crops as sets."""
    shards = sorted((folder / "data").glob("*.parquet"))
    return [
        mlc.FileSet(
            id="parquet",
            name="parquet",
            description="图文对与图片 · pairs with their pictures",
            includes=["data/*.parquet"],
            encoding_formats=[_PARQUET],
        ),
        mlc.FileSet(
            id="crops",
            name="crops",
            description="图片 · the pictures alone",
            includes=["imagefolder/*/*.png"],
            encoding_formats=[_PNG],
        ),
        *(_file(mlc, folder, path, _PARQUET, None) for path in shards),
        *(_file(mlc, folder, folder / name, _JSON_LINES, what) for name, what in _TABLES.items()),
    ]


def _file(mlc: Any, folder: Path, path: Path, encoding: str, description: str | None) -> mlc.FileObject:
    place = path.relative_to(folder).as_posix()
    return mlc.FileObject(
        id=place,
        name=path.name,
        description=description,
        content_url=place,
        content_size=f"{path.stat().st_size} B",
        encoding_formats=[encoding],
        sha256=file_sha256(path),
    )


def _pairs(mlc: Any) -> mlc.RecordSet:
    fields = []
    for name in COLUMNS:
        spec = column_features()[name]
        is_box, is_picture = spec["_type"] == "Sequence", spec["_type"] == "Image"
        value = spec["feature"] if is_box else spec
        transforms = [mlc.Transform(json_path="bytes")] if is_picture else []
        fields.append(
            mlc.Field(
                id=f"pairs/{name}",
                name=name,
                data_types=_type(mlc, "image" if is_picture else value["dtype"]),
                repeated=is_box or None,
                source=mlc.Source(
                    file_set="parquet", extract=mlc.Extract(column=name), transforms=transforms
                ),
            )
        )
    return mlc.RecordSet(
        id="pairs",
        name="pairs",
        description="一行一个图文对，字段见 README.md · one pair a row; README.md explains the columns",
        key="pairs/pair_id",
        fields=fields,
    )


def _books(mlc: Any) -> mlc.RecordSet:
    fields = [
        mlc.Field(
            id=f"books/{name}",
            name=name,
            data_types=_type(mlc, kind),
            source=mlc.Source(file_object="books.jsonl", extract=mlc.Extract(column=name)),
        )
        for name, kind in _BOOK_COLUMNS.items()
    ]
    what = "一行一种书，sha256 即 pairs 的 book_sha256 · one book a row; pairs name it by book_sha256"
    return mlc.RecordSet(id="books", name="books", description=what, key="books/sha256", fields=fields)


def _type(mlc: Any, kind: str) -> Any:
    known = {
        "image": mlc.DataType.IMAGE_OBJECT,
        "int32": mlc.DataType.INTEGER,
        "Integer": mlc.DataType.INTEGER,
        "float64": mlc.DataType.FLOAT,
    }
    return [known.get(kind, mlc.DataType.TEXT)]


def _responsible(assembly: Assembly, audit: AuditResult | None) -> dict[str, Any]:
    """The RAI fields: how the data came about, what is wrong with it and what it is for."""
    failures = sum(len(entry.result.failures) for entry in assembly.books)
    pages = sum(entry.result.page_count for entry in assembly.books)
    refined = any(item.pair.description_source == "refined" for item in assembly.pairs)
    checked = "No audit sample was checked by a person: the precision is not known."
    if audit and audit.precision is not None:
        low, high = audit.interval()
        checked = (
            f"A person judged {audit.right + audit.wrong} pairs of {audit.version}, drawn by kind and "
            f"confidence: {audit.precision:.1%} are right (95% Wilson interval {low:.1%} to {high:.1%})."
        )
    return {
        "data_collection": (
            f"Figures and the text printed for them, taken by a program from {len(assembly.books)} books "
            f"({pages} pages) on Chinese cultural heritage."
        ),
        "data_collection_type": ["Secondary data analysis", "Software collection"],
        "data_collection_missing_data": (
            f"{len(assembly.unmatched)} figures and captions lack their other half (unmatched.jsonl); "
            f"{failures} pages could not be read (books.jsonl)."
        ),
        "data_collection_raw_data": "Printed books as PDF files, scanned or typeset; books.jsonl lists them.",
        "data_preprocessing_protocol": [
            "Text comes from the text layer where it is good, else from optical character recognition.",
            "Texts are put into Unicode NFC and control characters are removed; nothing is rewritten"
            + (", but for pairs marked refined, whose slips a language model corrected." if refined else "."),
            "Pictures are cut from the embedded originals or rendered, as lossless PNG, and never scaled.",
        ],
        "data_annotation_protocol": [
            "No annotators: the text paired with a picture is the one its book prints for it.",
            "The kind of a picture is guessed by a program from its text and its looks.",
        ],
        "data_annotation_analysis": [checked],
        "annotations_per_item": "1",
        "machine_annotation_tools": [f"{name} {version}" for name, version in program_versions()],
        "data_biases": [
            "What is held follows the books at hand, not Chinese heritage as a whole: well published "
            "collections, periods and crafts are seen more often.",
            "Descriptions carry the views and the terms of their authors and of their time.",
        ],
        "data_limitations": [
            checked,
            "Texts may hold misreadings of optical character recognition and errors of the books.",
            "Descriptions may speak of more than the picture shows.",
        ],
        "data_use_cases": [
            "Training and testing image-text retrieval, alignment and classification",
            "Not for judging whether an object is genuine, its date or its owner",
        ],
        "data_social_impact": (
            "Makes printed scholarship searchable by picture. Religious and funerary objects are shown "
            "without the setting their communities may expect."
        ),
        "personal_sensitive_information": [
            "None is collected. People may be seen in photographs; texts name authors and excavators."
        ],
        "data_release_maintenance_plan": (
            "Versions are immutable; a new one follows when books are added, and CHANGES.md says what "
            "changed. Pairs keep their identifiers and splits."
        ),
    }
