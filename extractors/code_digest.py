"""The version of a stage, derived from the code that it runs: no result outlives the code that made it.

`code_digest` covers the modules it is given and all modules of this program that they import, inside
functions too: their statements and constants, but not comments, docstrings and layout. It also covers the
files beside those modules that are not Python (word lists, networks, page templates) and the versions of the
libraries that decide results. It is the same on every machine, in every folder, for each supported Python.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from extractors.durable import file_sha256

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds the packages of this program."""
PACKAGES = ("alignment", "dataset_cards", "extractors", "flows")

DECIDING = {
    "PIL": ("pillow",),
    "cn_clip": ("cn_clip",),
    "cv2": ("opencv-python-headless",),
    "imagehash": ("imagehash",),
    "jinja2": ("jinja2",),
    "matplotlib": ("matplotlib",),
    "mlcroissant": ("mlcroissant",),
    "numpy": ("numpy",),
    "onnxruntime": ("onnxruntime",),
    "opencc": ("opencc",),
    "paddleocr": ("paddleocr", "paddlex"),
    "pyarrow": ("pyarrow",),
    "pymupdf": ("pymupdf",),
    "rapidfuzz": ("rapidfuzz",),
    "rapidocr": ("rapidocr",),
    "scipy": ("scipy",),
    "shapely": ("shapely",),
    "torch": ("torch",),
    "transformers": ("transformers",),
}
"""Imported name -> the packages whose versions count: another one may read, cut, score or write otherwise."""
INDIFFERENT = frozenset(
    {
        "anyio",
        "accelerate",  # places tensors on devices
        "google",  # protobuf: reads the file of a network
        "faiss",  # finds what an exhaustive search finds
        "httpx",  # carries questions to a service, whose answers are kept
        "httpx2",
        "huggingface_hub",  # downloads weights and writes the head of a card
        "lmdb",  # stores bytes
        "onnx",  # reads and writes the file of a network
        "prefect",
        "prefect_dask",
        "psutil",  # measures memory
        "pydantic",  # checks settings
        "rich",
        "safetensors",  # stores weights
        "starlette",
        "tensorboard",
        "tokenizers",  # writes a tokenizer for others
        "typer",
        "uvicorn",
        "webdataset",
    }
)
"""Libraries whose versions do not change what a stage makes."""

# What the syntax tree holds besides meaning, or holds in some versions of Python only.
_NOT_MEANING = frozenset({"ctx", "kind", "type_comment", "type_ignores", "type_params"})


def code_digest(*modules: str) -> str:
    """The SHA-256, in hexadecimal, over the code that `modules` run, such as "extractors.book_pages"."""
    digest = hashlib.sha256()
    for line in _parts(modules):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


@functools.cache
def _parts(modules: tuple[str, ...]) -> tuple[str, ...]:
    """One line for each module, file and library that counts; read once a process, as the code itself is."""
    code = code_files(*modules)
    lines = [f"{name} {_source(path).digest}" for name, path in code.items()]
    for folder in sorted({path.parent for path in code.values()}):
        lines += [f"{path.relative_to(ROOT).as_posix()} {file_sha256(path)}" for path in data_files(folder)]
    used = {name for path in code.values() for name in _source(path).imports}
    libraries = {library for name in used for library in DECIDING.get(name.partition(".")[0], ())}
    return (*lines, *(f"{library} {_installed(library)}" for library in sorted(libraries)))


def code_files(*modules: str) -> dict[str, Path]:
    """All modules of this program that `modules` import, and `modules`, with their files; sorted by name.

    Raises ValueError for a module that this program does not have.
    """
    found: dict[str, Path] = {}
    for module in modules:
        if _file_of(module) is None:
            raise ValueError(f"{module} is no module of this program")
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        waiting += _source(path).imports
        waiting.append(name.rpartition(".")[0])  # to import a module runs the package that holds it
    return dict(sorted(found.items()))


def data_files(folder: Path) -> Iterator[Path]:
    """The files of a package that are not Python, sorted; those of packages below it are not its own."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_dir() and not (path / "__init__.py").is_file():
            yield from data_files(path)
        elif path.is_file() and path.suffix != ".py":
            yield path


@dataclass(frozen=True, slots=True)
class _Source:
    digest: str
    imports: frozenset[str]
    """Dotted names; "from a import b" gives both a and a.b, which may be a module or not."""


@functools.cache
def _source(path: Path) -> _Source:
    tree = ast.parse(path.read_bytes())
    words: list[str] = []
    imports: set[str] = set()
    _Reader(words.append, imports, _package_of(path)).read(tree)
    digest = hashlib.sha256("\0".join(words).encode("ascii")).hexdigest()
    return _Source(digest, frozenset(imports))


class _Reader:
    """Spells out a syntax tree, and notes what it imports."""

    def __init__(self, add: Callable[[str], None], imports: set[str], package: str) -> None:
        self._add, self._imports, self._package = add, imports, package

    def read(self, node: ast.AST) -> None:
        """Spell `node`: its class, then its fields in their order."""
        add = self._add
        add(type(node).__name__)
        if isinstance(node, ast.Import):
            self._imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            self._note_from(node)
        for name in node._fields:
            if name in _NOT_MEANING:
                continue
            value = getattr(node, name, None)
            if isinstance(node, ast.JoinedStr):
                value = _joined(node)
            if isinstance(value, list):
                add("[")
                self._read_list(value)
                add("]")
            elif isinstance(value, ast.AST):
                self.read(value)
            else:
                add(ascii(value))

    def _read_list(self, values: list[object]) -> None:
        for value in values:
            if not isinstance(value, ast.AST):
                self._add(ascii(value))
            elif not (_is_text(value) or _is_for_type_checkers(value)):
                self.read(value)

    def _note_from(self, node: ast.ImportFrom) -> None:
        package = self._package.split(".")
        above = package[: len(package) - node.level + 1] if node.level else []
        module = ".".join([*above, *([node.module] if node.module else [])])
        self._imports.add(module)
        self._imports.update(f"{module}.{alias.name}" for alias in node.names)


def _joined(node: ast.JoinedStr) -> list[ast.expr]:
    """The parts of an f-string, its texts put together: versions of Python divide them differently."""
    parts: list[ast.expr] = []
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        parts += [ast.Constant(text), part]
        text = ""
    return [*parts, ast.Constant(text)]


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a mere string: a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_for_type_checkers(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _package_of(path: Path) -> str:
    return ".".join(path.parent.relative_to(ROOT).parts) if path.is_relative_to(ROOT) else ""


def _file_of(module: str) -> Path | None:
    """The file of a module of this program; None for any other name."""
    if module.partition(".")[0] not in PACKAGES:
        return None
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


def _installed(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "none"
