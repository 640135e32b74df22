"""tuwen audit: how many pairs of a version are right, measured on a sample that a person looks at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractors.errors import UsageError
from flows.commands.options import (
    DatasetOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    dataset_home,
    print_json,
)
from flows.output import print_lines

if TYPE_CHECKING:
    from dataset_cards.audit import AuditResult


def audit(
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="Draw N pairs and write their page.")
    ] = None,
    read: Annotated[
        Path | None, typer.Option("--read", metavar="FILE", help="Keep what a person marked on the page.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the precision that was measured.")] = False,
    version: Annotated[
        str | None, typer.Option("--version", metavar="vNNNN", help="A version; else the current one.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed draws another sample.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the page goes; else below audits/.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    dataset: DatasetOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how many pairs are right.

    --sample writes a page that works without a server; a person marks each pair right or wrong and saves a
    small file; --read keeps it beside the versions; --show prints precision with its 95% interval. The next
    build publishes a version whose card quotes it.

    \b
    Examples:
      tuwen audit --sample 200 -w ~/heritage
      tuwen audit --read ~/Downloads/silk-v0003-audit-200-0.json -w ~/heritage
      tuwen audit --show -w ~/heritage
    """
    if (sample is not None) + (read is not None) + show != 1:
        raise UsageError("say one of --sample N, --read FILE and --show")
    home = dataset_home(workspace, dataset, overrides)
    if sample is not None:
        _draw(home, sample, version, seed, out, as_json)
    elif read is not None:
        _keep(home, read, as_json)
    else:
        _show(home, version, as_json)


def _draw(home: Path, size: int, version: str | None, seed: int, out: Path | None, as_json: bool) -> None:
    from dataset_cards.audit import AUDITS, draw_sample
    from dataset_cards.export import find_version
    from dataset_cards.report.audit_page import write_audit_page

    version_dir = find_version(home, version)
    drawn = draw_sample(version_dir, size, seed)
    path = out or home / AUDITS / f"{drawn.version}-{size}-{seed}.html"
    write_audit_page(drawn, version_dir, path)
    if as_json:
        print_json({"page": path, "version": drawn.version, "pairs": len(drawn.pairs)})
    else:
        print_lines(f"{len(drawn.pairs)} pairs of {drawn.dataset} {drawn.version}: open {path} in a browser")


def _keep(home: Path, path: Path, as_json: bool) -> None:
    from dataset_cards.audit import store_audit

    result, place = store_audit(path, home)
    if as_json:
        print_json({"kept": place, **_as_json(result)})
    else:
        print_lines(
            *_lines(result), f"kept as {place}; `tuwen build` publishes a version whose card quotes it"
        )


def _show(home: Path, version: str | None, as_json: bool) -> None:
    from dataset_cards.audit import read_audit

    result = read_audit(home, version)
    if as_json:
        print_json(_as_json(result) if result else None)
    elif result is None:
        print_lines("not reviewed: no audit was read; tuwen audit --sample 200 draws one")
    else:
        print_lines(*_lines(result))


def _as_json(result: AuditResult) -> dict[str, Any]:
    low, high = result.interval()
    strata = []
    for stratum in result.strata:
        bounds = stratum.interval()
        strata.append(stratum.model_dump() | {"precision": stratum.precision, "interval": bounds})
    return {
        "dataset": result.dataset,
        "version": result.version,
        "sampled": result.sampled,
        "right": result.right,
        "wrong": result.wrong,
        "precision": result.precision,
        "interval": (low, high),
        "strata": strata,
    }


def _lines(result: AuditResult) -> list[str]:
    decided = result.right + result.wrong
    lines = [
        f"{result.dataset} {result.version}: {decided} of {result.sampled} judged, {result.right} right",
        f"{'':18} {'pairs':>8} {'judged':>7} {'right':>6}  precision (95%)",
    ]
    for stratum in result.strata:
        judged = stratum.right + stratum.wrong
        lines.append(
            f"{stratum.kind + ' ' + stratum.band:18} {stratum.pairs:>8} {judged:>7} {stratum.right:>6}  "
            + _precision(stratum.precision, stratum.interval())
        )
    total = sum(stratum.pairs for stratum in result.strata)
    overall = _precision(result.precision, result.interval())
    return [*lines, f"{'all, weighted':18} {total:>8} {decided:>7} {result.right:>6}  {overall}"]


def _precision(share: float | None, interval: tuple[float, float]) -> str:
    if share is None:
        return "–"
    return f"{share:.3f} ({interval[0]:.3f}–{interval[1]:.3f})"
