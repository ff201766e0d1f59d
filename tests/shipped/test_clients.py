"""The packages of `make clients`: the example of each page, run as the page tells it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.programs import found, served
from tests.worlds.visitors import furnished
from vitrine.api.app import create_app
from vitrine.wiring import Runtime

ROOT = Path(__file__).parents[2]
CLIENTS, DIST, PACKAGES = ROOT / "clients", ROOT / "dist", ROOT / "web" / "node_modules"


EVERY_MODULE = """
import importlib, pkgutil, vitrine_client
for found in pkgutil.walk_packages(vitrine_client.__path__, "vitrine_client."):
    importlib.import_module(found.name)
"""
"""What a generator forgot shows where a module is imported."""


def example(language: str, fence: str) -> str:
    """The first block of code of a client's page; ten lines or so."""
    page = (CLIENTS / language / "README.md").read_text(encoding="utf-8")
    [block, *_] = re.findall(rf"^```{fence}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(block.splitlines()) <= 12
    return str(block)


@pytest.fixture
def shop(runtime: Runtime) -> Iterator[dict[str, str]]:
    """The variables that an example reads: a shop that serves, and a key of it."""
    door = furnished(runtime)
    door.add("dress", "red", title="Red dress", price="19.90", currency="EUR")
    with served(create_app(runtime.settings, runtime)) as url:
        yield os.environ | {"VITRINE_URL": url, "VITRINE_KEY": door.key()[1]}


def newest(pattern: str) -> Path:
    return max(DIST.glob(pattern), key=lambda path: path.stat().st_mtime)


def printed(command: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_python_client_does_what_its_page_says(shop: dict[str, str], tmp_path: Path) -> None:
    uv, python = found("uv", "pip install uv"), tmp_path / "env" / "bin" / "python"
    venv.create(tmp_path / "env")
    wheel = newest("vitrine_client-*.whl")
    command = [uv, "pip", "install", "--quiet", "--python", str(python), str(wheel)]
    subprocess.run(command, check=True)
    environment = {name: each for name, each in shop.items() if name != "PYTHONPATH"}
    code = example("python", "python")
    assert "dress Red dress 19.90" in printed([str(python), "-c", code], tmp_path, environment)
    printed([str(python), "-c", EVERY_MODULE], tmp_path, environment)


def test_the_typescript_client_does_what_its_page_says(
    shop: dict[str, str], tmp_path: Path
) -> None:
    node = subprocess.run(
        [ROOT / "web" / "scripts" / "node.sh", sys.executable, ".venv-node"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    client = tmp_path / "node_modules" / "@vitrine" / "client"
    client.mkdir(parents=True)
    with tarfile.open(newest("vitrine-client-*.tgz")) as packed:
        packed.extractall(tmp_path / "packed", filter="data")
    client.rmdir()
    (tmp_path / "packed" / "package").rename(client)
    for needed in ("openapi-fetch", "openapi-typescript-helpers"):
        (tmp_path / "node_modules" / needed).symlink_to(PACKAGES / needed)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "example.ts").write_text(example("typescript", "ts"))
    environment = shop | {"PATH": node.stdout.strip()}
    told = {"strict": True, "module": "esnext", "moduleResolution": "bundler", "target": "es2022"}
    told |= {"lib": ["es2023", "dom"], "types": ["node"]}
    told |= {"typeRoots": [str(PACKAGES / "@types")]}
    given = {"compilerOptions": told, "files": ["example.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(given))
    tsc = ["node", str(PACKAGES / "typescript" / "bin" / "tsc"), "-p", "."]
    assert printed(tsc, tmp_path, environment) == []  # the types fit
    assert "dress Red dress 19.90" in printed(["node", "example.js"], tmp_path, environment)


def test_both_are_of_the_servers_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    package = json.loads((CLIENTS / "typescript" / "package.json").read_text(encoding="utf-8"))
    assert package["version"] == version
    assert newest("vitrine_client-*.whl").name.startswith(f"vitrine_client-{version}-")
