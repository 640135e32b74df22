"""The digest of a stage's code follows what the code does, and nothing else."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.code_digest import DECIDING, INDIFFERENT, PACKAGES, ROOT, code_digest, code_files

PAGES, VERSIONS = "extractors.book_pages", "dataset_cards.version"
SITE_PACKAGES = [path for path in sys.path if path.endswith("site-packages")]
ASK = "import sys; from extractors.code_digest import code_digest; print(code_digest(*sys.argv[1:]))"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the program, to be changed."""
    copy = tmp_path / "program"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def digest(tree: Path, *modules: str, python: str = sys.executable, before: str = "", cwd: str = "/") -> str:
    """What the program in `tree` says of its modules; `before` comes first on the search path."""
    path = os.pathsep.join(filter(None, [before, str(tree), *SITE_PACKAGES]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-c", ASK, *modules]
    done = subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")


CONSTANTS = {
    "extractors/page.py": ("GOOD_TEXT = 0.75", "GOOD_TEXT = 10.75"),
    "extractors/geometry.py": ("return ", "return +"),
    "extractors/ocr/rapid.py": ("import", "import sys\nimport"),
    "extractors/grammar/words.toml": ("\n", "\n\n"),
    "extractors/__init__.py": ("from extractors", "import os\nfrom extractors"),
}
"""By file: what it holds, and what it shall hold. rapid.py is imported inside a function only."""


@pytest.mark.parametrize("file", CONSTANTS)
def test_a_change_anywhere_in_what_a_stage_runs_changes_its_digest(file: str, tree: Path) -> None:
    before = code_digest(PAGES)
    old, new = CONSTANTS[file]
    edit(tree / file, lambda text: new.join(text.rsplit(old, 1) if "return" in old else text.split(old, 1)))
    assert digest(tree, PAGES) != before


def test_comments_docstrings_and_layout_change_nothing(tree: Path) -> None:
    before = code_digest(PAGES)
    for path in (
        tree / "extractors/page.py",
        tree / "extractors/geometry.py",
        tree / "extractors/__init__.py",
    ):
        parsed = ast.parse(path.read_bytes())
        # Unparsed, all comments go, lines are broken and quotes set otherwise.
        edit(path, lambda _text, parsed=parsed: f"# a note\n{ast.unparse(parsed)}\n")
        edit(path, lambda text: re.sub(r'^(""")', r"\1Another word. ", text, count=1, flags=re.M))
    edit(
        tree / "extractors/page.py",
        lambda text: re.sub(r'^(\s+""")(?=\w)', r"\1Yes: ", text, count=1, flags=re.M),
    )
    assert digest(tree, PAGES) == before


def test_code_that_only_type_checkers_read_changes_nothing(tree: Path) -> None:
    before = code_digest(PAGES)
    edit(
        tree / "extractors/page.py",
        lambda text: text + "\nfrom typing import TYPE_CHECKING\n",
    )
    with_import = digest(tree, PAGES)
    edit(
        tree / "extractors/page.py",
        lambda text: text + "\nif TYPE_CHECKING:\n    from extractors.overlay import draw_page\n",
    )
    assert before != with_import == digest(tree, PAGES)


def test_a_stage_does_not_depend_on_what_it_does_not_run(tree: Path) -> None:
    pages, pairs, versions = (code_digest(name) for name in (PAGES, "extractors.book_pairs", VERSIONS))
    edit(tree / "dataset_cards/report/gallery.css", lambda text: text + "\nbody { margin: 0 }\n")
    assert digest(tree, VERSIONS) != versions
    assert (digest(tree, PAGES), digest(tree, "extractors.book_pairs")) == (pages, pairs)
    edit(tree / "extractors/pairing/solve.py", lambda text: text + "\nANOTHER = 1\n")
    assert digest(tree, "extractors.book_pairs") != pairs
    assert digest(tree, PAGES) == pages


def test_the_version_of_a_library_that_decides_counts_and_no_other(tree: Path, tmp_path: Path) -> None:
    before = code_digest(PAGES)
    for name, counts in (("pymupdf", True), ("pydantic", False)):
        newer = tmp_path / name
        (newer / f"{name}-99.0.dist-info").mkdir(parents=True)
        (newer / f"{name}-99.0.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: 99.0\n")
        assert (digest(tree, PAGES, before=str(newer)) != before) is counts


def test_the_digest_is_the_same_in_any_folder_and_process(tree: Path, tmp_path: Path) -> None:
    assert code_digest(PAGES, VERSIONS) == digest(tree, PAGES, VERSIONS, cwd=str(tmp_path))


@pytest.mark.parametrize("python", ["python3.11", "python3.12"])
def test_the_digest_is_the_same_for_every_supported_python(python: str) -> None:
    path = shutil.which(python)
    if path is None or subprocess.run([path, "-V"], capture_output=True).returncode:
        pytest.skip(f"{python} is not installed")
    modules = [name for name in everything() if not name.startswith("flows")]
    assert digest(ROOT, *modules, python=path) == code_digest(*modules)


def test_a_module_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match=r"extractors\.bok is no module"):
        code_digest("extractors.bok")


def test_every_library_is_known_to_decide_or_not() -> None:
    """A new import has to be put into one of the two tables."""
    imported = set()
    for path in code_files(*everything()).values():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).partition(".")[0])
    others = imported - set(sys.stdlib_module_names) - set(PACKAGES)
    assert others <= set(DECIDING) | INDIFFERENT
    assert set(DECIDING) <= others


def everything() -> list[str]:
    """The name of every module of the program."""
    paths = [
        path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    ]
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
