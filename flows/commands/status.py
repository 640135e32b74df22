"""tuwen demo, status, verify, doctor: a first look, and looking after a workspace."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import DAMAGED_WORKSPACE, MISSING_DEPENDENCY, OK
from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings
from flows.output import print_lines
from flows.report import counted, split_counts

if TYPE_CHECKING:
    from flows.status import Status

# Names in one line of `tuwen status`; --json has them all.
BOOKS_NAMED = 3


def demo(
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="Folder to make the demo in.")] = Path(
        "demo"
    ),
) -> None:
    """Everything end to end on books drawn by the demo itself.

    Needs no network and no book of yours; run again, it says that nothing is new.

    \b
    Examples:
      tuwen demo
      tuwen demo -w /tmp/tuwen-demo
    """
    from flows.demo import run_demo
    from flows.interrupt import run_interruptible
    from flows.progress import display
    from flows.rebuild import BuildReport

    def work() -> BuildReport:
        with display():
            return run_demo(workspace)

    report = run_interruptible(work)
    print_lines(*report.lines())
    if report.path is not None:
        root = workspace.resolve()
        print_lines(
            "",
            "Where to look",
            f"  pictures with their texts   {report.path}/report/index.html (open it in a browser)",
            f"  the dataset card            {report.path}/README.md",
            f"  the table                   datasets.load_dataset('{report.path}')",
            f"  the books that were read    {root}/books",
            f"  what their pages truly hold {root}/truth",
            f"  what was seen on a page     {_command()} inspect {root}/books/silk_catalogue.pdf --page 3",
        )
    raise typer.Exit(report.exit_code)


def _command() -> str:
    """The command as it was called, so that what is printed can be pasted."""
    return sys.argv[0] if Path(sys.argv[0]).name == "tuwen" else "tuwen"


def status(
    workspace: WorkspaceOption = Path(), overrides: SetOption = None, as_json: JsonOption = False
) -> None:
    """What was built, what failed and why, what comes next.

    \b
    Examples:
      tuwen status -w ~/heritage
      tuwen status -w ~/heritage --json
    """
    from flows.status import read_status

    found = read_status(workspace, workspace_settings(workspace, overrides))
    if as_json:
        print_json(asdict(found))
    else:
        print_lines(*_status_lines(found))


def verify(
    workspace: WorkspaceOption = Path(),
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Restore what is damaged from a sound copy, or make it again."),
    ] = False,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every stored file with what was written.

    Reads every byte; exit code 8 when something is damaged, and its name.

    \b
    Examples:
      tuwen verify -w ~/heritage
      tuwen verify -w ~/heritage --repair
      tuwen verify -w ~/heritage --json
    """
    from flows.verify import verify_workspace

    if repair:
        from flows.repair import repair_workspace

        check = repair_workspace(workspace, workspace_settings(workspace, overrides))
    else:
        check = verify_workspace(workspace)
    if as_json:
        print_json(asdict(check))
    else:
        for problem in check.problems:
            print_lines(f"✗ {problem}")
        for name in check.unchecked:
            print_lines(f"· {name}: without checksums, as an earlier program wrote it; not checked")
        verdict = f"{len(check.problems)} damaged" if check.problems else "all sound"
        print_lines(
            f"{check.objects} objects, {check.manifests} manifests, {check.versions} versions: {verdict}"
        )
    raise typer.Exit(DAMAGED_WORKSPACE if check.problems else OK)


def doctor(
    workspace: WorkspaceOption = Path(), overrides: SetOption = None, as_json: JsonOption = False
) -> None:
    """Whether this machine has what is needed.

    Packages, OCR engines, a Chinese font, room on the disk, the workspace's lock.

    \b
    Examples:
      tuwen doctor
      tuwen doctor -w ~/heritage --json
    """
    from flows.doctor import examine

    findings = examine(workspace, workspace_settings(workspace, overrides))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print_lines(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.detail}")
    raise typer.Exit(OK if all(finding.ok for finding in findings) else MISSING_DEPENDENCY)


def _status_lines(found: Status) -> list[str]:
    lines = ["version: none yet; `tuwen build` makes the first"]
    if counts := found.counts:
        lines = [
            f"version: {found.version}, {counts['pairs']} pairs ({split_counts(counts)}) in {found.path}"
        ]
    lines += [f"busy: process {found.busy} is building"] if found.busy is not None else []
    lines += ["", f"books: {len(found.books) + len(found.waiting) + len(found.unreadable)}"]
    for book in found.books:
        lines += [f"  {line}" for line in book.lines()]
    lines += [f"  … {name}: new, the next build extracts it" for name in found.waiting]
    lines += [f"  ✗ {name or 'books/'}: {why} [no-access]" for name, why in found.unreadable]
    lines += [f"  = {name}: the same file as {same}" for name, same in found.duplicates]
    lines += [f"  - {name}: skipped, {why}" for name, why in found.skipped]
    lines += _news_lines(found)
    lines += _rights_lines(found)
    lines += ["", "last runs:" if found.runs else "last runs: none"]
    for run in found.runs:
        last = run.events[-1] if run.events else {}
        note = last.get("reason") or last.get("version") or ""
        lines.append(f"  {run.started}  {run.outcome}  {note}".rstrip())
    return lines


def _news_lines(found: Status) -> list[str]:
    """What the next build will publish besides new books."""
    if found.version is None or found.is_current or found.waiting:
        return []
    if found.decisions:
        return ["", f"next build: {counted(found.decisions, 'decision')} of people since {found.version}"]
    return [
        "",
        f"next build: publishes; books, audits, settings or the program are not those of {found.version}",
    ]


def _rights_lines(found: Status) -> list[str]:
    lines = [f"  ! {warning}" for warning in found.warnings]
    if count := len(found.without_rights):
        some = ", ".join(found.without_rights[:BOOKS_NAMED]) + (" …" if count > BOOKS_NAMED else "")
        lines.append(f"rights: not stated for {count} of the books: {some}; state them in books.toml")
    return ["", *lines] if lines else []
