"""A build killed with SIGKILL at 100 steps, half of them while publishing: the next gives the same bytes.

    python -m tests.benchmarks.kill_builds [POINTS]

A step is a call by which a build changes the disk (fsync, replace, link, mkdir, unlink, chmod …), counted in
the process that builds; it is killed before the chosen step. The second version adds a book of two pages.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from flows.verify import verify_workspace
from tests.flows.plain_build import contents, in_child, plain_build
from tests.flows.tiny_books import draw_book, quick_settings

SETTINGS = quick_settings()


def main() -> None:
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        published = top / "published"
        draw_book(published / "books" / "book1.pdf", seed=1)
        in_child(lambda: plain_build(published, SETTINGS))
        extracted = copy(published, top / "extracted")
        draw_book(extracted / "books" / "book2.pdf", seed=2)
        waiting = copy(extracted, top / "waiting")
        in_child(lambda: plain_build(extracted, SETTINGS, publish=False))
        for what, start in (("extracting", waiting), ("publishing", extracted)):
            found = Counter(kill_at_points(start, top / "work", points // 2))
            print(f"{what}: {sum(found.values())} kills: {dict(found)}")


def copy(source: Path, target: Path) -> Path:
    """The workspace with its hard links."""
    shutil.rmtree(target, ignore_errors=True)
    linked: dict[int, Path] = {}

    def place(old: str, new: str) -> None:
        inode = Path(old).stat().st_ino
        if inode in linked:
            Path(new).hardlink_to(linked[inode])
        else:
            shutil.copy2(old, new)
            linked[inode] = Path(new)

    shutil.copytree(source, target, copy_function=place)
    return target


def kill_at_points(start: Path, work: Path, points: int) -> list[str]:
    """What became of each kill: "same bytes", or what was wrong."""
    publish = start.name == "extracted"
    whole = copy(start, work.with_name("whole"))
    _, steps = in_child(lambda: plain_build(whole, SETTINGS, publish=publish))
    _, more = in_child(lambda: plain_build(whole, SETTINGS))
    expected = contents(whole)
    print(f"{start.name}: {steps} steps, {more} in the next build, {len(expected)} files")
    found = []
    for number in range(points):
        root = copy(start, work)
        step = (2 * number + 1) * steps // (2 * points)
        killed, _ = in_child(lambda root=root: plain_build(root, SETTINGS, publish=publish), steps=step)
        in_child(lambda root=root: plain_build(root, SETTINGS))
        problems = verify_workspace(root).problems
        same = contents(root) == expected
        verdict = "same bytes" if same and not problems else f"step {step}: {problems or 'other bytes'}"
        found.append(verdict if killed else f"step {step}: not killed")
    return found


if __name__ == "__main__":
    main()
