"""The published columns: a pair's fields with the picture itself, and the split."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pyarrow as pa

from extractors.records import Pair

FORMAT_VERSION = 5
"""Raised whenever the same pairs would be written differently; part of every version's manifest."""

# Type of each column as a Hugging Face feature; whatever is not named here is a string.
_NUMBERS = {
    "page": "int32",
    "width": "int32",
    "height": "int32",
    "caption_page": "int32",
    "description_page": "int32",
    "text_confidence": "float64",
    "confidence": "float64",
}
_BOXES = {"bbox", "caption_bbox", "parent_bbox", "description_bbox"}

COLUMNS = (*(field.name for field in dataclasses.fields(Pair)), "split")
TEXT_COLUMNS = tuple(name for name in COLUMNS if name != "image")


def arrow_schema() -> pa.Schema:
    """The schema of data/*.parquet; its metadata tells `datasets` that `image` is a picture."""
    fields = [pa.field(name, _arrow_type(name)) for name in COLUMNS]
    features = {"info": {"features": column_features()}}
    return pa.schema(fields, metadata={"huggingface": json.dumps(features)})


def column_features() -> dict[str, dict[str, Any]]:
    """Every column as a Hugging Face feature, in its JSON form."""
    return {name: _feature(name) for name in COLUMNS}


def to_row(pair: Pair, split: str) -> dict[str, Any]:
    """The plain columns of `pair` (no picture); boxes as lists of four numbers in points."""
    # Not dataclasses.asdict: it copies every value, and large versions are made of rows.
    row = {name: getattr(pair, name) for name in TEXT_COLUMNS if name != "split"}
    for name in _BOXES:
        row[name] = None if row[name] is None else list(row[name])
    return row | {"split": split}


def _arrow_type(name: str) -> pa.DataType:
    if name == "image":
        return pa.struct({"bytes": pa.binary(), "path": pa.string()})
    if name in _BOXES:
        return pa.list_(pa.float64())
    return getattr(pa, _NUMBERS.get(name, "string"))()


def _feature(name: str) -> dict[str, Any]:
    if name == "image":
        return {"_type": "Image"}
    if name in _BOXES:
        # "Sequence" rather than the newer "List": releases of `datasets` before 4 know only the former.
        return {"feature": {"dtype": "float64", "_type": "Value"}, "_type": "Sequence"}
    return {"dtype": _NUMBERS.get(name, "string"), "_type": "Value"}
