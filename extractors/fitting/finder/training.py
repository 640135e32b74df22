"""Trains the network on endless pages; stops at a number of pages or on demand, and resumes.

The learning rate rises, stays, and falls to nothing over the last DECAY share of the pages. As long as it
stays, how many pages there will be in all does not matter: a run can be stopped and given another length.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from extractors.errors import UsageError
from extractors.fitting.finder.batches import PageStream
from extractors.fitting.finder.labelled import digest_of_pages
from extractors.fitting.finder.losses import finder_loss
from extractors.fitting.finder.network import WIDTHS, FinderNetwork
from extractors.fitting.finder.pages import TrainingPage
from extractors.fitting.finder.provenance import model_digest, source_digest
from extractors.fitting.finder.warm_start import load_exported

CHECKPOINT = "checkpoint.pt"
LEARNING_RATE = 1e-3
GENTLE_RATE = 2e-4
"""Learning rate where an exported model goes on with labelled pages: it learns their series all the same, and
forgets less of other books."""
WARMUP = 100
"""Steps until the learning rate has risen."""
WEIGHT_DECAY = 0.02
BETAS = (0.9, 0.98)
LARGEST_GRADIENT = 5.0
AVERAGED = 0.997
"""The weights that are used are an exponential average: this much of it is kept at each step."""
SAVE_EVERY = 50
"""Steps between two checkpoints."""
REPORT_EVERY = 50
FEW = 20
"""So few batches are drawn by the training process itself."""
MEASURED = 12
"""Batches on which batch norms are set where training begins with an exported model."""


@dataclass(frozen=True)
class Plan:
    """How to train; equal plans give equal weights, whether or not the run was interrupted."""

    seed: int = 1
    steps: int = 8000
    decay: int = 1600
    """The last steps, over which the learning rate falls to nothing."""
    widths: tuple[int, ...] = WIDTHS
    begin_with: str = ""
    """sha256 of the exported model whose weights were the first; empty: random ones were."""
    labelled: str = ""
    """sha256 of the labelled pages that are seen among the drawn ones; empty: there are none."""

    def same_until(self, other: Plan, step: int) -> bool:
        """Whether the first `step` steps of both plans are the same."""
        if replace(self, steps=other.steps, decay=other.decay) != other:
            return False
        rates = (self.steps, self.decay) == (other.steps, other.decay)
        flat = step <= min(self.steps - self.decay, other.steps - other.decay)
        return rates or flat

    def rate(self, step: int) -> float:
        """The learning rate of a step, 0-based."""
        fall = (self.steps - step) / max(1, self.decay)
        highest = GENTLE_RATE if self.begin_with and self.labelled else LEARNING_RATE
        return highest * min(1.0, (step + 1) / WARMUP, fall)


@dataclass
class Progress:
    """What a run has seen so far."""

    step: int = 0
    pages: int = 0
    seconds: float = 0.0
    """Wall time of all its parts."""
    losses: dict[str, float] = field(default_factory=dict)
    """Running means."""
    sources: dict[str, str] = field(default_factory=dict)
    """Digest of the sources by the step from which they were used; more than one where they were changed."""


class _Batches(Dataset[tuple[Tensor, ...]]):
    """Batches by index, drawn in the loader's process."""

    def __init__(self, stream: PageStream) -> None:
        self.stream = stream

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        batch = self.stream.batch(index)
        return tuple(torch.from_numpy(part) for part in (batch.pages, batch.boxes, batch.hits, batch.maps))


class Run:
    """A network in training with its optimiser and averaged weights, in a folder.

    It goes on where the folder's checkpoint is; a new one begins with the exported model `begin_with`, or
    with random weights. `labelled` pages are seen among the drawn ones.
    """

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        begin_with: Path | None = None,
        labelled: Sequence[TrainingPage] = (),
    ) -> None:
        if begin_with is not None:
            plan = replace(plan, begin_with=model_digest(begin_with))
        if labelled:
            plan = replace(plan, labelled=digest_of_pages(labelled))
        self.labelled = labelled
        self.folder, self.plan = folder, plan
        torch.manual_seed(plan.seed)
        self.network = FinderNetwork(plan.widths)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, betas=BETAS
        )
        self.progress = Progress()
        resumed = (folder / CHECKPOINT).exists()
        if begin_with is not None and not resumed:
            first = self._batches(0, MEASURED)
            load_exported(self.network, begin_with, (pages.float() for pages, *_ in first))
        self.averaged = copy.deepcopy(self.network.state_dict())
        if resumed:
            self._resume()

    def _resume(self) -> None:
        state = torch.load(self.folder / CHECKPOINT, weights_only=True)
        began, asked = Plan(**_tuples(state["plan"])), self.plan
        step = state["progress"]["step"]
        if not began.same_until(asked, step):
            raise UsageError(
                f"{self.folder / CHECKPOINT}: was trained by another plan ({began}); "
                "use the same numbers, or another folder."
            )
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.averaged = state["averaged"]
        self.progress = Progress(**state["progress"])

    def save(self) -> None:
        """Write the checkpoint; the old one stays until the new one is whole."""
        state = {
            "plan": asdict(self.plan),
            "progress": asdict(self.progress),
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "averaged": self.averaged,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{CHECKPOINT}.part"
        torch.save(state, part)
        os.replace(part, self.folder / CHECKPOINT)
        (self.folder / "progress.json").write_text(json.dumps(asdict(self.progress), indent=1) + "\n")

    def train(self, report: Callable[[Progress], None] | None = None, *, until: int | None = None) -> None:
        """Train to the end of the plan, or to step `until`; the checkpoint is written now and then."""
        last = min(self.plan.steps, until or self.plan.steps)
        self._note_sources()
        began, before = time.monotonic(), self.progress.seconds
        for batch in self._batches(self.progress.step, last):
            self._step(batch)
            self.progress.seconds = before + time.monotonic() - began
            if report and self.progress.step % REPORT_EVERY == 0:
                report(self.progress)
            if self.progress.step % SAVE_EVERY == 0:
                self.save()
        self.save()

    def _note_sources(self) -> None:
        used = self.progress.sources
        if source_digest() != next(reversed(used.values()), None):
            used[str(self.progress.step)] = source_digest()

    def _batches(self, start: int, end: int) -> Iterator[tuple[Tensor, ...]]:
        """Batches start..end-1, drawn ahead in a process of their own, or, for FEW, in this one."""
        batches = _Batches(PageStream(self.plan.seed, self.labelled))
        if end - start < FEW:
            return (batches[index] for index in range(start, end))
        ahead = {"num_workers": 1, "prefetch_factor": 8}
        return iter(DataLoader(batches, batch_size=None, sampler=range(start, end), **ahead))  # type: ignore[arg-type]

    def _step(self, batch: tuple[Tensor, ...]) -> None:
        pages, boxes, hits, maps = batch
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate(self.progress.step)
        # bfloat16 halves the time; the loss is in float32.
        with torch.autocast("cpu", torch.bfloat16):
            answer = self.network(pages.float().contiguous(memory_format=torch.channels_last))
        loss, parts = finder_loss(answer, boxes, hits, maps)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        self.progress.step += 1
        self.progress.pages += len(pages)
        self._average()
        for name, value in parts.items():
            self.progress.losses[name] = self.progress.losses.get(name, value) * 0.98 + value * 0.02

    def _average(self) -> None:
        keep = min(AVERAGED, self.progress.step / (self.progress.step + 30))
        for name, value in self.network.state_dict().items():
            if value.dtype.is_floating_point:
                self.averaged[name].mul_(keep).add_(value, alpha=1 - keep)
            else:
                self.averaged[name].copy_(value)


def _tuples(plan: dict[str, Any]) -> dict[str, Any]:
    return plan | {"widths": tuple(plan["widths"])}
