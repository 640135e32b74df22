"""The ladder as rows of words, and as Markdown and LaTeX to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alignment.retrieval.evaluation import DIRECTIONS
from alignment.retrieval.published import PublishedTable, published_table

KS = (1, 5, 10)
MARKS = {"text_to_image": "T→I", "image_to_text": "I→T"}
TRANSDUCTIVE = "transductive: looks at all test queries at once"
GALLERIES_DIFFER = (
    "Published rows were measured on other galleries: they show a scale and cannot be compared."
)


@dataclass(frozen=True)
class Line:
    """One rung in words; numbers are percentages with one decimal."""

    name: str
    transductive: bool
    cells: tuple[str, ...]
    """R@1, R@5, R@10 text to image, then image to text."""
    mr6: str
    interval: str
    gain: str
    """MR6 less that of the rung below, "" for the first."""
    gain_interval: str
    sure: bool
    """Whether the interval of the gain lies on one side of zero."""
    holm: str
    below: str


def lines_of(result: Mapping[str, Any]) -> list[Line]:
    """The rungs in their order, transductive ones last."""
    rungs = sorted(result["rungs"], key=lambda rung: bool(rung["transductive"]))
    return [_line(rung) for rung in rungs]


def dataset_title(result: Mapping[str, Any]) -> str:
    """Such as "tuwen v0003, test: 512 pictures, 498 texts"."""
    subject, gallery = result["subject"], result["gallery"]
    return f"{subject['dataset']}, {subject['split']}: {gallery['images']} pictures, {gallery['texts']} texts"


def notes_of(result: Mapping[str, Any]) -> list[str]:
    """What must stand under the numbers."""
    notes = list(result.get("notes", ()))
    beyond = {
        k
        for rung in result["rungs"][:1]
        for direction in DIRECTIONS
        for k in rung["directions"][direction]["k_beyond_gallery"]
    }
    if beyond:
        listed = ", ".join(f"R@{k}" for k in sorted(beyond))
        notes.append(f"The gallery is smaller than k for {listed}: any ranking finds everything there.")
    return notes


def published_for(result: Mapping[str, Any]) -> PublishedTable | None:
    """The published rows that stand beside this result."""
    return published_table(result["subject"]["dataset"], external=bool(result.get("external")))


def markdown(result: Mapping[str, Any]) -> str:
    """The ladder as a Markdown table with its notes."""
    columns = [f"{MARKS[direction]} R@{k}" for direction in DIRECTIONS for k in KS]
    head = ["scorer", *columns, "MR6 (95 %)", "Δ MR6 (95 %)", "p (Holm)"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for line in lines_of(result):
        gain = f"{line.gain} {line.gain_interval}".strip()
        rows.append(
            [
                _escaped(line.name) + (" †" if line.transductive else ""),
                *line.cells,
                f"{line.mr6} {line.interval}",
                f"**{gain}**" if line.sure else gain,
                line.holm,
            ]
        )
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{dataset_title(result)}\n\n{table}\n\n" + "\n".join(f"- {note}" for note in _foot(result)) + "\n"


def latex(result: Mapping[str, Any]) -> str:
    """The ladder as a LaTeX tabular; needs the package booktabs."""
    sides = [f"\\multicolumn{{3}}{{c}}{{{name}}}" for name in ("Text to image", "Image to text")]
    ranks = " & ".join(f"R@{k}" for _ in DIRECTIONS for k in KS)
    body = [
        " & ".join(
            [
                _tex(line.name) + ("$^\\dagger$" if line.transductive else ""),
                *line.cells,
                f"{line.mr6} {{\\scriptsize {_tex(line.interval)}}}",
                _tex_gain(line),
                _tex(line.holm),
            ]
        )
        + " \\\\"
        for line in lines_of(result)
    ]
    comment = "".join(f"% {note}\n" for note in (dataset_title(result), *_foot(result)))
    return (
        comment
        + "\\begin{tabular}{l rrr rrr r r r}\n\\toprule\n"
        + f" & {' & '.join(sides)} & & & \\\\\n"
        + f"Scorer & {ranks} & MR6 (95\\,\\%) & $\\Delta$ MR6 (95\\,\\%) & $p$ \\\\\n\\midrule\n"
        + "\n".join(body)
        + "\n\\bottomrule\n\\end{tabular}\n"
    )


def percent(value: float) -> str:
    """.4567 as 45.7."""
    return f"{100 * value:.1f}"


def signed(value: float) -> str:
    """.012 as +1.2, with a true minus sign."""
    return f"{100 * value:+.1f}".replace("-", "−")


def decimal(value: float, places: int) -> str:
    """With a true minus sign, and none before zero."""
    return f"{value:z.{places}f}".replace("-", "−")


def _tex_gain(line: Line) -> str:
    if not line.gain:
        return ""
    gain = f"{_tex(line.gain)} {{\\scriptsize {_tex(line.gain_interval)}}}"
    return f"\\textbf{{{gain}}}" if line.sure else gain


def _line(rung: Mapping[str, Any]) -> Line:
    intervals = rung["intervals"]
    gain = rung["gains"].get(rung["below"], {}).get("MR6") if rung["below"] else None
    return Line(
        name=rung["name"],
        transductive=rung["transductive"],
        cells=tuple(
            percent(intervals[f"{direction} hit@{k}"]["value"]) for direction in DIRECTIONS for k in KS
        ),
        mr6=percent(intervals["MR6"]["value"]),
        interval=f"[{percent(intervals['MR6']['low'])}, {percent(intervals['MR6']['high'])}]",
        gain=signed(gain["value"]) if gain else "",
        gain_interval=f"[{signed(gain['low'])}, {signed(gain['high'])}]" if gain else "",
        sure=gain is not None and (gain["low"] > 0 or gain["high"] < 0),
        holm="" if rung["holm"] is None else _p(rung["holm"]),
        below=rung["below"],
    )


def _foot(result: Mapping[str, Any]) -> Sequence[str]:
    foot = [
        "R@k: queries with a right item among the first k, in per cent; MR6: the mean of the six. Intervals: "
        "95 %, paired bootstrap over groups. Δ: against the rung it stands on; bold: zero is outside.",
        *notes_of(result),
    ]
    if any(rung["transductive"] for rung in result["rungs"]):
        foot.append(f"† {TRANSDUCTIVE}; not comparable with the others.")
    return foot


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


_TEX = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "&": "\\&",
    "%": "\\%",
    "_": "\\_",
    "#": "\\#",
    "$": "\\$",
    "{": "\\{",
    "}": "\\}",
    "−": "$-$",
    "<": "$<$",
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
