"""Finds figures, groups and tables on the picture of a page with the trained network `finder.onnx`.

`finder.md` beside the model says how it was trained and where it fails; `python -m extractors.fitting.finder`
trains another.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.durable import file_sha256
from extractors.errors import MissingDependencyError
from extractors.figures.finder_input import CELL, FINE, KINDS, FinderInput, finder_input
from extractors.figures.proposals import ProposalPage, RegionLabel, RegionProposal
from extractors.geometry import Box

MODEL = Path(__file__).with_name("finder.onnx")
SETTING = "extract.finder_model"
INPUTS, OUTPUTS = ["page"], ["score", "distance", "maps"]
"""Names in the file of a finder."""
LEAST_SCORE = 0.2
"""Cells of a lower score are not looked at."""
TWIN = 0.7
"""Boxes that overlap to this share (IoU) are one answer, and are averaged ..."""
TWIN_SCORE = 0.5
"""... unless their score is below this share of the best one's."""
SAME = 0.45
"""Boxes that overlap to this share are not two answers."""
INSIDE = 0.7
"""Of a box and a better one that share this much of the smaller one, only the better one stays."""
REACH, MOST, LEAST = 0.1, 40.0, 3.0
"""A side may move to an edge this share of the box's extent away, at most and at least this many pixels."""
SURE_EDGE = 0.25
"""An edge that is seen along this share of a side is one."""
CORNER = 0.08
"""The ends of a side, this share of it each, are left out: corners may be round or belong to a neighbour."""
RIM = 3.0
"""Pixels within which a side is taken to the edge of the page."""
PICTURE_SIDE = 1400
"""Longer side in pixels at which a page is rendered before it is shrunk for the network."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of the network."""

    kind: str
    """figure, group (all figures under one caption) or table."""
    box: Box
    """Pixels of the picture that was looked at."""
    score: float
    """0..1: the overlap (IoU) with the true box that the network expects."""


Boxes = NDArray[np.float64]
"""N x 4."""


def _overlaps(box: NDArray[np.float64], others: Boxes) -> tuple[Boxes, Boxes]:
    """IoU of `box` with each of `others`, and their common part as a share of the smaller one (N,)."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    own = float(np.prod(box[2:] - box[:2]))
    theirs = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return common / np.maximum(own + theirs - common, 1e-6), common / np.maximum(
        np.minimum(own, theirs), 1e-6
    )


def distinct(boxes: Boxes, scores: NDArray[np.float64]) -> list[tuple[float, NDArray[np.float64]]]:
    """The best box of each place, averaged with its near twins, best first."""
    order = np.argsort(-scores, kind="stable")
    boxes, scores = boxes[order], scores[order]
    kept: list[tuple[float, NDArray[np.float64]]] = []
    while len(boxes):
        iou, _ = _overlaps(boxes[0], boxes)
        twins = (iou >= TWIN) & (scores >= TWIN_SCORE * scores[0])
        weight = scores[twins, None] ** 2
        kept.append((float(scores[0]), (boxes[twins] * weight).sum(0) / weight.sum()))
        rest = iou < SAME
        rest[0] = False
        boxes, scores = boxes[rest], scores[rest]
    chosen: list[tuple[float, NDArray[np.float64]]] = []
    for score, box in kept:
        others = np.array([better for _, better in chosen]).reshape(-1, 4)
        if not len(others) or _overlaps(box, others)[1].max() <= INSIDE:
            chosen.append((score, box))
    return chosen


def snapped(
    box: NDArray[np.float64], edges: NDArray[np.float32], size: tuple[int, int], reach: float, most: float
) -> NDArray[np.float64]:
    """`box` with each side moved to the edge that the network sees near it, if it sees one.

    `edges` (4, h, w) are the edge maps left, right, top, bottom, a cell `FINE` pixels wide; `size` is the
    page's height and width in pixels.
    """
    moved = box.copy()
    for side, edge_map in ((0, 0), (2, 1), (1, 2), (3, 3)):
        upright = side in (0, 2)
        low, high = (box[1], box[3]) if upright else (box[0], box[2])
        cut = CORNER * (high - low)
        start, end = int((low + cut) / FINE), int(np.ceil((high - cut) / FINE))
        part = edges[edge_map] if upright else edges[edge_map].T
        seen = part[start : max(end, start + 1)].mean(0)
        extent = box[2] - box[0] if upright else box[3] - box[1]
        far = float(np.clip(reach * extent, LEAST, most)) + 2
        at = np.arange(len(seen)) * FINE + FINE / 2
        weight = seen * np.exp(-0.5 * ((at - box[side]) / far) ** 2) * (np.abs(at - box[side]) <= far + 2)
        best = int(np.argmax(weight))
        if weight[best] > 0 and seen[best] >= SURE_EDGE:
            near = slice(max(0, best - 1), best + 2)
            moved[side] = float((at[near] * seen[near]).sum() / seen[near].sum())
    page = np.array([0, 0, size[1], size[0]], np.float64)
    moved = np.clip(moved, 0, page[[2, 3, 2, 3]])
    at_rim = np.abs(moved - page) < RIM
    moved[at_rim] = page[at_rim]
    return moved if min(moved[2] - moved[0], moved[3] - moved[1]) > FINE else box


class FigureFinder:
    """The network, loaded."""

    def __init__(self, model: Path = MODEL) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread: the sums of several may come in another order, and answers must be the same every time.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        data = model.read_bytes()
        self.digest = hashlib.sha256(data).hexdigest()[:16]
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """The names of the network's inputs and outputs."""
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        return [one.name for one in inputs], [one.name for one in outputs]

    def answers(self, pages: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Scores, distances and maps for pages (B, 3, H, W), as `FinderNetwork` gives them but in 0..1."""
        answers: list[NDArray[np.float32]] = self._session.run(None, {"page": pages})
        return answers

    def find(self, picture: NDArray[np.uint8]) -> list[Finding]:
        """What is on a page, best first by kind. `picture` is (H, W, 3) RGB uint8."""
        shown = finder_input(picture)
        page = np.ascontiguousarray(shown.pixels.transpose(2, 0, 1)[None].astype(np.float32))
        scores, distances, maps = mean_answer(self.answers(page), self.answers(_mirrored(page)))
        found = []
        for index, kind in enumerate(KINDS):
            sides = distances[4 * index : 4 * index + 4]
            found += _findings(kind, scores[index], sides, maps, shown)
        return found


def _mirrored(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """`array` with its last axis, from left to right, turned round."""
    return np.ascontiguousarray(array[..., ::-1])


def mean_answer(
    plain: list[NDArray[np.float32]], mirrored: list[NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The mean of the answers for one page and for its mirror image, which err differently.

    Takes scores (1, 3, h, w), distances (1, 12, h, w) and maps (1, 6, h4, w4); returns the same without the
    first axis, as of the page itself. Sides count by the scores of the two.
    """
    scores, sides, maps = (answer[0] for answer in plain)
    other_scores, other_sides, other_maps = (_mirrored(answer[0]) for answer in mirrored)
    swapped = np.arange(len(sides)).reshape(-1, 4)[:, [2, 1, 0, 3]].ravel()  # left is right
    share = np.repeat(scores / np.maximum(scores + other_scores, np.float32(1e-9)), 4, axis=0)
    return (
        (scores + other_scores) / 2,
        share * sides + (1 - share) * other_sides[swapped],
        (maps + other_maps[[1, 0, 2, 3, 4, 5]]) / 2,
    )


def _findings(
    kind: str, scores: NDArray[Any], sides: NDArray[Any], maps: NDArray[Any], shown: FinderInput
) -> list[Finding]:
    """The answers of one kind: scores (h, w), distances (4, h, w), maps (6, h4, w4)."""
    rows, columns = np.nonzero(scores > LEAST_SCORE)
    if not len(rows):
        return []
    x, y = (columns + 0.5) * CELL, (rows + 0.5) * CELL
    left, top, right, bottom = sides[:, rows, columns].astype(np.float64)
    high, wide = shown.size
    boxes = np.clip(np.stack([x - left, y - top, x + right, y + bottom], 1), 0, [wide, high, wide, high])
    found = []
    for score, box in distinct(boxes, scores[rows, columns].astype(np.float64)):
        if kind != "table":  # the edge maps are those of figures
            box = snapped(box, maps, shown.size, REACH, MOST)
            box = snapped(box, maps, shown.size, REACH / 3, MOST / 3)
        x0, y0, x1, y1 = (float(value) for value in box / np.tile(shown.scale, 2))
        found.append(Finding(kind, (x0, y0, x1, y1), min(1.0, score)))
    return found


@functools.cache
def shipped_finder() -> FigureFinder:
    """The finder with the model of this package, loaded once a process."""
    return FigureFinder()


_MADE_BY = "name the .onnx file that `python -m extractors.fitting.finder export` wrote, or unset it"


def finder_digest(model: Path) -> str:
    """sha256 of the user's model. Raises MissingDependencyError where it cannot be read."""
    try:
        return file_sha256(model)
    except OSError as error:
        raise MissingDependencyError(
            f"{SETTING} = {model}: cannot be read ({error.strerror}); {_MADE_BY}"
        ) from None


def own_finder(model: Path) -> FigureFinder:
    """The finder with the user's model. Raises MissingDependencyError where the file holds none."""
    from onnxruntime.capi import onnxruntime_pybind11_state as onnx

    finder_digest(model)
    faults = (
        onnx.Fail,
        onnx.InvalidGraph,
        onnx.InvalidProtobuf,
        onnx.NoModel,
        onnx.NotImplemented,
        onnx.InvalidArgument,
    )
    try:
        finder = FigureFinder(model)
    except faults as error:
        what = str(error).splitlines()[0]
        raise MissingDependencyError(f"{SETTING} = {model}: is no ONNX model ({what}); {_MADE_BY}") from None
    if finder.names != (INPUTS, OUTPUTS):
        raise MissingDependencyError(f"{SETTING} = {model}: is another kind of network; {_MADE_BY}")
    return finder


class FinderProposer:
    """Proposes what the network finds on the rendered page."""

    name = "finder"

    def __init__(self, finder: FigureFinder | None = None) -> None:
        self.finder = finder or shipped_finder()
        self.digest = self.finder.digest

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        """Figures, groups and tables, best first by kind."""
        x0, y0, x1, y1 = page.bounds
        dpi = 72 * PICTURE_SIDE / max(x1 - x0, y1 - y0)
        picture = page.picture(dpi)
        kx, ky = (x1 - x0) / picture.shape[1], (y1 - y0) / picture.shape[0]
        labels: dict[str, RegionLabel] = {"figure": "figure", "group": "group", "table": "table"}
        return [
            RegionProposal(
                (found.box[0] * kx, found.box[1] * ky, found.box[2] * kx, found.box[3] * ky),
                labels[found.kind],
                round(found.score, 4),
                self.name,
            )
            for found in self.finder.find(picture)
        ]
