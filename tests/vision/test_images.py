from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.worlds.pictures import encoded, filled, noise, of_every_kind, png_chunk
from vitrine.core.budget import Budget
from vitrine.core.errors import Invalid, TooLarge, Unavailable, Unsupported, VitrineError
from vitrine.vision import images, needs
from vitrine.vision.images import Limits

RED, BLUE, WHITE = (200, 30, 10), (10, 30, 200), (255, 255, 255)
SEEDS = of_every_kind()


def opened_colour(data: bytes) -> tuple[int, ...]:
    picture = images.open(data)
    assert picture.pixels.mode == "RGB"
    assert picture.pixels.info == {}
    pixel = picture.pixels.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    return pixel


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("GIF", "image/gif"),
        ("HEIF", "image/heic"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
    ],
)
def test_every_format_opens_as_rgb(form: str, media_type: str) -> None:
    data = encoded(form, filled("RGB", RED))
    assert opened_colour(data) == pytest.approx(RED, abs=6)
    assert images.open(data).media_type == media_type
    assert images.open(data).size == (40, 30)


def test_mpo_of_a_phone_is_its_first_photo() -> None:
    data = encoded("MPO", filled("RGB", RED), save_all=True, append_images=[filled("RGB", BLUE)])
    assert opened_colour(data) == pytest.approx(RED, abs=6)
    assert images.open(data).media_type == "image/jpeg"


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_of_what_moves_the_first_frame_is_taken(form: str) -> None:
    data = encoded(form, filled("RGB", RED), save_all=True, append_images=[filled("RGB", BLUE)])
    with Image.open(io.BytesIO(data)) as moving:
        assert getattr(moving, "n_frames", 1) == 2
    assert opened_colour(data) == pytest.approx(RED, abs=30)


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (encoded("JPEG", filled("CMYK", (0, 255, 255, 0))), (255, 0, 0)),
        (encoded("JPEG", filled("L", 99)), (99, 99, 99)),
        (encoded("PNG", filled("RGB", RED).quantize(4)), RED),
        (encoded("PNG", filled("RGB", RED).quantize(4), transparency=b"\0\0\0\0"), WHITE),
        (encoded("PNG", filled("RGB", RED), transparency=RED), WHITE),
        (encoded("PNG", filled("RGBA", (0, 0, 255, 0))), WHITE),
        (encoded("PNG", filled("RGBA", (0, 0, 0, 51))), (204, 204, 204)),
        (encoded("PNG", filled("LA", (0, 0))), WHITE),
        (encoded("PNG", filled("LA", (60, 255))), (60, 60, 60)),
        (encoded("PNG", filled("L", 77), transparency=77), WHITE),
        (encoded("PNG", filled("1", 1)), WHITE),
        (encoded("PNG", filled("1", 0)), (0, 0, 0)),
    ],
)
def test_every_mode_becomes_the_colour_a_browser_shows_on_white(
    data: bytes, colour: tuple[int, int, int]
) -> None:
    assert opened_colour(data) == pytest.approx(colour, abs=2)


@pytest.mark.parametrize("level", [0, 1000, 40000, 65535])
def test_sixteen_bit_greys_are_scaled_not_clipped(level: int) -> None:
    grey = Image.fromarray(np.full((30, 40), level, np.uint16))
    assert opened_colour(encoded("PNG", grey)) == pytest.approx([level / 257] * 3, abs=1)


def test_sixteen_bit_rgb_is_scaled() -> None:
    row = b"\0" + struct.pack(">HHH", 51400, 7710, 2570) * 40
    assert opened_colour(png(40, 30, 16, 2, row * 30)) == pytest.approx((200, 30, 10), abs=1)


STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_all_eight_exif_orientations_are_turned_upright(orientation: int, form: str) -> None:
    upright = np.array(noise(32).crop((0, 0, 32, 20)))
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    picture = images.open(encoded(form, stored, exif=exif, **options))
    assert picture.size == (32, 20)
    assert np.array_equal(np.asarray(picture.pixels), upright)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_broken_exif_block_does_not_refuse_the_photo(form: str) -> None:
    data = encoded(form, filled("RGB", RED), exif=b"Exif\0\0no tags are in here")
    assert opened_colour(data) == pytest.approx(RED, abs=6)


TO_XYZ_D50 = {
    "sRGB": [[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]],
    "P3": [[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]],
}


def matrix_profile(name: str, to_xyz: list[list[float]], gamma: float) -> bytes:
    """A small ICC profile of three primaries and one gamma."""

    def fixed(values: list[float]) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    text = name.encode() + b"\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    columns = list(zip(*to_xyz, strict=True))
    tags = {b"desc": description, b"cprt": b"text\0\0\0\0none\0"}
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + fixed([0.9642, 1.0, 0.8249])}
    for letter, column in zip((b"r", b"g", b"b"), columns, strict=True):
        tags[letter + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(list(column))
        tags[letter + b"TRC"] = curve
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for signature, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += signature + struct.pack(">II", offset + len(body), len(data))
        body += padded
    header = struct.pack(
        ">I4sI4s4s4s", offset + len(body), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += fixed([0.9642, 1.0, 0.8249]) + bytes(128 - 80)
    return header + struct.pack(">I", len(tags)) + table + body


def test_a_wide_gamut_photo_is_converted_to_srgb() -> None:
    stored = np.array([200, 100, 50])
    light = (stored / 255) ** 2.2
    linear = np.linalg.inv(TO_XYZ_D50["sRGB"]) @ np.array(TO_XYZ_D50["P3"]) @ light
    shown = 255 * np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    profile = matrix_profile("wide", TO_XYZ_D50["P3"], 2.2)
    data = encoded("PNG", filled("RGB", tuple(stored)), icc_profile=profile)
    assert abs(shown - stored).max() > 8
    assert opened_colour(data) == pytest.approx(shown.tolist(), abs=2)


@pytest.mark.parametrize(
    "profile",
    [
        b"this is no profile" * 20,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
    ids=["broken", "of another colour space", "sRGB"],
)
def test_a_useless_or_needless_profile_changes_nothing(profile: bytes) -> None:
    assert opened_colour(encoded("PNG", filled("RGB", RED), icc_profile=profile)) == RED


def test_nothing_and_text_and_other_formats_are_refused() -> None:
    with pytest.raises(Invalid) as empty:
        images.open(b"")
    assert empty.value.code == "image_empty"
    for data in (b"I am called photo.jpg and am text.", encoded("TGA", filled("RGB", RED))):
        with pytest.raises(Unsupported) as unreadable:
            images.open(data)
        assert unreadable.value.code == "image_unreadable"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "TIFF", "BMP"])
def test_a_photo_cut_short_is_refused(form: str) -> None:
    data = encoded(form, noise(200))
    with pytest.raises(Invalid) as broken:
        images.open(data[: len(data) // 2])
    assert broken.value.code == "image_broken"


def test_a_bomb_is_refused_by_its_header() -> None:
    bomb = png(30000, 30000, 8, 2, b"\0")
    assert len(bomb) < 100
    with pytest.raises(TooLarge) as large:
        images.open(bomb)
    assert large.value.code == "image_too_many_pixels"
    assert "30000 x 30000" in large.value.message


def test_bytes_and_sides_have_limits() -> None:
    data = encoded("PNG", filled("RGB", RED, (16, 40)))
    assert images.open(data, Limits(max_bytes=len(data))).size == (16, 40)
    with pytest.raises(TooLarge) as heavy:
        images.open(data, Limits(max_bytes=len(data) - 1))
    assert heavy.value.code == "image_too_large"
    with pytest.raises(Invalid) as small:
        images.open(data, Limits(min_side=17))
    assert small.value.code == "image_too_small"


def test_one_pixel_is_too_small_unless_allowed() -> None:
    data = encoded("PNG", filled("RGB", RED, (1, 1)))
    with pytest.raises(Invalid, match="1 x 1"):
        images.open(data)
    assert images.open(data, Limits(min_side=1)).size == (1, 1)


@pytest.mark.parametrize("form", SEEDS)
@given(data=st.data())
def test_damaged_bytes_raise_only_our_errors(form: str, data: st.DataObject) -> None:
    good = SEEDS[form]
    places = st.integers(0, len(good) - 1)
    broken = bytearray(good)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        broken[place] = value
    try:
        picture = images.open(bytes(broken[: data.draw(places) + 1]))
    except VitrineError:
        return
    assert picture.pixels.mode == "RGB"


def test_thumbnails_are_webp_and_never_larger_than_the_picture() -> None:
    picture = images.open(encoded("PNG", noise(300)))
    for side, expected in ((128, 128), (4000, 300)):
        with Image.open(io.BytesIO(images.thumbnail(picture, side))) as small:
            assert small.format == "WEBP"
            assert small.size == (expected, expected)
    assert picture.size == (300, 300)


def bomb() -> bytes:
    """Twenty megapixels of nothing, in 60 kB."""
    return encoded("PNG", Image.new("RGB", (5_000, 4_000)))


def test_photos_that_are_decoded_share_one_memory_and_give_it_back() -> None:
    memory = Budget(total=200_000_000, wait=0.01)
    data = bomb()
    with images.opened([data], memory=memory) as (picture,):
        assert picture.size == (5_000, 4_000)
        assert memory.free == 200_000_000 - 4 * 20_000_000  # what is held, not what decoding took
        with pytest.raises(Unavailable) as busy, images.opened([data], memory=memory):
            pass
        assert busy.value.retry_after
    assert memory.free == memory.total
    with pytest.raises(Invalid), images.opened([data[:1000]], memory=memory):
        pass
    assert memory.free == memory.total


@pytest.mark.parametrize(
    ("form", "mode", "peak", "kept"),
    [
        ("PNG", "RGB", 8, 4),
        ("PNG", "P", 8, 4),
        ("JPEG", "RGB", 8, 4),
        ("GIF", "P", 8, 4),
        ("WEBP", "RGB", 16, 4),
        ("AVIF", "RGB", 10, 4),
    ],
)
def test_what_a_photo_takes_is_told_by_its_header(
    form: str, mode: str, peak: int, kept: int
) -> None:
    need = needs.of(encoded(form, Image.new(mode, (100, 50))))
    assert need == (peak * 5_000, kept * 5_000)


def test_above_full_size_a_quarter_of_the_pixels_is_kept() -> None:
    need = needs.of(png(8_000, 4_000, 8, 2, b"\0"))
    assert need == (4 * 32_000_000 + 4 * 8_000_000, 4 * 8_000_000)


def test_a_progressive_jpeg_holds_its_coefficients_too() -> None:
    data = encoded("JPEG", noise(256), progressive=True, subsampling=0)
    assert needs.of(data).peak == 256 * 256 * (4 + 2 * 3)
    assert needs.of(b"no photo") == (0, 0)
    assert needs.together([needs.of(data)] * 3) == (256 * 256 * (8 + 10), 3 * 4 * 256 * 256)
