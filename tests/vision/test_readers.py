"""What phones and shops send: metadata of any size, lost ends, huge photos, and bombs."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.worlds.pictures import encoded, filled, noise, png_chunk
from vitrine.core.errors import Invalid, TooLarge, VitrineError
from vitrine.vision import images, jpeg
from vitrine.vision.images import Limits

RED = (200, 30, 10)


def with_chunks(png: bytes, *chunks: bytes, at: int = 33) -> bytes:
    """A PNG with more chunks, by default right after its header."""
    return png[:at] + b"".join(chunks) + png[at:]


def pixels_of(data: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(images.open(data).pixels)


PLAIN = encoded("PNG", noise(40))
MUCH = b"<x:xmpmeta>" + b"history " * 400_000


@pytest.mark.parametrize(
    "chunk",
    [
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(MUCH)),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + MUCH),
        png_chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(MUCH)),
        png_chunk(b"tEXt", b"Comment\0" + MUCH),
        png_chunk(b"iCCP", b"scanner\0\0" + zlib.compress(MUCH)),
        png_chunk(b"iCCP", b"scanner\0\0no profile"),
        png_chunk(b"eXIf", b"no tags"),
        png_chunk(b"tEXt", b"Comment\0a coat")[:-1] + b"\0",
        png_chunk(b"pHYs", b"\0"),
    ],
    ids=["xmp packed", "xmp", "ztxt", "text", "icc", "icc broken", "exif", "sum", "short"],
)
@pytest.mark.parametrize("late", [False, True], ids=["before the pixels", "after them"])
def test_what_stands_beside_a_pngs_pixels_is_never_fatal(chunk: bytes, late: bool) -> None:
    at = len(PLAIN) - 12 if late else 33
    assert np.array_equal(pixels_of(with_chunks(PLAIN, chunk, at=at)), pixels_of(PLAIN))


def test_dropping_texts_keeps_what_changes_the_pixels() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded("PNG", noise(40).crop((0, 0, 40, 20)), exif=exif)
    much = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(MUCH))
    assert images.open(with_chunks(turned, much)).size == (20, 40)
    see_through = encoded("PNG", filled("RGB", RED), transparency=RED)
    much = png_chunk(b"iCCP", b"scanner\0\0" + zlib.compress(MUCH))
    assert pixels_of(with_chunks(see_through, much))[5, 5].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xe2\x00\x0eICC_PROFILE\0",
        b"\xff\xe0\x00\x07JFIF\0",
        b"\xff\xe1\x00\x08Exif\0\0",
        b"\xff\xee\x00\x07Adobe",
    ],
)
def test_what_stands_beside_a_jpegs_pixels_is_never_fatal(segment: bytes) -> None:
    data = encoded("JPEG", noise(40))
    assert np.array_equal(pixels_of(data[:2] + segment + data[2:]), pixels_of(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "TIFF"])
def test_metadata_of_megabytes_is_read_past(form: str) -> None:
    profile = bytes(2_000_000)
    assert images.open(encoded(form, filled("RGB", RED), icc_profile=profile)).size == (40, 30)


JPEGS = {
    "baseline": encoded("JPEG", noise(48), quality=80),
    "grey": encoded("JPEG", noise(48).convert("L"), quality=80),
    "progressive": encoded("JPEG", noise(48), quality=80, progressive=True),
    "restarts": encoded("JPEG", noise(48), quality=80, restart_marker_blocks=2),
}


@pytest.mark.parametrize("kind", JPEGS)
@pytest.mark.parametrize("tail", [b"", b"\xff", b"\0" * 2, b"\0" * 4096], ids=len)
def test_a_jpeg_without_its_end_marker_is_read(kind: str, tail: bytes) -> None:
    data = JPEGS[kind]
    assert data.endswith(b"\xff\xd9")
    assert np.array_equal(pixels_of(data[:-2] + tail), pixels_of(data))


def test_what_follows_the_end_is_no_matter() -> None:
    data = JPEGS["baseline"]
    for tail in (b"\0\0\0\x18ftypmp42", b"\0", data, b"\xff\xd8\xff\xe0"):
        assert np.array_equal(pixels_of(data + tail), pixels_of(data))


@pytest.mark.parametrize("kind", JPEGS)
@given(cut=st.integers(3, 4_000), tail=st.sampled_from([b"", bytes(5_000)]))
def test_a_jpeg_that_was_cut_is_refused_or_whole(kind: str, cut: int, tail: bytes) -> None:
    data = JPEGS[kind]
    left = data[: max(4, len(data) - cut)] + tail
    try:
        opened = pixels_of(left)
    except VitrineError:
        return
    assert np.array_equal(opened, pixels_of(data))


def test_scans_that_never_came_are_missed() -> None:
    data = JPEGS["progressive"]
    starts = [each.start for each in jpeg.segments(data) if each.marker == 0xDA]
    assert len(starts) > 5
    with pytest.raises(Invalid, match="cut short"):
        images.open(data[: starts[-1]])


@pytest.mark.parametrize("ending", [2, 4, 12])
def test_a_png_and_a_gif_without_their_ends_are_read(ending: int) -> None:
    for data, lost in ((PLAIN, ending), (encoded("GIF", noise(40)), 1)):
        assert np.array_equal(pixels_of(data[:-lost]), pixels_of(data))


def flat_jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    """A grey JPEG of any size without its pixels in memory; the progressive one is cut short."""
    small = encoded("JPEG", filled("RGB", (128, 128, 128), (16, 16)), subsampling=0)
    if progressive:
        small = encoded("JPEG", filled("RGB", RED, (16, 16)), subsampling=0, progressive=True)
    frame = next(each for each in jpeg.segments(small) if each.marker in (0xC0, 0xC2))
    size = frame.start + 5
    sized = small[:size] + struct.pack(">HH", height, width) + small[size + 4 :]
    if progressive:
        return sized
    scan = next(each for each in jpeg.segments(sized) if each.marker == 0xDA)
    blocks = -(-width // 8) * -(-height // 8)
    # Per block of Y, Cb and Cr: no change of the mean, nothing else; four of them are 7 bytes.
    four = int("00101000000000" * 4, 2).to_bytes(7, "big")
    start = scan.start + 4 + len(scan.body)
    return sized[:start] + four * (-(-blocks // 4)) + b"\xff\xd9"


@pytest.mark.parametrize(
    ("declared", "decoded"),
    [
        ((8160, 6144), (4080, 3072)),
        ((8192, 6144), (4096, 3072)),
        ((12000, 9000), (3000, 2250)),
        ((16320, 12240), (4080, 3060)),
    ],
)
def test_huge_photos_of_phones_are_read_at_a_part_of_their_size(
    declared: tuple[int, int], decoded: tuple[int, int]
) -> None:
    picture = images.open(flat_jpeg(*declared))
    assert picture.size == decoded
    assert picture.pixels.getpixel((decoded[0] - 1, decoded[1] - 1)) == (128, 128, 128)


def test_up_to_twenty_five_million_pixels_a_jpeg_is_read_whole() -> None:
    assert images.open(flat_jpeg(5_000, 5_000)).size == (5_000, 5_000)
    assert images.open(flat_jpeg(5_000, 5_001)).size == (2_500, 2_501)


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "I;16"), ("WEBP", "RGB")])
def test_other_formats_are_held_at_a_half_above_it(form: str, mode: str) -> None:
    assert images.open(encoded(form, Image.new(mode, (5_001, 5_000)))).size == (2_501, 2_500)


def test_what_is_halved_after_decoding_is_the_mean_of_four_pixels() -> None:
    grey = np.zeros((5_002, 5_000), np.uint8)
    grey[:2, :2] = [[0, 100], [100, 200]]
    grey[-2:, -2:] = 40
    pixels = images.open(encoded("PNG", Image.fromarray(grey))).pixels
    assert pixels.getpixel((0, 0)) == (100, 100, 100)
    assert pixels.getpixel((2_499, 2_500)) == (40, 40, 40)


def test_a_reduced_photo_is_turned_upright_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    block = exif.tobytes()
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    data = flat_jpeg(8192, 6144)
    assert images.open(data[:2] + segment + data[2:]).size == (3072, 4096)


def test_a_reduced_photo_without_its_end_is_read() -> None:
    assert images.open(flat_jpeg(8192, 6144)[:-2]).size == (4096, 3072)


def test_memory_for_the_largest_photo_is_bounded() -> None:
    """200 million pixels declared, 12 million held."""
    program = """
import json, resource, sys
from vitrine.vision import images
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = images.open(data).size
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([size, (after - before) * 1024]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=flat_jpeg(16320, 12240),
        capture_output=True,
        check=True,
    )
    size, grown = json.loads(done.stdout)
    assert size == [4080, 3060]
    assert grown < 200_000_000, f"{grown:,} bytes"


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (flat_jpeg(65_000, 65_000, progressive=True), Limits()),
        (flat_jpeg(12_000, 12_000, progressive=True), Limits()),
        (flat_jpeg(3_000, 3_000), Limits(max_declared=8_999_999)),
        (flat_jpeg(3_000, 3_000), Limits(max_pixels=8_999_999)),
        (flat_jpeg(3_000, 3_000, progressive=True), Limits(max_pixels=8_999_999)),
    ],
    ids=["declared", "held by a progressive one", "declared set", "decoded set", "held set"],
)
def test_photos_over_the_limits_are_refused_by_their_headers(data: bytes, limits: Limits) -> None:
    with pytest.raises(TooLarge) as large:
        images.open(data, limits)
    assert large.value.code == "image_too_many_pixels"


def test_colours_that_come_one_after_the_other_are_held_too() -> None:
    """A first scan of one colour makes the decoder hold all of them, progressive or not."""
    data = flat_jpeg(12_000, 12_000)
    scan = next(each for each in jpeg.segments(data) if each.marker == 0xDA)
    alone = data[: scan.start] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + bytes(100)
    with pytest.raises(TooLarge):
        images.open(alone)


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = JPEGS["progressive"]
    scan = [each for each in jpeg.segments(data) if each.marker == 0xDA][-1]
    with pytest.raises(Invalid, match="over 200 scans"):
        images.open(data[:-2] + data[scan.start : -2] * 1_000 + b"\xff\xd9")


def test_a_jpeg_of_twenty_thousand_comments_is_refused() -> None:
    data = JPEGS["baseline"]
    with pytest.raises(Invalid, match="over 10,000 segments"):
        images.open(data[:2] + b"\xff\xfe\x00\x02" * 20_000 + data[2:])


def test_a_tiff_of_small_size_and_huge_tiles_is_refused() -> None:
    tags = [(256, 64), (257, 64), (258, 8), (259, 8), (262, 1), (277, 1), (322, 60_000)]
    tags += [(323, 60_000), (324, 200), (325, 10)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(200)
    with pytest.raises(Invalid, match="tiles of 60000 x 60000"):
        images.open(data)


def test_packings_that_swell_without_bound_are_not_read() -> None:
    fax = encoded("TIFF", filled("1", 1), compression="group4")
    with pytest.raises(Invalid, match="group4 is not read"):
        images.open(fax)
    packed = bytearray(encoded("BMP", filled("L", 9)))
    packed[30] = 1
    with pytest.raises(Invalid, match="packed BMP"):
        images.open(bytes(packed))


def test_a_heic_that_lies_about_its_size_is_refused() -> None:
    data = encoded("HEIF", noise(512))
    said = struct.pack(">II", 512, 512)
    assert said in data
    with pytest.raises(Invalid, match="damaged"):
        images.open(data.replace(said, struct.pack(">II", 32, 32)))


@pytest.mark.parametrize("form", ["TIFF", "HEIF"])
def test_phone_and_scanner_formats_are_turned_upright(form: str) -> None:
    stored = noise(64).crop((0, 0, 64, 32))
    exif = stored.getexif()
    exif[0x0112] = 6
    assert images.open(encoded(form, stored, exif=exif.tobytes())).size == (32, 64)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "I;16", "1"])
def test_tiffs_of_every_common_mode_are_read(mode: str) -> None:
    data = encoded("TIFF", Image.new(mode, (40, 30)), compression="tiff_lzw")
    assert images.open(data).pixels.mode == "RGB"


def test_bytes_of_one_photo_are_counted_as_sent() -> None:
    out = io.BytesIO(PLAIN + bytes(10))
    with pytest.raises(TooLarge):
        images.open(out.getvalue(), Limits(max_bytes=len(PLAIN)))
