"""The wheel in an environment of its own: `pip install vitrine && vitrine demo`, pages included."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.worlds.factories import photo
from tests.worlds.programs import answers, found, free_port, started

ROOT = Path(__file__).parents[2]
COLOURS = ("red", "green", "blue")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that holds the wheel and what it needs alone."""
    uv, folder = found("uv", "pip install uv"), tmp_path_factory.mktemp("wheel")
    environment, python = folder / "environment", folder / "environment" / "bin" / "python"

    def run(*words: str) -> None:
        subprocess.run([uv, *words], check=True, cwd=ROOT)

    run("build", "--quiet", "--wheel", "--out-dir", str(folder))
    run("venv", "--quiet", "--python", sys.executable, str(environment))
    into = ("pip", "install", "--quiet", "--python", str(python))
    run(*into, "--require-hashes", "-r", "requirements/base.txt")
    run(*into, "--no-deps", *map(str, folder.glob("*.whl")))
    return python.parent


@pytest.fixture(scope="module")
def shop(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of `vitrine demo`, signed in with the password that it printed."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    catalogue = folder / "catalogue"
    catalogue.mkdir()
    for name in COLOURS:
        (catalogue / f"{name}.jpg").write_bytes(photo(name, size=(240, 320)))
    rows = [f"{name},{name} shirt,{name}.jpg" for name in COLOURS]
    (catalogue / "products.csv").write_text("\n".join(["external_id,title,images", *rows]) + "\n")
    # Without PYTHONPATH, which would lead back to the source.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"VITRINE_API__PORT": str(port), "VITRINE_DATA_DIR": str(folder / "data")}
    url = f"http://127.0.0.1:{port}"
    with started([str(installed / "vitrine"), "demo", str(catalogue)], folder, env=environment) as (
        demo
    ):
        demo.wait_for(lambda: answers(f"{url}/v1/health"), 120)
        password = re.search(r"shown only now\): (\S+)", demo.log.read_text())
        assert password
        with httpx.Client(base_url=url) as client:
            me = {"email": "admin@example.com", "password": password[1]}
            token = client.post("/v1/auth/sign-in", json=me).json()["access_token"]
            client.headers["authorization"] = f"Bearer {token}"
            yield client


def test_its_pages_are_served(shop: httpx.Client) -> None:
    page = shop.get("/", headers={"accept": "text/html"})
    assert (page.status_code, "<title>Vitrine</title>" in page.text) == (200, True)
    scripts = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
    assert scripts
    assert all(shop.get(each).status_code == 200 for each in scripts)


def test_what_shops_embed_is_in_it(shop: httpx.Client) -> None:
    page = shop.get("/s", headers={"accept": "text/html"})
    assert "<vitrine-storefront>" in page.text
    for path in ("/vitrine.js", "/vitrine/page.css", "/vitrine/samples/1.webp"):
        answer = shop.get(path)
        assert (answer.status_code, len(answer.content) > 100) == (200, True)
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("colour", COLOURS)
def test_what_the_demo_imported_is_found_by_photo(shop: httpx.Client, colour: str) -> None:
    asked = {"image": ("q.jpg", photo(colour, seed=9, size=(240, 320)), "image/jpeg")}
    answer = shop.post("/v1/search", files=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["hits"][0]["product"]["external_id"] == colour
