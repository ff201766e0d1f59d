"""Made-up other photos of a product: crop, turn, tilt, colour cast, blur, JPEG, background."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

LEFT_RIGHT = Image.Transpose.FLIP_LEFT_RIGHT


def synthetic(picture: Image.Image, seed: str, backgrounds: Sequence[Path] = ()) -> Image.Image:
    """A made-up second photo of what the picture shows; equal seeds give equal pixels."""
    dice = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - no secret
    view = _crop(picture, dice)
    view = view.transpose(LEFT_RIGHT) if dice.random() < 0.3 else view
    view = _tilt(view, dice)
    if backgrounds and dice.random() < 0.5:
        view = _paste(view, backgrounds, dice)
    return _jpeg(_soften(_cast(view, dice), dice), dice)


def _crop(picture: Image.Image, dice: random.Random) -> Image.Image:
    width, height = picture.size
    w, h = width * dice.uniform(0.6, 0.95), height * dice.uniform(0.6, 0.95)
    left, top = dice.uniform(0, width - w), dice.uniform(0, height - h)
    return picture.crop((int(left), int(top), int(left + w), int(top + h)))


def _tilt(picture: Image.Image, dice: random.Random) -> Image.Image:
    width, height = picture.size
    edge = picture.resize((1, 1), Image.Resampling.BOX, (0, 0, width, max(1, height // 12)))
    colour = edge.getpixel((0, 0))
    turned = picture.rotate(dice.uniform(-15, 15), Image.Resampling.BICUBIC, fillcolor=colour)
    corners = [0.0, 0.0, 0.0, height, width, height, width, 0.0]
    jitter = 0.06 * min(width, height)
    quad = [value + dice.uniform(-jitter, jitter) for value in corners]
    return turned.transform(
        (width, height),
        Image.Transform.QUAD,
        quad,
        Image.Resampling.BICUBIC,
        fillcolor=colour,
    )


def _paste(picture: Image.Image, backgrounds: Sequence[Path], dice: random.Random) -> Image.Image:
    """The picture on a stranger's floor; a light shop background is made see-through first."""
    with Image.open(backgrounds[dice.randrange(len(backgrounds))]) as file:
        scale = dice.uniform(1.0, 1.4)
        ground = file.convert("RGB").resize(
            (int(picture.width * scale), int(picture.height * scale))
        )
    dark = picture.convert("L").point(lambda value: 255 if value < 238 else 0)
    mask = dark.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.GaussianBlur(0.7))
    left = dice.randint(0, ground.width - picture.width)
    top = dice.randint(0, ground.height - picture.height)
    ground.paste(picture, (left, top), mask)
    return ground


def _cast(picture: Image.Image, dice: random.Random) -> Image.Image:
    gains = [dice.uniform(0.88, 1.12) for _ in range(3)]
    bands = [
        band.point([min(255, int(value * gain)) for value in range(256)])
        for band, gain in zip(picture.split(), gains, strict=True)
    ]
    tinted = Image.merge("RGB", bands)
    brighter = ImageEnhance.Brightness(tinted).enhance(dice.uniform(0.75, 1.2))
    return ImageEnhance.Contrast(brighter).enhance(dice.uniform(0.8, 1.2))


def _soften(picture: Image.Image, dice: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.0, 1.2)))


def _jpeg(picture: Image.Image, dice: random.Random) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=dice.randint(35, 90))
    return Image.open(out).convert("RGB")
