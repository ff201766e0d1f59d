"""Painting panels and seams onto a transparent layer, with soft light."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vitrine.sample.chance import seeded
from vitrine.sample.fabrics import Cloth, FloatArray, cloth_colour
from vitrine.sample.geometry import Placement, Points, tapered
from vitrine.sample.marks import Fold, Mark, Panel, Seam

# Outlines are drawn this much larger and averaged down, for smooth edges.
_FINE = 3

Window = tuple[int, int, int, int]


@dataclass(frozen=True)
class Layer:
    """A transparent picture: colour already multiplied by cover."""

    colour: FloatArray
    cover: FloatArray


@dataclass(frozen=True)
class Light:
    """Where the light comes from (x, y towards it) and how hard it is."""

    x: float = -0.6
    y: float = -0.8
    strength: float = 1.0


@dataclass(frozen=True)
class Scene:
    """What painting a garment's marks needs to know besides the marks."""

    cloths: Mapping[str, Cloth]
    placement: Placement
    light: Light
    seed: str


def empty_layer(width: int, height: int) -> Layer:
    """A layer with nothing on it."""
    return Layer(np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32))


def paint(layer: Layer, marks: Sequence[Mark], scene: Scene) -> None:
    """Paint the marks in order."""
    for number, mark in enumerate(marks):
        if isinstance(mark, Seam):
            _paint_seam(layer, mark, scene)
        else:
            _paint_panel(layer, mark, scene, f"{scene.seed}/{number}")


def blurred(mask: FloatArray, radius: float) -> FloatArray:
    """The mask, softened."""
    grey = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    soft = grey.filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(soft, dtype=np.float32) / np.float32(255)


def nudged(mask: FloatArray, by: tuple[int, int]) -> FloatArray:
    """The mask moved by so many rows and columns, its rim carried on where it leaves a gap."""
    down, right = by
    wide = np.pad(mask, ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))), "edge")
    height, width = mask.shape
    return wide[max(-down, 0) :, max(-right, 0) :][:height, :width]


def filled(outlines: Sequence[Points], window: Window) -> FloatArray:
    """How much of each pixel of the window the outlines cover."""
    left, top, right, bottom = window
    sheet = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    draw = ImageDraw.Draw(sheet)
    for outline in outlines:
        rim = (outline - (left, top)) * _FINE
        draw.polygon([(float(x), float(y)) for x, y in rim], fill=255)
    return np.asarray(sheet.reduce(_FINE), dtype=np.float32) / np.float32(255)


def _stroked(lines: Sequence[Points], width: float, dash: float, window: Window) -> FloatArray:
    left, top, right, bottom = window
    sheet = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    draw = ImageDraw.Draw(sheet)
    thick = max(1, round(width * _FINE))
    for line in lines:
        for piece in _dashes(line, dash) if dash else [line]:
            path = [(float(x), float(y)) for x, y in (piece - (left, top)) * _FINE]
            draw.line(path, fill=255, width=thick, joint="curve")
    return np.asarray(sheet.reduce(_FINE), dtype=np.float32) / np.float32(255)


def _dashes(line: Points, dash: float) -> list[Points]:
    steps = np.hypot(*np.diff(line, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(1, int(reached[-1] / (1.6 * dash)))
    starts = np.arange(count) * 1.6 * dash
    ends = np.stack([starts, starts + dash], axis=1)
    x, y = np.interp(ends, reached, line[:, 0]), np.interp(ends, reached, line[:, 1])
    return [np.stack([x[i], y[i]], axis=1) for i in range(count)]


def window_of(outlines: Sequence[Points], margin: float, layer: Layer) -> Window | None:
    """The part of the layer the outlines can touch, or nothing."""
    every = np.vstack(list(outlines))
    height, width = layer.cover.shape
    low, high = every.min(axis=0) - margin, every.max(axis=0) + margin
    left, top = max(0, math.floor(low[0])), max(0, math.floor(low[1]))
    right, bottom = min(width, math.ceil(high[0])), min(height, math.ceil(high[1]))
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def _paint_panel(layer: Layer, panel: Panel, scene: Scene, seed: str) -> None:
    density = scene.placement.density
    outline = scene.placement.to_pixels(panel.outline)
    margin = density * (panel.roundness + 2 * panel.lift) + 2
    window = window_of([outline], margin, layer)
    if window is None:
        return
    mask = filled([outline], window)
    left, top, right, bottom = window
    colour = layer.colour[top:bottom, left:right]
    cover = layer.cover[top:bottom, left:right]
    if panel.lift:
        colour *= 1 - _cast(mask, panel.lift * density, scene.light)[..., None]
    drape = _drape(mask.shape, seed)
    cloth = scene.cloths[panel.cloth]
    own = _own_colour(panel, cloth, scene.placement, window, drape)
    shade = _shade(mask, panel, scene, window, drape)
    if panel.edge:
        rim = _stroked([np.vstack([outline, outline[:1]])], 0.3 * density, 0.0, window)
        shade -= np.float32(panel.edge) * rim
    lit = own * np.minimum(shade, 1.12)[..., None]
    # Dark cloth hardly shows a product of shades, so its light is also added.
    lit += (np.maximum(shade - 1, 0) * np.float32(cloth.gloss))[..., None]
    colour *= 1 - mask[..., None]
    colour += np.clip(lit, 0, 1) * mask[..., None]
    cover += mask * (1 - cover)


def _cast(mask: FloatArray, lift: float, light: Light) -> FloatArray:
    shadow = blurred(mask, max(0.6, lift))
    away = (round(-light.y * lift * 0.8), round(-light.x * lift * 0.8))
    return np.float32(0.34) * nudged(shadow, away)


def _drape(size: tuple[int, ...], seed: str) -> FloatArray:
    """A slow, mostly vertical waviness between about -1 and 1."""
    rng = seeded(seed)
    coarse = np.array([[rng.uniform(-1, 1) for _ in range(7)] for _ in range(4)], np.float32)
    waves = Image.fromarray(coarse).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    return np.asarray(waves, dtype=np.float32)


def _own_colour(
    panel: Panel, cloth: Cloth, placement: Placement, window: Window, drape: FloatArray
) -> FloatArray:
    left, top, right, bottom = window
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = placement.to_garment(x, y)
    grain = 0.0 if cloth.print == "colour block" else math.radians(panel.grain)
    cos, sin = np.float32(math.cos(grain)), np.float32(math.sin(grain))
    # The waves of the cloth also carry its pattern with them.
    across = cos * u + sin * v + np.float32(0.3) * drape
    along = cos * v - sin * u + np.float32(0.4) * drape
    return cloth_colour(cloth, across, along, placement.density)


def _shade(
    mask: FloatArray, panel: Panel, scene: Scene, window: Window, drape: FloatArray
) -> FloatArray:
    """How bright the light leaves the panel: 1 is the cloth's own colour."""
    density, light = scene.placement.density, scene.light
    radius = panel.roundness * density
    soft = blurred(mask, radius * 0.6)
    step = max(1.0, radius * 0.5)
    towards = (round(light.y * step), round(light.x * step))
    away = (-towards[0], -towards[1])
    facing = nudged(soft, towards) - nudged(soft, away)
    # The mask itself is moved, so the side nearer the light sees the fuller one.
    shade = 1 + 0.16 * light.strength * facing - 0.22 * (1 - soft)
    shade += np.float32(0.028 if panel.roundness > 1 else 0.0) * drape
    if panel.folds:
        shade += _folded(panel.folds, scene, window, mask.shape)
    return np.asarray(shade, dtype=np.float32)


def _folded(
    folds: Sequence[Fold], scene: Scene, window: Window, size: tuple[int, ...]
) -> FloatArray:
    density = scene.placement.density
    deep = np.zeros(size, np.float32)
    for depth in sorted({one.depth for one in folds}):
        strokes = [
            scene.placement.to_pixels(tapered(one.line, one.width))
            for one in folds
            if one.depth == depth
        ]
        deep += np.float32(depth) * filled(strokes, window)
    soft = blurred(deep, max(0.8, 0.42 * density))
    ridge = (
        round(scene.light.y * -1.1 * density),
        round(scene.light.x * -1.1 * density),
    )
    bright = nudged(soft, ridge)
    return np.asarray(0.6 * bright - soft, dtype=np.float32) * np.float32(scene.light.strength)


def _paint_seam(layer: Layer, mark: Seam, scene: Scene) -> None:
    density = scene.placement.density
    lines = [scene.placement.to_pixels(line) for line in mark.lines]
    window = window_of(lines, mark.width * density + 2, layer)
    if window is None:
        return
    left, top, right, bottom = window
    ink = _stroked(lines, mark.width * density, mark.dash * density, window)
    # A line thinner than a pixel is drawn one fine pixel wide and paler.
    ink *= np.float32(min(1.0, mark.width * density * _FINE))
    colour = layer.colour[top:bottom, left:right]
    cover = layer.cover[top:bottom, left:right]
    if mark.cloth:
        own = np.array(scene.cloths[mark.cloth].colour, np.float32)
        colour += (own * cover[..., None] - colour) * ink[..., None]
    elif mark.tone < 0:
        colour *= 1 + np.float32(mark.tone) * ink[..., None]
    else:
        colour += (cover[..., None] - colour) * (np.float32(mark.tone) * ink)[..., None]


def laid_over(picture: FloatArray, layer: Layer) -> None:
    """Lay the layer over an opaque picture."""
    picture *= 1 - layer.cover[..., None]
    picture += layer.colour
