"""Keeps PyMuPDF's layout networks out of processes of ours: nothing here uses them."""

from __future__ import annotations

import sys


def keep_layout_networks_out() -> None:
    """Have `import pymupdf` skip `pymupdf.layout`: a second and 50 MB less in each process.

    Only for processes that belong to this program: whoever imports our packages may want that module.
    """
    sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
