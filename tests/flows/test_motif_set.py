"""The motif set: equal seeds, equal bytes; captions that say what is drawn; no scene twice."""

import json
import random

import numpy as np
import pytest

from alignment.data import load_split
from extractors.errors import UsageError
from flows.motif_set import make_motif_version
from flows.motif_set.captions import chinese, english
from flows.motif_set.drawing import draw
from flows.motif_set.scenes import Scene, all_scenes


def test_equal_seeds_give_equal_versions(tmp_path):
    first, second, other = (
        make_motif_version(tmp_path / name, 30, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    manifests = [json.loads((path / "manifest.json").read_text()) for path in (first, second, other)]
    assert manifests[0] == manifests[1]
    assert manifests[0]["files"] != manifests[2]["files"]


def test_every_pair_is_a_scene_of_its_own(tmp_path):
    version = make_motif_version(tmp_path, 200, 3)
    samples = [sample for split in ("train", "val", "test") for sample in load_split(version, split)]
    assert len(samples) == 200
    assert len({sample.text_en for sample in samples}) == 200
    assert len({sample.image_sha256 for sample in samples}) == 200


def test_captions_name_every_part_of_the_scene():
    scene = Scene("bird", "facing", "pearls", "red", "blue", "lotus", "below")
    for seed in range(20):
        text = chinese(scene, random.Random(seed))
        assert all(word in text for word in ("红地", "联珠圈", "两只蓝色飞鸟相对而立", "下方饰莲花")), text
    assert (
        english(scene)
        == "On a red ground, two blue birds, face to face in a pearl roundel, with lotuses below."
    )


def test_scenes_differ_in_words_and_in_the_picture():
    scenes = random.Random(1).sample(list(all_scenes()), 400)
    assert len({english(scene) for scene in scenes}) == 400
    plain = draw(Scene("hare", "facing", "none", "red", "white"), np.random.default_rng(1))
    turned = draw(Scene("hare", "back-to-back", "none", "red", "white"), np.random.default_rng(1))
    assert plain.shape == turned.shape
    assert (plain != turned).mean() > 0.02


def test_more_pairs_than_scenes_is_refused(tmp_path):
    with pytest.raises(UsageError, match="different scenes"):
        make_motif_version(tmp_path, 10_000_000, 1)
