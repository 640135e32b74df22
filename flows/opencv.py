"""Whether OpenCV loads. Its flavours share the folder cv2/: the one that pip installed last is there."""

from __future__ import annotations

from extractors.errors import MissingDependencyError

REMEDY = "pip install --force-reinstall --no-deps opencv-python-headless==4.10.0.84"
"""Only the headless flavour needs no libGL, which servers seldom have."""


def opencv_version() -> str:
    """The version of OpenCV that loads. Raises MissingDependencyError with the remedy when none does."""
    try:
        import cv2
    except ImportError as error:
        raise MissingDependencyError(f"OpenCV does not load ({error}); repair it with: {REMEDY}") from error
    return str(cv2.__version__)


def opencv_problem() -> MissingDependencyError | None:
    """Why OpenCV does not load; None where it does."""
    try:
        opencv_version()
    except MissingDependencyError as error:
        return error
    return None
