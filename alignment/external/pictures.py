"""Pictures of external datasets: opened when they are needed, known by the hash of their bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from alignment.errors import BadDatasetError
from alignment.retrieval.gallery import Frames
from dataset_cards.files import file_sha256

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


class PictureFile:
    """A picture in a file of its own."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BadDatasetError(path, "this picture is named, but is not there")
        self.path, self.key = path, file_sha256(path)

    def frames(self) -> tuple[Image.Image, ...]:
        """The picture, in RGB."""
        return (_decoded(self.path.read_bytes(), str(self.path)),)


class FrameFolder:
    """The frames of a video, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES) if folder.is_dir() else []
        if not paths:
            raise BadDatasetError(
                folder, "holds no frames (.jpg or .png) of its video; add them, or take it out"
            )
        self._pictures = [PictureFile(path) for path in paths]
        self.key = hashlib.sha256("".join(p.key for p in self._pictures).encode()).hexdigest()

    def frames(self) -> tuple[Image.Image, ...]:
        """All frames, in RGB."""
        return tuple(picture.frames()[0] for picture in self._pictures)


class TsvPictures:
    """Pictures in a file of lines "id<TAB>base64"; only where each one stands is kept in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._keys: dict[str, str] = {}
        at = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                name, tab, data = line.rstrip(b"\r\n").partition(b"\t")
                if not tab:
                    raise BadDatasetError(path, f'line {number} is not "id<TAB>base64 of a picture"')
                image_id = name.decode("utf-8", "replace")
                self._places[image_id] = (at + len(name) + 1, len(data))
                self._keys[image_id] = hashlib.sha256(data).hexdigest()
                at += len(line)

    def __contains__(self, image_id: str) -> bool:
        return image_id in self._places

    def ids(self) -> Sequence[str]:
        """In the order of the file."""
        return list(self._places)

    def key(self, image_id: str) -> str:
        """The sha256 of the picture as it is written in the file."""
        return self._keys[image_id]

    def frames(self, image_id: str) -> Frames:
        """Opens one picture."""
        place, length = self._places[image_id]

        def opened() -> tuple[Image.Image, ...]:
            with self.path.open("rb") as file:
                file.seek(place)
                return _of_base64(file.read(length), self.path, image_id)

        return opened


class LmdbPictures:
    """Pictures in an LMDB database that holds id -> base64, as Chinese-CLIP's tools make it."""

    def __init__(self, folder: Path) -> None:
        import lmdb

        self.path = folder
        try:
            # Read alone: nothing is locked or written, as on a medium that cannot be written.
            self._database = lmdb.open(str(folder), readonly=True, lock=False)
        except lmdb.Error as error:
            raise BadDatasetError(folder, f"is no LMDB database that can be read: {error}") from error

    def __contains__(self, image_id: str) -> bool:
        return self._data(image_id) is not None

    def key(self, image_id: str) -> str:
        """The sha256 of the picture as it is written in the database."""
        return hashlib.sha256(self._data(image_id) or b"").hexdigest()

    def frames(self, image_id: str) -> Frames:
        """Opens one picture."""
        return lambda: _of_base64(self._data(image_id) or b"", self.path, image_id)

    def _data(self, image_id: str) -> bytes | None:
        with self._database.begin() as transaction:
            found: bytes | None = transaction.get(image_id.encode())
            return found


def _of_base64(data: bytes, path: Path, image_id: str) -> tuple[Image.Image, ...]:
    try:
        return (_decoded(base64.urlsafe_b64decode(data), f"{path}, picture {image_id}"),)
    except binascii.Error as error:
        raise BadDatasetError(path, f"picture {image_id} is not base64: {error}") from error


def text_of(path: Path) -> str:
    """What a text file holds. Raises BadDatasetError for one that is not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDatasetError(path, f"is not UTF-8: {error}; convert it") from error


def find_picture(folder: Path, name: str, split: str = "images") -> Path:
    """The file of a picture by its name, with or without its suffix.

    It is looked for in `folder` and in the folder of pictures there, which may have the name of the `split`.
    Raises BadDatasetError when there is none.
    """
    for place in (folder, *(folder / sub for sub in ("images", "imgs", "image", split))):
        if (place / name).is_file():
            return place / name
        for suffix in SUFFIXES:
            if (place / f"{name}{suffix}").is_file():
                return place / f"{name}{suffix}"
    raise BadDatasetError(
        folder,
        f"no picture {name!r} in it or in its folder images/; add it, or take out the rows that name it",
    )


def _decoded(data: bytes, where: str) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise BadDatasetError(Path(where), f"is no picture that can be read: {error}") from error
