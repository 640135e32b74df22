"""torchvision where its compiled operators do not load: beside a build of torch for the CPU alone.

torchvision's wheels are compiled for CUDA. Beside a CPU torch their library stays out, and torchvision's own
Python files then stop at import, because they describe two operators that do not exist. cn_clip and timm need
nothing of torchvision but its picture transforms, which are plain Python. So the two names are declared here
without a body: the import goes through, and whoever calls them still gets an error.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import torch

# What torchvision describes to torch when it is imported (0.21 to 0.28); the rest of it asks first.
_OPERATORS = ("nms", "qnms")
_ARGUMENTS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_LIBRARY: list[torch.library.Library] = []
"""Held as long as the process lives: torch forgets the names with the library that declared them."""


@cache
def declare_missing_operators() -> None:
    """Make `import torchvision`, and so `import cn_clip`, possible beside a CPU torch; call it before either.

    Does nothing where torchvision's operators load. Raises ModuleNotFoundError without torchvision.
    """
    found = find_spec("torchvision")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("torchvision is not installed; pip install torchvision", name="torchvision")
    if torch.version.cuda is not None:
        return
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in _OPERATORS:
        library.define(name + _ARGUMENTS)  # type: ignore[no-untyped-call]
    _LIBRARY.append(library)
