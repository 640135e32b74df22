"""From one PDF book to image–text pairs. Knows nothing of datasets, models or Prefect."""

import sys

# `import pymupdf` would load its layout networks: a second and 50 MB in every worker, for nothing used here.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
