"""A scene in Chinese, in one of several wordings, and in English."""

from __future__ import annotations

import random

from flows.motif_set.scenes import Scene

_MOTIFS = {
    "bird": ("只", "飞鸟", "bird"),
    "beast": ("头", "走兽", "beast"),
    "hare": ("只", "奔兔", "hare"),
    "dragon": ("条", "盘龙", "coiled dragon"),
    "lotus": ("朵", "莲花", "lotus"),
    "rosette": ("朵", "宝相花", "rosette"),
    "fish": ("尾", "游鱼", "fish"),
    "cloud": ("朵", "流云", "cloud"),
}
"""Measure word, name, English name."""
_COLOURS = {"red": "红", "blue": "蓝", "green": "绿", "yellow": "黄", "white": "白", "brown": "褐"}
_FRAMES = {
    "pearls": ("联珠圈", "a pearl roundel"),
    "petals": ("花瓣团窠", "a petal roundel"),
    "lozenge": ("菱格", "a lozenge"),
    "hexagon": ("龟背", "a hexagon"),
    "none": ("", ""),
}
_COUNTS = {"single": "一", "facing": "两", "back-to-back": "两", "row": "三", "quarters": "四"}
_STANCES = {
    "single": "",
    "facing": "相对而立",
    "back-to-back": "相背而立",
    "row": "横列一行",
    "quarters": "分列四方",
}
_STANCES_EN = {
    "single": "one {}",
    "facing": "two {}, face to face",
    "back-to-back": "two {}, back to back",
    "row": "three {} in a row",
    "quarters": "four {}, one in each quarter",
}
_PLACES = {"corners": ("四角饰", "in the corners"), "below": ("下方饰", "below")}


def chinese(scene: Scene, r: random.Random) -> str:
    """One of the wordings a catalogue might print; `r` chooses, the meaning stays."""
    ground = f"{_COLOURS[scene.ground]}地"
    frame = _FRAMES[scene.frame][0]
    measure, name, _ = _MOTIFS[scene.motif]
    subject = f"{_COUNTS[scene.stance]}{measure}{_COLOURS[scene.figure]}色{name}{_STANCES[scene.stance]}"
    extra = f"，{_PLACES[scene.place][0]}{_MOTIFS[scene.filler][1]}" if scene.filler else ""
    inside = f"{frame}内" if frame else ""
    return r.choice(
        (
            f"{ground}，{inside}{subject}{extra}。",
            f"{inside}{subject}{extra}，{ground}。",
            f"织物为{ground}，以{frame}为骨架，内饰{subject}{extra}。"
            if frame
            else f"织物为{ground}，散点布置{subject}{extra}。",
        )
    )


def english(scene: Scene) -> str:
    """The same in one sentence."""
    name = f"{scene.figure} {_MOTIFS[scene.motif][2]}"
    plural = name if scene.stance == "single" or scene.motif == "fish" else _plural(name)
    text = _STANCES_EN[scene.stance].format(plural)
    frame = _FRAMES[scene.frame][1]
    text += f" in {frame}" if frame else ""
    if scene.filler:
        text += f", with {_plural(_MOTIFS[scene.filler][2])} {_PLACES[scene.place][1]}"
    return f"On a {scene.ground} ground, {text}."


def _plural(name: str) -> str:
    return f"{name}es" if name.endswith("s") else f"{name}s"
