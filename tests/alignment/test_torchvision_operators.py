"""cn_clip must import wherever torch does."""

import subprocess
import sys

_IMPORTS = (
    "from alignment.torchvision_operators import declare_missing_operators as declare;"
    "declare(); declare(); import cn_clip.clip, cn_clip.training.data, cn_clip.eval.data, timm.data;"
    "print(tuple(cn_clip.clip.tokenize('联珠纹').shape))"
)


def test_cn_clip_and_its_dataset_classes_import():
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(1, 52)", done.stderr
