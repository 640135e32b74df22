"""Audits: a stratified sample of a version that a person marks right or wrong, and the precision it tells.

The page that shows the sample (`dataset_cards.report.audit_page`) writes a small file; `store_audit` keeps it
at datasets/<name>/audits/, beside the versions, which never change. docs/auditing.md describes the method.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.intervals import Z_95, stratified_wilson, wilson
from dataset_cards.reading import iter_rows
from dataset_cards.verify import is_version_name, read_manifest
from extractors.checked_json import load_marked, write_checked

__all__ = ["AuditResult", "Sample", "draw_sample", "read_audit", "store_audit", "wilson"]

Decision = Literal["right", "wrong", "skip"]
Band = Literal["low", "middle", "high"]

AUDITS = "audits"
# The bounds of confidence that the gallery colours by.
LOW, HIGH = 0.5, 0.8
# Pairs of a stratum looked at however small it is: fewer say nothing about it.
LEAST_PER_STRATUM = 5


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """Pairs of one kind and one band of confidence."""

    kind: str
    band: Band


@dataclass(frozen=True)
class Sample:
    """What a person is to look at: the same for the same version, size and seed."""

    dataset: str
    version: str
    digest: str
    """Of the version's manifest, so of every byte in it."""
    size: int
    """Pairs asked for; fewer are drawn only where the version holds fewer."""
    seed: int
    population: Mapping[Stratum, int]
    """Pairs of the version in each stratum."""
    pairs: Mapping[str, Stratum]
    """pair_id -> stratum, in the order of looking."""


class AuditFile(BaseModel):
    """What the page writes: whose sample it is, and a decision for each pair looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tuwen_audit: Literal[1]
    dataset: str
    version: str
    digest: str
    size: int = Field(ge=1)
    seed: int
    decisions: dict[str, Decision]


class StratumResult(BaseModel):
    """What an audit found in one stratum."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    band: Band
    pairs: int
    """In the version."""
    sampled: int
    right: int
    wrong: int
    skipped: int

    @property
    def precision(self) -> float | None:
        """right / (right + wrong); None where nothing was decided."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    def interval(self, z: float = Z_95) -> tuple[float, float]:
        """Wilson interval of the precision."""
        return wilson(self.right, self.right + self.wrong, z)


class AuditResult(BaseModel):
    """An audit as it is kept: the counts by stratum and every decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tuwen_audit: Literal[1] = 1
    dataset: str
    version: str
    digest: str
    size: int
    seed: int
    strata: tuple[StratumResult, ...]
    decisions: dict[str, Decision]

    @property
    def right(self) -> int:
        """Pairs marked right."""
        return sum(stratum.right for stratum in self.strata)

    @property
    def wrong(self) -> int:
        """Pairs marked wrong."""
        return sum(stratum.wrong for stratum in self.strata)

    @property
    def sampled(self) -> int:
        """Pairs drawn."""
        return sum(stratum.sampled for stratum in self.strata)

    @property
    def precision(self) -> float | None:
        """Share of right pairs in the version, strata weighted by their sizes; None: nothing decided."""
        return self._overall()[0]

    def interval(self, z: float = Z_95) -> tuple[float, float]:
        """Interval of `precision` (`stratified_wilson`)."""
        return self._overall(z)[1:]

    def _overall(self, z: float = Z_95) -> tuple[float | None, float, float]:
        return stratified_wilson([(s.pairs, s.right, s.right + s.wrong) for s in self.strata], z)


def band_of(confidence: float) -> Band:
    """The band a pair's confidence lies in."""
    return "low" if confidence < LOW else "middle" if confidence < HIGH else "high"


def draw_sample(version_dir: Path, size: int, seed: int = 0) -> Sample:
    """Draw `size` pairs by kind and confidence, each stratum in proportion and `LEAST_PER_STRATUM` at least.

    Within a stratum every pair is as likely as any other: those with the smallest hash of seed, version and
    pair_id are taken. Raises UsageError for a size below the number of strata.
    """
    manifest = read_manifest(version_dir)
    salt = f"{seed} {manifest['digest']} "
    shuffled = sorted(
        (
            hashlib.sha256((salt + row["pair_id"]).encode()).digest(),
            row["pair_id"],
            Stratum(row["kind"], band_of(row["confidence"])),
        )
        for row in iter_rows(version_dir, columns=["pair_id", "kind", "confidence"])
    )
    population = Counter(stratum for _, _, stratum in shuffled)
    left = allocate(population, size)
    pairs = {}
    for _, pair_id, stratum in shuffled:
        if left[stratum]:
            left[stratum] -= 1
            pairs[pair_id] = stratum
    return Sample(
        dataset=manifest["dataset"],
        version=manifest["version"],
        digest=manifest["digest"],
        size=size,
        seed=seed,
        population=dict(sorted(population.items())),
        pairs=pairs,
    )


def allocate(population: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """How many of each stratum to draw: in proportion, but `LEAST_PER_STRATUM` of each where `size` allows.

    A stratum never gives more than it has. Raises UsageError for a size below the number of strata.
    """
    if size < len(population):
        raise UsageError(
            f"the version has {len(population)} strata of kind and confidence: "
            f"a sample of {size} would leave some out; ask for --sample {len(population)} or more"
        )
    total = sum(population.values())
    least = min(LEAST_PER_STRATUM, size // max(1, len(population)))
    drawn = {stratum: min(least, count) for stratum, count in sorted(population.items())}
    while sum(drawn.values()) < min(size, total):
        lacking = (stratum for stratum in drawn if drawn[stratum] < population[stratum])
        # Whole numbers, so that no rounding decides; the first in order on a tie.
        drawn[max(lacking, key=lambda s: size * population[s] - drawn[s] * total)] += 1
    return drawn


def read_decisions(path: Path) -> AuditFile:
    """The file a reviewer's page wrote. Raises UsageError when it is not one."""
    try:
        return AuditFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{path} is not a file of an audit page: {place + ': ' if place else ''}{first['msg']}"
        ) from error


def judge(file: AuditFile, sample: Sample) -> AuditResult:
    """The decisions counted by stratum. Raises UsageError when they are not about this sample."""
    if file.digest != sample.digest:
        raise UsageError(
            f"the audit was made on other bytes than those of {sample.version}: it names {file.dataset} "
            f"{file.version} with digest {file.digest[:12]}, this version has {sample.digest[:12]}"
        )
    strange = sorted(set(file.decisions) - set(sample.pairs))
    if strange:
        raise UsageError(f"the audit decides on pairs that were not drawn: {', '.join(strange[:3])}")
    counts = Counter((stratum, file.decisions.get(pair_id)) for pair_id, stratum in sample.pairs.items())
    drawn = Counter(sample.pairs.values())
    strata = tuple(
        StratumResult(
            kind=stratum.kind,
            band=stratum.band,
            pairs=pairs,
            sampled=drawn[stratum],
            right=counts[stratum, "right"],
            wrong=counts[stratum, "wrong"],
            skipped=counts[stratum, "skip"],
        )
        for stratum, pairs in sample.population.items()
    )
    return AuditResult(
        dataset=sample.dataset,
        version=sample.version,
        digest=sample.digest,
        size=sample.size,
        seed=sample.seed,
        strata=strata,
        decisions=dict(sorted(file.decisions.items())),
    )


def store_audit(path: Path, dataset_dir: Path) -> tuple[AuditResult, Path]:
    """Keep the decisions of the file `path` with the dataset; the result and where it lies now.

    The sample is drawn again, so the file needs to be right about its version, size and seed. A later file of
    the same sample takes the place of an earlier one. Raises UsageError when the file is of no version here,
    or lacks a decision that was read before.
    """
    file = read_decisions(path)
    version_dir = dataset_dir / file.version
    if not is_version_name(file.version) or not version_dir.is_dir():
        raise UsageError(f"{path} is about {file.dataset} {file.version}, which is not in {dataset_dir}")
    result = judge(file, draw_sample(version_dir, file.size, file.seed))
    place = dataset_dir / AUDITS / f"{file.version}-{file.size}-{file.seed}.json"
    lost = set(_read(place).decisions) - set(file.decisions) if place.exists() else set()
    if lost:
        raise UsageError(
            f"{place} holds {len(lost)} decisions that {path} does not; "
            "finish the page, or delete the former to start over"
        )
    place.parent.mkdir(exist_ok=True)
    write_checked(place, result.model_dump(mode="json"))
    return result, place


def read_audit(dataset_dir: Path, version: str | None = None) -> AuditResult | None:
    """The audit to quote: of `version`, or else of the newest version that has one; None when there is none.

    Of several audits of one version, the one with the most decisions. Raises DamagedWorkspaceError when a
    stored audit cannot be read.
    """
    found = [_read(path) for path in sorted((dataset_dir / AUDITS).glob("v*.json"))]
    fitting = [audit for audit in found if version in (None, audit.version)]
    return max(fitting, key=lambda a: (int(a.version[1:]), a.right + a.wrong), default=None)


def _read(path: Path) -> AuditResult:
    try:
        return AuditResult.model_validate(load_marked(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(
            f"{path} cannot be read as an audit ({type(error).__name__}); read the reviewer's file again"
        ) from error
