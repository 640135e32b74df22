"""Small networks in the file format of PaddleOCR's layout models."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import TensorProto, helper

DESCRIPTION = """
Global:
  model_name: PicoDet_layout_1x
Preprocess:
- {type: Resize, interp: 2, keep_ratio: false, target_size: [800, 608]}
- {type: NormalizeImage, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], is_scale: true}
- {type: Permute}
label_list: [Text, Title, List, Table, Figure]
draw_threshold: 0.5
"""
SEEN = [(4, 0.9, 100, 150, 500, 600), (3, 0.8, 100, 700, 500, 900), (0, 0.7, 100, 1000, 500, 1200)]
"""Class, score and box, in pixels of a picture of 1000 x 1400."""


def model_folder(folder: Path, seen: list[tuple[float, ...]] = SEEN) -> Path:
    """A network that sees `seen` on every page, with the inputs and outputs of PaddleOCR's layout models."""
    folder.mkdir()
    rows = [float(value) for row in seen for value in row]
    nodes = [
        helper.make_node(
            "Constant", [], ["boxes"], value=helper.make_tensor("b", TensorProto.FLOAT, (len(seen), 6), rows)
        ),
        helper.make_node(
            "Constant", [], ["count"], value=helper.make_tensor("c", TensorProto.INT32, (1,), [len(seen)])
        ),
    ]
    inputs = [
        helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 800, 608]),
        helper.make_tensor_value_info("scale_factor", TensorProto.FLOAT, ["n", 2]),
    ]
    outputs = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [len(seen), 6]),
        helper.make_tensor_value_info("count", TensorProto.INT32, [1]),
    ]
    graph = helper.make_graph(nodes, "layout", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / "inference.onnx"))
    (folder / "inference.yml").write_text(DESCRIPTION, "utf-8")
    return folder
