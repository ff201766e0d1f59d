"""Pictures, catalogues and zips, mutated by what code they reach, opened without surprise.

    make fuzz ARGS="--minutes 10"
    .venv/bin/python -m bench.fuzz_parsers [--minutes 10] [--only pictures,catalogues,zips]

needs `atheris` (`requirements/fuzz.txt`). The minutes are shared by the parsers, each of which runs
in a process of its own. What a file may cost is an error of ours; any other exception, a crash,
five seconds of computing or a gigabyte is a finding: it is printed with the file that makes it
again, and the exit code is 1. Prints one JSON line for each parser.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LONGEST_FILE = 1 << 16
LONGEST_RUN = 5.0
"""Seconds of computing that one file may take."""

HANGING = 120
"""Seconds after which a file that takes no computing hangs, however busy the machine is."""

MOST_MEMORY = 1_024
"""Megabytes that the process may take."""

FUZZED = ("vitrine.vision", "vitrine.services.imports", "PIL", "zipfile", "csv", "json")
"""Packages whose branches lead the mutations."""

Parser = Callable[[bytes], None]
_PNG = b"\x89PNG\r\n\x1a\n"
_COUNTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_COVERED = re.compile(r"cov: (\d+)")


def main(arguments: Sequence[str]) -> int:
    """Fuzz each parser in a process of its own, and print what was found."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--only", default=",".join(PARSERS))
    asked.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()))
    asked.add_argument("--within", help=argparse.SUPPRESS)
    given, rest = asked.parse_known_args(arguments)
    if given.within:
        return _fuzz(given.within, rest)
    names = given.only.split(",")
    seconds = int(given.minutes * 60 / len(names))
    told = [_told(name, seconds, given.findings) for name in names]
    return 1 if any(told) else 0


def _told(name: str, seconds: int, findings: Path) -> bool:
    """Whether fuzzing this parser found something."""
    kept = findings / f"vitrine-{name}-"
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS[name]()):
            (Path(folder) / str(number)).write_bytes(seed)
        command = [sys.executable, "-m", __spec__.name, "--within", name, folder]
        options = {
            "max_total_time": seconds,
            "max_len": LONGEST_FILE,
            "timeout": HANGING,
            "rss_limit_mb": MOST_MEMORY,
            "artifact_prefix": kept,
            "print_final_stats": 1,
        }
        command += [f"-{option}={value}" for option, value in options.items()]
        ran = subprocess.run(
            command, stderr=subprocess.PIPE, text=True, errors="replace", check=False
        )
    counted, covered = _COUNTED.findall(ran.stderr), _COVERED.findall(ran.stderr)
    told = {"parser": name, "seconds": seconds, "files": int(counted[-1]) if counted else 0}
    told |= {"branches": int(covered[-1]) if covered else 0, "found": ran.returncode != 0}
    print(json.dumps(told), flush=True)
    if ran.returncode:
        print(ran.stderr[-6_000:], flush=True)
    return ran.returncode != 0


def _fuzz(name: str, options: Sequence[str]) -> int:
    """Fuzz one parser in this process, which then ends."""
    import atheris

    with atheris.instrument_imports(include=list(FUZZED)):
        parse = PARSERS[name]()

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        made = bytes(atheris.Mutate(data, most))
        return made if seed % 4 == 0 else summed(made)[:most]

    def timed(data: bytes) -> None:
        began = time.process_time()
        parse(data)
        took = time.process_time() - began
        assert took < LONGEST_RUN, f"took {took:.1f} seconds"

    atheris.Setup([sys.argv[0], *options], timed, custom_mutator=mutate)
    atheris.Fuzz()
    return 0


def summed(data: bytes) -> bytes:
    """A PNG with right checksums, without which its reader looks no further; all else as it is."""
    if not data.startswith(_PNG):
        return data
    made, place = [_PNG], len(_PNG)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            break
        made += [data[place:end], struct.pack(">I", zlib.crc32(data[place + 4 : end]))]
        place = end + 4
    return b"".join(made) + data[place:]


def _pictures() -> Parser:
    from vitrine.core.errors import VitrineError
    from vitrine.vision import images, needs

    def parse(data: bytes) -> None:
        try:
            with images.opened([data]) as (picture,):
                assert picture.pixels.mode == "RGB"
                assert min(picture.size) >= 1
                assert picture.size.width * picture.size.height <= needs.FULL_SIZE
                images.thumbnail(picture, 160)
        except VitrineError:
            return

    return parse


def _catalogues() -> Parser:
    from bench.fuzz_imports import read

    path = Path(tempfile.mkdtemp()) / "products"

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        read(path)

    return parse


def _zips() -> Parser:
    from vitrine.core.errors import VitrineError
    from vitrine.ports import NoFetcher
    from vitrine.services import imports
    from vitrine.services.imports import pictures

    path = Path(tempfile.mkdtemp()) / "images"

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        source = imports.Source(path, path, path)
        try:
            with pictures.opened(source, NoFetcher(), 1_000_000) as read:
                for name in ("a.png", "b/c.jpg", "../a.png", "data:;base64,AA=="):
                    _each(read, name)
        except VitrineError:
            return

    def _each(read: pictures.Read, name: str) -> None:
        try:
            assert read.size(name) <= 1_000_000
            assert len(read(name)) <= 1_000_000
        except VitrineError:
            return

    return parse


def _picture_seeds() -> Sequence[bytes]:
    from tests.worlds import pictures

    return list(pictures.of_every_kind().values())


def _catalogue_seeds() -> Sequence[bytes]:
    from bench.fuzz_imports import SEEDS as SOUND

    return SOUND


def _zip_seeds() -> Sequence[bytes]:
    from tests.worlds import pictures

    return list(pictures.zips().values())


PARSERS: Mapping[str, Callable[[], Parser]] = {
    "pictures": _pictures,
    "catalogues": _catalogues,
    "zips": _zips,
}
SEEDS: Mapping[str, Callable[[], Sequence[bytes]]] = {
    "pictures": _picture_seeds,
    "catalogues": _catalogue_seeds,
    "zips": _zip_seeds,
}


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
