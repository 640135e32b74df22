"""Stored features survive what may happen to a writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from alignment.errors import DamagedWorkspaceError, NotFiniteError
from alignment.features.store import FeatureStore

RECIPE = {"model": "m", "crops": {"count": 2}}


def made(keys: list[str]) -> np.ndarray:
    return np.stack([np.full((3, 4), sum(key.encode()), dtype=np.float32) for key in keys])


def open_store(root: Path, recipe: dict[str, object] = RECIPE) -> FeatureStore:
    return FeatureStore(root, recipe, per_key=3, dim=4)


def test_what_was_added_is_read_by_whoever_opens_it_next(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add(["a", "b"], made(["a", "b"]))
    store.add(["b", "c"], np.concatenate([made(["b"]) + 9, made(["c"])]))
    again = open_store(tmp_path)
    assert len(again) == 3
    assert again.missing(["c", "x", "a", "x"]) == ["x"]
    assert (again.read(["c", "a", "b"]) == made(["c", "a", "b"])).all()
    assert (again.mapped()[again.place("b")] == made(["b"])[0]).all()


def test_recipes_do_not_mix(tmp_path: Path) -> None:
    open_store(tmp_path).add(["a"], made(["a"]))
    assert "a" not in open_store(tmp_path, {"model": "m", "crops": {"count": 3}})
    assert "a" not in open_store(tmp_path, {"model": "n", "crops": {"count": 2}})
    assert "a" in open_store(tmp_path, {"crops": {"count": 2}, "model": "m"})


@pytest.mark.parametrize("cut", [0, 1, 30, 47])
def test_vectors_that_no_line_names_are_written_over(tmp_path: Path, cut: int) -> None:
    store = open_store(tmp_path)
    store.add(["a"], made(["a"]))
    with (store.folder / "vectors.f32").open("ab") as file:
        file.write(b"\xff" * cut)
    again = open_store(tmp_path)
    again.add(["b"], made(["b"]))
    assert (open_store(tmp_path).read(["a", "b"]) == made(["a", "b"])).all()


def test_half_a_line_names_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add(["a"], made(["a"]))
    with (store.folder / "vectors.f32").open("ab") as file:
        file.write(made(["long"]).tobytes())
    with (store.folder / "index.txt").open("ab") as file:
        file.write("雲ke".encode()[:4])
    again = open_store(tmp_path)
    assert len(again) == 1
    again.add(["b"], made(["b"]))
    assert (open_store(tmp_path).read(["a", "b"]) == made(["a", "b"])).all()


def test_an_index_without_its_vectors_is_damage(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add(["a", "b"], made(["a", "b"]))
    os.truncate(store.folder / "vectors.f32", 60)
    with pytest.raises(DamagedWorkspaceError, match="delete the folder"):
        open_store(tmp_path)


def test_two_writers_take_turns(tmp_path: Path) -> None:
    one, two = open_store(tmp_path), open_store(tmp_path)
    one.add(["a"], made(["a"]))
    two.add(["b", "a"], made(["b", "a"]))
    one.add(["c"], made(["c"]))
    assert (open_store(tmp_path).read(["a", "b", "c"]) == made(["a", "b", "c"])).all()


def test_what_is_no_feature_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(NotFiniteError, match="its weights are damaged or its training diverged; try another"):
        store.add(["a"], np.full((1, 3, 4), np.nan, dtype=np.float32))
    assert "a" not in store
    with pytest.raises(ValueError, match=r"\(1, 2, 4\) is not \[1, 3, 4\]"):
        store.add(["a"], np.zeros((1, 2, 4), dtype=np.float32))
    with pytest.raises(ValueError, match="white space"):
        store.add(["a b"], made(["a"]))


def test_a_writer_killed_at_any_moment_leaves_a_sound_store(tmp_path: Path) -> None:
    code = (
        "import sys, itertools; from tests.alignment.features.test_store import open_store, made; "
        "from pathlib import Path; store = open_store(Path(sys.argv[1]));\n"
        "for n in itertools.count(len(store)): store.add([f'k{n}', f'x{n}'], made([f'k{n}', f'x{n}']))"
    )
    for _ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
        before = _size(tmp_path)
        while _size(tmp_path) <= before + 200:
            assert writer.poll() is None
            time.sleep(0.02)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        store = open_store(tmp_path)
        keys = [key for n in range(5000) for key in (f"k{n}", f"x{n}") if key in store]
        assert len(keys) == len(store) > 0
        assert (store.read(keys) == made(keys)).all()


def _size(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("vectors.f32"))


OPEN_AT_ONCE = """
import sys, time
from pathlib import Path
from alignment.features.store import FeatureStore

print("ready", flush=True)
sys.stdin.readline()
for number in range(200):
    FeatureStore(Path(sys.argv[1]) / str(number), {"model": "m"}, per_key=3, dim=4)
"""


def test_processes_that_open_a_new_store_together_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_AT_ONCE, str(tmp_path)]
    openers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for opener in openers:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        _, faults = opener.communicate(timeout=120)
        assert opener.returncode == 0, faults


@pytest.mark.parametrize("name", ["vectors.f32", "index.txt"])
def test_no_flipped_bit_is_believed(name: str, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add(["a", "b"], made(["a", "b"]))
    path = store.folder / name
    sound = path.read_bytes()
    for place in range(len(sound)):
        for bit in range(8):
            data = bytearray(sound)
            data[place] ^= 1 << bit
            path.write_bytes(data)
            try:
                again = open_store(tmp_path)
                found = {key: again.read([key])[0] for key in ("a", "b") if key in again}
            except DamagedWorkspaceError:
                continue
            # A key that was changed is computed again; one that was not has its own vectors.
            assert all((vectors == made([key])[0]).all() for key, vectors in found.items())
            assert name == "index.txt"
            assert len(found) < 2
