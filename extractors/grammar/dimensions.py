"""Figures that measure: dimensions, levels and axis ticks in and around drawings. They name nothing."""

from __future__ import annotations

import re

from extractors.grammar.characters import fold

_UNIT = r"(?:mm|cm|km|m|毫米|厘米|釐米|公分|分米|公里|米|尺|寸|丈|°|度|%|℃|m²|㎡|平方米)"
_MEASURE = re.compile(
    rf"(?:[±+\-−–]\s*[0-9][0-9.,]*|[0-9]+[.,][0-9]+|[0-9]{{4,}}|[0-9][0-9.,]*\s*(?={_UNIT}))\s*{_UNIT}?"
    rf"(?:\s*[x×*]\s*[0-9][0-9.,]*\s*{_UNIT}?)*"
    r"|[0-9]+(?:\s+[0-9]+){2,}\s*" + _UNIT + "?"
    r"|1\s*[:/∶]\s*[0-9]+"
)
"""A sign, a decimal part, four digits or a unit make a number a measure; three numbers are a scale bar."""


def is_dimension(text: str) -> bool:
    """Whether `text` is nothing but a measure: 14000, ±0.000, 3.5 cm, 0 5 10 厘米, 1:50; 12 is none."""
    return _MEASURE.fullmatch(fold(text).strip()) is not None
