"""A photo as a shopper might take it: seeded crops, turns, casts of light, blur and JPEG."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageEnhance, ImageFilter

from vitrine.vision.images import Picture


def second(of: Picture, seed: str) -> bytes:
    """Another view of a picture as a JPEG, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    picture = of.pixels
    picture = picture.rotate(dice.uniform(-9, 9), Image.Resampling.BICUBIC, fillcolor=(128,) * 3)
    picture = _cropped(picture, dice)
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = change(picture).enhance(dice.uniform(0.8, 1.2))
    picture = _cast(picture, dice)
    blurred = picture.filter(ImageFilter.GaussianBlur(dice.uniform(0, 0.004) * max(picture.size)))
    out = io.BytesIO()
    blurred.save(out, "JPEG", quality=dice.randint(45, 85))
    return out.getvalue()


def _cropped(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Nine tenths of each side or less, anywhere."""
    width, height = (max(1, int(side * dice.uniform(0.75, 0.95))) for side in picture.size)
    left, top = dice.randint(0, picture.width - width), dice.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def _cast(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Warmer or colder light."""
    warm = dice.uniform(-0.08, 0.08)
    red, green, blue = picture.split()
    bands = (
        red.point(lambda value: min(255, round(value * (1 + warm)))),
        green,
        blue.point(lambda value: min(255, round(value * (1 - warm)))),
    )
    return Image.merge("RGB", bands)
