"""A bit flipped in each kind of file of a workspace: is it named, does it heal, is it believed?

    python -m tests.benchmarks.flip_bits

After each flip `verify` looks; then a book is added and the next version is built. The flip was believed when
that version is not the one that a sound workspace gives. Then `verify --repair` is to restore every byte.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dataset_cards.audit import AuditResult
from dataset_cards.review.corrections import append, decide
from dataset_cards.sums import SUMS, write_sums
from dataset_cards.verify import read_current, read_manifest
from extractors.checked_json import write_checked
from extractors.errors import TuwenError
from flows.ledger import Ledger
from flows.repair import repair_workspace
from flows.verify import verify_workspace
from tests.benchmarks.kill_builds import copy
from tests.flows.plain_build import contents, in_child, plain_build
from tests.flows.tiny_books import draw_book, quick_settings

SETTINGS = quick_settings()
PLACES = (0.02, 0.5, 0.98)
"""Where in a file a bit is flipped."""
WIDTH = 26
NEXT = "v0003"
MODEL, RESULT = "full-tiny-v0001", "0123456789abcdef"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        start = Path(name) / "start"
        for seed in (1, 2):
            draw_book(start / "books" / f"book{seed}.pdf", seed=seed)
        in_child(lambda: plain_build(start, SETTINGS))
        add_records(start)
        in_child(lambda: plain_build(start, SETTINGS))  # a version that knows the audit and the decision
        sound = copy(start, Path(name) / "sound")
        next_version(sound)
        expected = contents(sound)
        before = contents(start)
        print(f"{'file':{WIDTH}} named    next version        repaired")
        for kind, path in kinds(start):
            for place in PLACES:
                root = copy(start, Path(name) / "work")
                in_child(lambda root=root: plain_build(root, SETTINGS))  # its files have other inodes
                flip(root / path, place)
                # A changed list of checksums is named by the file that it no longer fits.
                names = (path.parent.name, path.name) if path.name == SUMS else (path.name,)
                named = any(name in line for line in verify_workspace(root).problems for name in names)
                repaired = copy(root, Path(name) / "repaired")
                outcome = built(lambda root=root: next_version(root), root, expected)
                again = built(lambda root=repaired: repair(root), repaired, before)
                print(f"{kind:{WIDTH}} {'yes' if named else 'no ':7}  {outcome:18}  {again}", flush=True)


def kinds(root: Path) -> Iterator[tuple[str, Path]]:
    """One file of each kind, by its path in the workspace."""
    version = read_current(root / "datasets" / "tiny")
    objects = sorted((root / "objects").glob("??/*"))
    beginnings = {"crop": b"\x89PNG", "preview": b"\xff\xd8", "stage result": b"{"}
    found = [
        *((kind, next(p for p in objects if p.read_bytes().startswith(b))) for kind, b in beginnings.items()),
        *((f"{s} manifest", next((root / "extracted").glob(f"*/{s}-*.json"))) for s in ("pages", "pairs")),
        ("index of the shelf", root / "extracted" / "shelf.json"),
        ("CURRENT", version.parent / "CURRENT"),
    ]
    found += [
        ("ledger", next((root / "runs").glob("*/events.jsonl"))),
        ("audit", next(version.parent.glob("audits/*.json"))),
        ("corrections", root / "corrections.jsonl"),
        *((f"model: {path.name}", path) for path in sorted((root / "models" / MODEL).iterdir())),
        *((f"benchmark: {path.name}", path) for path in sorted((root / "benchmarks" / RESULT).iterdir())),
        *((f"export: {path.name}", path) for path in sorted((root / "exports").glob("*/csv/*"))),
    ]
    files = [path for path in sorted(version.rglob("*")) if path.is_file() and path.stat().st_size]
    by_ending = {path.suffix or path.name: path for path in files}
    found += [(f"version: {ending}", path) for ending, path in sorted(by_ending.items())]
    found.append(("version: manifest.json", version / "manifest.json"))
    yield from ((kind, path.relative_to(root)) for kind, path in found)


def add_records(root: Path) -> None:
    """What builds do not write: an audit, a decision, a model, a benchmark, an export, an event."""
    version = read_current(root / "datasets" / "tiny")
    digest = read_manifest(version)["digest"]
    counts = {"pairs": 9, "sampled": 1, "right": 1, "wrong": 0, "skipped": 0}
    audit = {"dataset": "tiny", "version": "v0001", "digest": digest, "size": 1, "seed": 0, "decisions": {}}
    strata = [{"kind": "photo", "band": "high", **counts}]
    result = AuditResult.model_validate(audit | {"strata": strata})
    write_checked(version.parent / "audits" / "v0001-20-0.json", result.model_dump(mode="json"))
    append(root / "corrections.jsonl", decide("page_done", who="陈", book="ab" * 32, page=1))
    Ledger(root / "runs").add("finished", outcome="published", version="v0001")
    model, measured = root / "models" / MODEL, root / "benchmarks" / RESULT
    exported = root / "exports" / version.name / "csv"
    made = ((model, "checkpoint.pt"), (model, "settings.json"), (measured, "index.html"), (exported, "a.csv"))
    for folder, name in made:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"as it was written\n" * 20)
    for folder in (model, measured, exported):
        write_sums(folder)
    write_checked(measured / "result.json", {"format": 3, "MR6": 41.5})


def flip(path: Path, place: float) -> None:
    """Flip a bit of the file, through all its names."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        at = int(os.fstat(file.fileno()).st_size * place)
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def next_version(root: Path) -> None:
    """Build with a book more."""
    draw_book(root / "books" / "book3.pdf", seed=3)
    plain_build(root, SETTINGS)


def repair(root: Path) -> None:
    repair_workspace(root, SETTINGS)


def built(work: Callable[[], None], root: Path, expected: dict[str, str]) -> str:
    """What `work` came to: refused with a message, the expected files, or others."""
    try:
        work()
    except TuwenError as error:
        return f"refused ({type(error).__name__})"
    found = contents(root)
    ours = {path: sha for path, sha in found.items() if path in expected}
    wrong = [path for path in expected if ours.get(path) != expected[path]]
    newest = [path for path in wrong if f"/{NEXT}/" in path]
    if newest:
        return f"BELIEVED: {newest[0]}"
    return "same bytes" if not wrong else f"sound; {len(wrong)} old file damaged"


if __name__ == "__main__":
    main()
