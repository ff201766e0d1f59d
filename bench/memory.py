"""How much memory `vitrine serve` takes under attack.

    .venv/bin/python -m bench.memory

starts a server with a small catalogue on a fresh folder, attacks it in every way below, one after
the other, and prints of each what was answered and the most memory (resident, all processes of the
server) meanwhile and half a minute after. Exits with 1 where one took more than LIMIT. Names of
attacks as arguments run only these.
"""

from __future__ import annotations

import csv
import io
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image, ImageDraw

from bench.resident import resident, watched
from tests.worlds.programs import answers, free_port, started

LIMIT = 1_200
"""Megabytes."""

EMAIL, PASSWORD = "admin@example.com", "a long password of the bench"
PRODUCTS = 24
SETTLED = 30.0
"""Seconds after an attack in which memory is to be given back."""

Attack = Callable[["Target"], str]


@dataclass(frozen=True)
class Target:
    """Where the server listens, how to be let in, and whose memory is watched."""

    port: int
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def client(self) -> httpx.Client:
        """A client that is signed in."""
        url = f"http://127.0.0.1:{self.port}"
        return httpx.Client(base_url=url, headers=dict(self.headers), timeout=60)


def main() -> int:
    """Attack and print."""
    chosen = sys.argv[1:] or list(ATTACKS)
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder)) as target:
        print(f"{'attack':<12}{'before':>8}{'peak':>8}{'after':>8}  MB; answers", flush=True)
        peaks = [_measured(name, ATTACKS[name], target) for name in chosen]
    return int(max(peaks) > LIMIT)


def _measured(name: str, attack: Attack, target: Target) -> float:
    before = resident(target.pid)
    with watched(target.pid) as seen:
        told = attack(target)
    time.sleep(SETTLED)  # what is measured is what is kept once all is quiet
    after = resident(target.pid)
    print(f"{name:<12}{before:>8.0f}{max(seen):>8.0f}{after:>8.0f}  {told}", flush=True)
    return max(seen)


def bombs(target: Target) -> str:
    """Twelve PNGs of 190 kB and 7,000 x 7,000 pixels at once."""
    image = Image.new("RGBA", (7_000, 7_000))
    image.putpixel((1, 1), (3, 4, 5, 6))
    return _posted(target, "/v1/search", _encoded(image, "PNG"), at_once=12, each=1)


def searches(target: Target) -> str:
    """Sixty-four photo searches at once for twenty seconds."""
    photo = _encoded(Image.effect_noise((1_200, 1_600), 80).convert("RGB"), "JPEG")
    return _posted(target, "/v1/search", photo, at_once=64, seconds=20)


def sign_ins(target: Target) -> str:
    """Sixty-four wrong passwords at once for ten seconds, as from many addresses."""

    def try_in(client: httpx.Client, place: int) -> int:
        asked = {"email": f"{place}@example.com", "password": "a wrong password"}
        address = {"X-Forwarded-For": f"10.{random.randrange(250)}.{place % 250}.1"}
        return client.post("/v1/auth/sign-in", json=asked, headers=address).status_code

    return _flooded(target, try_in, at_once=64, seconds=10)


def zipped(target: Target) -> str:
    """A zip of 240 kB with twelve PNGs of 19.5 MB, named by each of forty rows, tried only."""
    plain = io.BytesIO()
    Image.new("RGB", (2_550, 2_550)).save(plain, "PNG", compress_level=0)
    names = [f"{place}.png" for place in range(12)]
    return _imported(target, dict.fromkeys(names, plain.getvalue()), [";".join(names)] * 40, 1)


def no_pictures(target: Target) -> str:
    """Six imports of three hundred rows that name one file of 19 MB, which is no picture."""
    return _imported(target, {"a.png": b"no picture " * 1_800_000}, ["a.png"] * 300, 6)


def headers(target: Target) -> str:
    """One connection that sends 600 MB of headers."""
    sent, line = 0, b"x-more: " + b"y" * 60_000 + b"\r\n"
    address = ("127.0.0.1", target.port)
    with socket.create_connection(address, timeout=20) as sender, suppress(OSError):
        sender.sendall(b"GET /v1/health HTTP/1.1\r\nhost: a\r\n")
        while sent < 600_000_000:
            sender.sendall(line)
            sent += len(line)
    return f"cut after {sent / 1e6:.1f} MB"


def slow(target: Target) -> str:
    """Three hundred connections whose headers, and three hundred whose bodies, drip."""
    heads = (
        b"GET /v1/health HTTP/1.1\r\nhost: a\r\n",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 900000\r\n\r\n",
    )
    lines = [socket.create_connection(("127.0.0.1", target.port)) for _ in range(600)]
    begun = time.monotonic()
    open_still = lines
    for place, line in enumerate(lines):
        line.sendall(heads[place % 2])
    while open_still and time.monotonic() - begun < 60:
        time.sleep(1)  # a drip a second is what the attack is
        open_still = [line for line in open_still if _drips(line)]
    with target.client() as client:
        answered = client.get("/v1/health").status_code
    for line in lines:
        line.close()
    spent = time.monotonic() - begun
    return f"{len(open_still)} of 600 open after {spent:.0f} s; health {answered}"


ATTACKS: dict[str, Attack] = {
    "bombs": bombs,
    "zipped": zipped,
    "no_pictures": no_pictures,
    "headers": headers,
    "slow": slow,
    "searches": searches,
    "sign_ins": sign_ins,
}
PYTHON = (sys.executable, "-m", "vitrine")


def _posted(
    target: Target, path: str, photo: bytes, *, at_once: int, seconds: float = 60, each: int = 10**6
) -> str:
    def post(client: httpx.Client, _place: int) -> int:
        return client.post(path, files={"image": ("a", photo)}).status_code

    return _flooded(target, post, at_once=at_once, seconds=seconds, each=each)


def _flooded(
    target: Target,
    ask: Callable[[httpx.Client, int], int],
    *,
    at_once: int,
    seconds: float,
    each: int = 10**6,
) -> str:
    """Ask from so many threads for so long; how often there was which answer, and how soon."""
    counted, spent, until = Counter[int](), list[float](), time.monotonic() + seconds

    def flood(place: int) -> None:
        with target.client() as client:
            for _ in range(each):
                begun = time.monotonic()
                if begun > until:
                    return
                status = ask(client, place)
                counted[status] += 1
                if status == 200:
                    spent.append(time.monotonic() - begun)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(flood, range(at_once)))
    middle = f"; p50 of 200: {sorted(spent)[len(spent) // 2]:.1f} s" if spent else ""
    return f"{dict(sorted(counted.items()))}{middle}"


def _imported(target: Target, pictures: dict[str, bytes], lists: list[str], times: int) -> str:
    archive, table = io.BytesIO(), io.StringIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in pictures.items():
            file.writestr(name, data)
    rows = csv.writer(table)
    rows.writerow(("external_id", "title", "images"))
    rows.writerows((f"bench-{place}", "A coat", names) for place, names in enumerate(lists))
    catalogue, photos = table.getvalue().encode(), archive.getvalue()
    files = {"file": ("a.csv", catalogue), "images": ("a.zip", photos)}
    with target.client() as client:
        jobs = []
        for _ in range(times):
            answer = client.post("/v1/imports", files=files, data={"dry_run": "true"})
            jobs.append(answer.raise_for_status().json()["job"]["id"])
        ended = [_ended(client, job) for job in jobs]
    return f"zip of {len(photos) / 1000:.0f} kB; {dict(Counter(ended))}"


def _ended(client: httpx.Client, job: str) -> str:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        status: str = client.get(f"/v1/jobs/{job}").json()["status"]
        if status in ("succeeded", "failed", "cancelled"):
            return status
        time.sleep(0.5)  # a job tells nobody outside when it ends
    return "not ended"


def _drips(line: socket.socket) -> bool:
    try:
        line.sendall(b"x")
        line.setblocking(False)
        return bool(line.recv(1000))
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        line.setblocking(True)


def _encoded(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def _catalogue(folder: Path) -> Path:
    """A few products with drawn photos."""
    folder.mkdir()
    with (folder / "products.csv").open("w") as file:
        rows = csv.writer(file)
        rows.writerow(("external_id", "title", "images"))
        for place in range(PRODUCTS):
            image = Image.new("RGB", (600, 800), "white")
            colour = tuple(random.randrange(200) for _ in range(3))
            ImageDraw.Draw(image).polygon([(100, 100), (500, 150), (450, 700), (150, 650)], colour)
            image.save(folder / f"{place}.jpg")
            rows.writerow((f"bench-{place}", "A coat", f"{place}.jpg"))
    return folder


@contextmanager
def _serving(folder: Path) -> Iterator[Target]:
    # Sign-ins are to reach the hash, not the limit of one address.
    environment = os.environ | {
        "VITRINE_DATA_DIR": str(folder / "data"),
        "VITRINE_LOG_LEVEL": "WARNING",
        "VITRINE_API__TRUSTED_PROXIES": "127.0.0.1",
    }

    def run(*verb: str, given: str = "") -> None:
        subprocess.run(
            [*PYTHON, *verb],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            input=given.encode(),
        )

    run("migrate")
    run("create-admin", EMAIL, "--password-stdin", given=PASSWORD)
    run("import", str(_catalogue(folder / "catalogue")))
    port = free_port()
    with started([*PYTHON, "serve", "--port", str(port)], folder, env=environment) as server:
        server.wait_for(lambda: answers(f"http://127.0.0.1:{port}/v1/health"), seconds=120)
        yield _signed_in(Target(port, server.process.pid))


def _signed_in(target: Target) -> Target:
    with target.client() as client:
        asked = {"email": EMAIL, "password": PASSWORD}
        token = client.post("/v1/auth/sign-in", json=asked).raise_for_status().json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    return Target(target.port, target.pid, headers)


if __name__ == "__main__":
    sys.exit(main())
