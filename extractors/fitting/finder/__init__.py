"""Trains the figure finder on pages that it draws itself: `python -m extractors.fitting.finder --help`.

`pages` draws a training page (its sheet, its picture when scanned, the boxes of its figures), `network` is
the model, `training` runs it and resumes from its checkpoint, `warm_start` begins it with an exported model,
`export` writes the ONNX file that `extractors.figures.finder` reads. Only the last four need torch.
"""
