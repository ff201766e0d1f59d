"""Pictures that show nothing a fashion shop sells: drawn ones, and backgrounds cut from photos.

Half of the ways to draw teach, the other half is kept for measuring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from training.data import Shot
from vitrine.vision.types import Box

SIDE = 320
LEAST = 72
"""A background is a square of at least so many pixels without any garment."""
TRIES = 40

Colour = tuple[int, int, int]
Draw = Callable[[random.Random], Image.Image]


def drawn(dice: random.Random, count: int) -> list[Image.Image]:
    """Pictures to learn from; none is drawn in a way that is measured."""
    return [dice.choice(WAYS[::2])(dice) for _ in range(count)]


def measured(count: int) -> list[Image.Image]:
    """The pictures to measure with, always the same."""
    dice = random.Random(2)  # noqa: S311 - no secret
    return [dice.choice(WAYS[1::2])(dice) for _ in range(count)]


def backgrounds(garments: Sequence[Shot], dice: random.Random, count: int) -> list[Image.Image]:
    """Squares of street photos that touch no garment's box, from as many photos as there are."""
    boxes: dict[Path, list[Box]] = {}
    for shot in garments:
        boxes.setdefault(shot.path, []).append(shot.box or Box(0, 0, 1e9, 1e9))
    paths = sorted(boxes)
    dice.shuffle(paths)
    found: list[Image.Image] = []
    for path in paths:
        cut = _background(path, boxes[path], dice)
        found += [] if cut is None else [cut]
        if len(found) == count:
            break
    return found


def _background(path: Path, boxes: Sequence[Box], dice: random.Random) -> Image.Image | None:
    with Image.open(path) as photo:
        width, height = photo.size
        for _ in range(TRIES):
            side = dice.randint(LEAST, max(LEAST, min(width, height) // 3))
            left, top = dice.randint(0, width - side), dice.randint(0, height - side)
            apart = all(
                left + side <= box.x1 or box.x2 <= left or top + side <= box.y1 or box.y2 <= top
                for box in boxes
            )
            if apart:
                return photo.convert("RGB").crop((left, top, left + side, top + side))
    return None


def _sheet(dice: random.Random, light: bool = True) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    low, high = (215, 255) if light else (0, 90)
    ground = (dice.randint(low, high), dice.randint(low, high), dice.randint(low, high))
    size = dice.choice(((SIDE, SIDE), (SIDE, SIDE * 3 // 2), (SIDE * 3 // 2, SIDE)))
    picture = Image.new("RGB", size, ground)
    return picture, ImageDraw.Draw(picture)


def _colour(dice: random.Random) -> Colour:
    return dice.randrange(256), dice.randrange(256), dice.randrange(256)


def _gradient(dice: random.Random) -> Image.Image:
    ends = np.array([_colour(dice), _colour(dice)], dtype=np.float64)
    along = np.linspace(0, 1, SIDE)[:, None, None]
    row = ends[0] * (1 - along) + ends[1] * along
    pixels = np.broadcast_to(row, (SIDE, SIDE, 3)).astype(np.uint8)
    return Image.fromarray(pixels).rotate(90 * dice.randrange(4))


def _noise(dice: random.Random) -> Image.Image:
    grain = dice.choice((4, 16, 64, SIDE))
    seeded = np.random.default_rng(dice.randrange(2**32))
    pixels = seeded.integers(0, 256, (grain, grain, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((SIDE, SIDE), dice.choice((0, 2)))


def _page(dice: random.Random) -> Image.Image:
    """Lines of words, as a photographed letter or a receipt."""
    picture, pen = _sheet(dice)
    step = dice.randint(9, 18)
    for top in range(step, picture.height - step, step):
        left = step
        while left < picture.width - 2 * step and dice.random() > 0.06:
            word = dice.randint(step, 5 * step)
            pen.rectangle((left, top, left + word, top + step // 2), fill=(30, 30, 40))
            left += word + step // 2
    return picture


def _screen(dice: random.Random) -> Image.Image:
    """A window with a bar, a menu, and lines of text or tiles."""
    picture, pen = _sheet(dice, light=dice.random() < 0.6)
    wide, high, ink = picture.width, picture.height, _colour(dice)
    pen.rectangle((0, 0, wide, high // 12), fill=ink)
    pen.rectangle((0, high // 12, wide // 5, high), fill=_colour(dice))
    for number in range(dice.randint(4, 12)):
        top = high // 8 + number * high // 14
        end = wide // 4 + dice.randint(wide // 8, wide * 2 // 3)
        pen.rectangle((wide // 4, top, end, top + high // 40), fill=ink)
    return picture


def _chart(dice: random.Random) -> Image.Image:
    picture, pen = _sheet(dice)
    count, ink = dice.randint(4, 12), _colour(dice)
    pen.line((30, 10, 30, picture.height - 30), fill=(0, 0, 0), width=2)
    pen.line((30, picture.height - 30, picture.width, picture.height - 30), fill=(0, 0, 0), width=2)
    step = (picture.width - 40) // count
    for number in range(count):
        left, top = 36 + number * step, dice.randint(20, picture.height - 40)
        pen.rectangle((left, top, left + step * 2 // 3, picture.height - 31), fill=ink)
    return picture


def _curves(dice: random.Random) -> Image.Image:
    picture, pen = _sheet(dice)
    for _ in range(dice.randint(1, 5)):
        heights = np.cumsum([dice.gauss(0, 12) for _ in range(40)]) + picture.height / 2
        line = [(number * picture.width / 39, float(y)) for number, y in enumerate(heights)]
        pen.line(line, fill=_colour(dice), width=dice.randint(1, 5))
    return picture


def _landscape(dice: random.Random) -> Image.Image:
    """Sky, a sun, and hills."""
    sky = _gradient(dice).rotate(0)
    pen = ImageDraw.Draw(sky)
    x, y, r = dice.randrange(SIDE), dice.randrange(SIDE // 2), dice.randint(10, 40)
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(250, 230, dice.randrange(255)))
    for number in range(dice.randint(1, 4)):
        green = (dice.randrange(90), dice.randint(60, 170), dice.randrange(90))
        far = SIDE // 2 + number * 40
        hill = [(0, SIDE), *((at, far + dice.randint(-40, 40)) for at in range(0, SIDE + 1, 40))]
        pen.polygon([*hill, (SIDE, SIDE)], fill=green)
    return sky.filter(ImageFilter.GaussianBlur(dice.random() * 2))


def _street(dice: random.Random) -> Image.Image:
    """Houses with windows."""
    picture, pen = _sheet(dice)
    left = 0
    while left < picture.width:
        wide, top = dice.randint(40, 110), dice.randint(20, picture.height // 2)
        pen.rectangle((left, top, left + wide, picture.height), fill=_colour(dice))
        for x in range(left + 8, left + wide - 12, 20):
            for y in range(top + 10, picture.height - 16, 26):
                pen.rectangle((x, y, x + 10, y + 14), fill=(240, 230, dice.randint(100, 240)))
        left += wide
    return picture


def _code(dice: random.Random) -> Image.Image:
    """Black squares on white, as codes to scan are."""
    count = dice.randint(21, 45)
    cells = [[255 * dice.randrange(2) for _ in range(count)] for _ in range(count)]
    small = Image.fromarray(np.array(cells, dtype=np.uint8)).convert("RGB")
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    picture.paste(small.resize((SIDE - 40, SIDE - 40), Image.Resampling.NEAREST), (20, 20))
    return picture


def _shapes(dice: random.Random) -> Image.Image:
    picture, pen = _sheet(dice)
    for _ in range(dice.randint(1, 9)):
        x, y, r = dice.randrange(SIDE), dice.randrange(SIDE), dice.randint(10, 90)
        edges = (x - r, y - r, x + r, y + r)
        dice.choice((pen.ellipse, pen.rectangle))(edges, fill=_colour(dice))
    return picture


def _face(dice: random.Random) -> Image.Image:
    """A face as in a chat."""
    picture, pen = _sheet(dice)
    x, y, r = picture.width // 2, picture.height // 2, dice.randint(60, 140)
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(255, dice.randint(180, 230), 60))
    for side in (-1, 1):
        eye = x + side * r // 3
        pen.ellipse((eye - 10, y - r // 3 - 12, eye + 10, y - r // 3 + 12), fill=(60, 40, 20))
    start = dice.choice((0, 180))
    pen.arc((x - r // 2, y - r // 4, x + r // 2, y + r // 2), start, start + 180, (60, 40, 20), 8)
    return picture


def _map(dice: random.Random) -> Image.Image:
    """Streets, a river and parks from above."""
    picture, pen = _sheet(dice)
    for _ in range(dice.randint(2, 6)):
        x, y, r = dice.randrange(SIDE), dice.randrange(SIDE), dice.randint(20, 70)
        pen.rectangle((x, y, x + r, y + r), fill=(190, 225, 180))
    for _ in range(dice.randint(8, 20)):
        ends = [(dice.randint(-50, SIDE + 50), dice.randint(-50, SIDE + 50)) for _ in range(2)]
        inks = ((255, 255, 255), (250, 215, 120), (160, 200, 240))
        pen.line(ends, fill=dice.choice(inks), width=dice.randint(2, 14))
    return picture


WAYS: Sequence[Draw] = (
    *(_gradient, _noise, _page, _screen, _chart, _curves),
    *(_landscape, _street, _code, _shapes, _map, _face),
)
