"""The figures that patterns repeat: birds, beasts, dragons, flowers, as outlines in -1..1 units."""

from __future__ import annotations

import math

import numpy as np

Point = tuple[float, float]
Shape = list[list[Point]]


def blob(points: list[Point]) -> list[Point]:
    """A closed smooth outline through `points` (Chaikin's corner cutting, three times)."""
    for _ in range(3):
        cut: list[Point] = []
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            cut += [
                (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
            ]
        points = cut
    return points


def disc(x: float, y: float, rx: float, ry: float | None = None, steps: int = 28) -> list[Point]:
    """An ellipse."""
    ry = rx if ry is None else ry
    return [
        (x + rx * math.cos(2 * math.pi * k / steps), y + ry * math.sin(2 * math.pi * k / steps))
        for k in range(steps)
    ]


def ribbon(spine: list[Point], start: float, end: float) -> list[Point]:
    """A band along `spine` whose half-width goes from `start` to `end`."""
    left, right = [], []
    for k, (x, y) in enumerate(spine):
        px, py = spine[max(0, k - 1)]
        qx, qy = spine[min(len(spine) - 1, k + 1)]
        length = math.hypot(qx - px, qy - py) or 1
        half = start + (end - start) * k / (len(spine) - 1)
        nx, ny = -(qy - py) / length * half, (qx - px) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def petals(x: float, y: float, radius: float, count: int, width: float, turn: float = 0.0) -> Shape:
    """Pointed petals around (x, y)."""
    out = []
    for k in range(count):
        a = turn + 2 * math.pi * k / count
        c, s = math.cos(a), math.sin(a)
        leaf = [(0.15, 0.0), (0.55, -width), (1.0, 0.0), (0.55, width)]
        out.append(blob([(x + radius * (u * c - v * s), y + radius * (u * s + v * c)) for u, v in leaf]))
    return out


def _bird() -> Shape:
    body = blob(
        [
            (-0.55, 0.12),
            (-0.2, -0.14),
            (0.25, -0.22),
            (0.42, -0.42),
            (0.62, -0.5),
            (0.66, -0.38),
            (0.5, -0.1),
            (0.2, 0.25),
            (-0.2, 0.3),
        ]
    )
    wing = blob(
        [
            (-0.1, -0.05),
            (-0.15, -0.6),
            (-0.45, -0.85),
            (-0.35, -0.45),
            (-0.6, -0.55),
            (-0.4, -0.2),
            (0.2, 0.02),
        ]
    )
    tail = [
        ribbon([(-0.45, 0.15), (-0.7, 0.2 + d), (-0.95, 0.05 + 2 * d)], 0.07, 0.015)
        for d in (-0.08, 0.03, 0.14)
    ]
    legs = [ribbon([(x, 0.25), (x + 0.04, 0.45), (x + 0.12, 0.6)], 0.03, 0.02) for x in (-0.05, 0.15)]
    beak = [[(0.63, -0.47), (0.82, -0.4), (0.63, -0.38)]]
    return [body, wing, *tail, *legs, *beak]


def _beast(ears: float = 0.16) -> Shape:
    body = blob(
        [
            (-0.55, -0.1),
            (-0.2, -0.2),
            (0.25, -0.2),
            (0.4, -0.45),
            (0.55, -0.6),
            (0.75, -0.5),
            (0.72, -0.35),
            (0.5, -0.1),
            (0.4, 0.15),
            (-0.5, 0.15),
        ]
    )
    legs = [
        ribbon([(x, 0.1), (x + b, 0.35), (x + b + 0.05, 0.65)], 0.07, 0.035)
        for x, b in ((-0.48, -0.08), (-0.34, 0.02), (0.28, 0.1), (0.38, 0.22))
    ]
    head = [
        ribbon([(0.52, -0.55), (0.46 - ears / 2, -0.6 - ears), (0.5 - ears, -0.65 - 1.6 * ears)], 0.045, 0.02)
    ]
    tail = [ribbon([(-0.52, -0.05), (-0.75, -0.2), (-0.85, -0.5), (-0.7, -0.62)], 0.05, 0.02)]
    return [body, *legs, *head, *tail]


def _hare() -> Shape:
    body = blob(
        [
            (-0.6, 0.15),
            (-0.45, -0.22),
            (0.0, -0.28),
            (0.35, -0.25),
            (0.6, -0.35),
            (0.78, -0.15),
            (0.5, 0.05),
            (0.1, 0.22),
        ]
    )
    ears = [ribbon([(0.5, -0.25), (0.3, -0.5), (0.1 + d, -0.68)], 0.06, 0.03) for d in (0.0, 0.2)]
    legs = [
        ribbon([(-0.45, 0.1), (-0.7, 0.35), (-0.95, 0.4)], 0.1, 0.04),
        ribbon([(0.4, 0.0), (0.6, 0.3), (0.85, 0.36)], 0.06, 0.03),
    ]
    return [body, *ears, *legs]


def _dragon() -> Shape:
    spine = [
        (0.85 * math.cos(t) * (1 - t / 11), 0.85 * math.sin(t) * (1 - t / 11))
        for t in np.linspace(0.4, 7.6, 60)
    ]
    claws = []
    for k in (10, 24, 38):
        x, y = spine[k]
        claws += [
            ribbon([(x, y), (x * 1.15 + d, y * 1.15 - d), (x * 1.3 + 2 * d, y * 1.3)], 0.04, 0.012)
            for d in (-0.08, 0.0, 0.08)
        ]
    hx, hy = spine[-1]
    head = blob(
        [
            (hx - 0.2, hy - 0.1),
            (hx, hy - 0.25),
            (hx + 0.22, hy - 0.12),
            (hx + 0.3, hy + 0.04),
            (hx + 0.05, hy + 0.18),
        ]
    )
    horns = [
        ribbon([(hx, hy - 0.15), (hx - 0.12, hy - 0.3), (hx - 0.05 + d, hy - 0.42)], 0.03, 0.01)
        for d in (-0.1, 0.08)
    ]
    return [ribbon(spine, 0.03, 0.13), head, *horns, *claws]


def lotus() -> Shape:
    """A lotus seen from the side, with stem and leaves."""
    all_petals = [
        p for k, r in ((7, 0.85), (5, 0.55)) for p in petals(0, 0.2, r, k * 2, 0.2, math.pi / k)[: k + 1]
    ]
    upper = [p for p in all_petals if sum(y for _, y in p) / len(p) < 0.35]
    stem = [ribbon([(0, 0.3), (0.1, 0.6), (-0.05, 0.95)], 0.04, 0.03)]
    leaves = [blob([(s * 0.1, 0.6), (s * 0.4, 0.4), (s * 0.8, 0.6), (s * 0.4, 0.75)]) for s in (-1, 1)]
    return [*upper, *stem, *leaves]


def _fish() -> Shape:
    body = blob([(-0.5, 0.0), (-0.1, -0.3), (0.4, -0.25), (0.75, 0.02), (0.4, 0.25), (-0.1, 0.28)])
    fins = [
        blob([(-0.4, 0), (-0.9, -0.4), (-0.75, 0.0), (-0.9, 0.4)]),
        blob([(0.0, -0.22), (0.05, -0.55), (0.35, -0.22)]),
    ]
    return [body, *fins]


def _cloud() -> Shape:
    heads = [
        disc(x, y, r)
        for x, y, r in ((-0.45, 0.0, 0.26), (-0.12, -0.2, 0.32), (0.28, -0.1, 0.3), (0.55, 0.1, 0.2))
    ]
    return [*heads, ribbon([(-0.6, 0.15), (0.1, 0.22), (0.6, 0.4), (0.95, 0.3)], 0.14, 0.02)]


def shape(subject: str) -> Shape:
    """The outlines of a subject; a rosette for an unknown one."""
    match subject:
        case "bird":
            return _bird()
        case "beast":
            return _beast()
        case "hare":
            return _hare()
        case "dragon":
            return _dragon()
        case "lotus":
            return lotus()
        case "fish":
            return _fish()
        case "cloud":
            return _cloud()
    return [*petals(0, 0, 0.9, 8, 0.2), *petals(0, 0, 0.55, 8, 0.26, 0.4), disc(0, 0, 0.14)]
