"""People who upload, search, look and import all the while, and what each of them was answered."""

from __future__ import annotations

import io
import itertools
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import httpx

from tests.worlds.kills import EMAIL, PASSWORD
from vitrine.sample import PRODUCTS, draw_product

SIZE = (120, 160)
ROWS = 4
"""Products of one import."""

PATIENCE = 120.0
"""Seconds that a person waits for an answer, longer than any fault lasts."""

NO_ANSWER = 0
"""The status of a request whose connection was refused or lost."""

UNDER_WAY = -1
"""The status of a request that still waits for its answer."""

CROWD = {"upload": 3, "search": 2, "words": 2, "list": 2, "picture": 1, "health": 1, "import": 1}
"""How many do each thing at once."""

AT_ONCE = 5
"""Products that one of them uploads before they look whether they are indexed: a machine that is
slow gets no more than it can do."""

PAUSE = 1.0
"""Seconds between an answer and the next question of the same person."""


@dataclass(frozen=True)
class Answer:
    """When somebody asked, by the monotonic clock, for what, what came back and after how long."""

    at: float
    kind: str
    status: int
    seconds: float
    code: str = ""

    @property
    def told(self) -> str:
        """What came back, for people."""
        others = {NO_ANSWER: "lost", UNDER_WAY: "still waits"}
        return others.get(self.status) or f"{self.status} {self.code}".strip()

    @property
    def good(self) -> bool:
        """Whether they got what they wanted."""
        return 200 <= self.status < 300


class Load:
    """All of them, against one URL; `accepted` are external ids, `imports` ids of jobs."""

    def __init__(self, url: str, name: str) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        self._api = httpx.Client(base_url=url, timeout=PATIENCE, limits=limits)
        self._name = name
        self._numbers = itertools.count()
        self._image = ""
        self._ended = threading.Event()
        self.answers: list[Answer] = []
        self.accepted: list[str] = []
        self.imports: list[str] = []
        self.imported: list[str] = []
        self.refused: list[str] = []
        self._under_way: dict[int, tuple[float, str]] = {}

    def sign_in(self) -> None:
        """Let them in."""
        body = {"email": EMAIL, "password": PASSWORD}
        told = self._api.post("/v1/auth/sign-in", json=body).raise_for_status().json()
        self._api.headers["Authorization"] = f"Bearer {told['access_token']}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """They ask for as long as the block."""
        crowd = [kind for kind, number in CROWD.items() for _ in range(number)]
        with ThreadPoolExecutor(len(crowd)) as pool:
            going = [pool.submit(self._repeat, kind) for kind in crowd]
            try:
                yield
            finally:
                self._ended.set()
        self._api.close()
        for each in going:
            each.result()

    def between(self, begun: float, ended: float) -> list[Answer]:
        """What was answered, or is still waited for, in that time."""
        moment = time.monotonic()
        waiting = [Answer(at, kind, UNDER_WAY, moment - at) for at, kind in self._waiting()]
        return [
            each
            for each in (*self.answers, *waiting)
            if each.at <= ended and each.at + each.seconds >= begun
        ]

    def good_since(self, moment: float) -> set[str]:
        """The kinds of which somebody who asked after that moment got a good answer."""
        return {each.kind for each in list(self.answers) if each.at >= moment and each.good}

    def _waiting(self) -> list[tuple[float, str]]:
        return list(self._under_way.values())

    def _repeat(self, kind: str) -> None:
        act = self._acts[kind]
        while not self._ended.wait(PAUSE):
            act()

    @cached_property
    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "upload": self._upload,
            "search": self._search,
            "words": lambda: self._ask("words", "POST", "/v1/search", json={"text": "a red coat"}),
            "list": self._list,
            "picture": self._picture,
            "health": lambda: self._ask("health", "GET", "/v1/health/live"),
            "import": self._import,
        }

    def _upload(self) -> None:
        for _ in range(AT_ONCE):
            job = self._upload_one()
            self._ended.wait(PAUSE)
        self._until_ended(job)

    def _upload_one(self) -> str | None:
        number = next(self._numbers)
        sku = f"{self._name}-{number:05}"
        product = json.dumps({"external_id": sku, "title": f"Product {sku}"})
        image = {"images": (f"{sku}.jpg", photo(number, sku), "image/jpeg")}
        form: dict[str, Any] = {"data": {"product": product}, "files": image}
        told = self._insist("upload", "/v1/products", sku, form)
        if told is None:
            return None
        self.accepted.append(sku)
        return str(told["job"]["id"])

    def _import(self) -> None:
        number = next(self._numbers)
        names = [f"{self._name}-import-{number:05}-{row}" for row in range(ROWS)]
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for place, name in enumerate(names):
                file.writestr(f"{name}.jpg", photo(number + place, name))
        table = "sku,title,images\n" + "".join(f"{each},A coat,{each}.jpg\n" for each in names)
        files = {"file": ("shop.csv", table.encode()), "images": ("shop.zip", archive.getvalue())}
        told = self._insist("import", "/v1/imports", names[0], {"files": files})
        if told:
            job = told["job"]["id"]
            self.imports.append(job)
            self.imported.extend(names)
            self._until_ended(job)

    def _until_ended(self, job: str | None) -> None:
        while job and not self._ended.wait(PAUSE):
            told = self._ask("job", "GET", f"/v1/jobs/{job}")
            if told and told["status"] in ("succeeded", "failed", "cancelled"):
                return

    def _search(self) -> None:
        number = next(self._numbers)
        image = {"image": ("a.jpg", photo(number, ""), "image/jpeg")}
        self._ask("search", "POST", "/v1/search", files=image)

    def _list(self) -> None:
        told = self._ask("list", "GET", "/v1/products?limit=20")
        for product in (told or {}).get("products", ()):
            for image in product["images"]:
                self._image = image["id"]

    def _picture(self) -> None:
        if self._image:
            self._ask("picture", "GET", f"/v1/images/{self._image}")

    def _insist(self, kind: str, path: str, key: str, form: dict[str, Any]) -> Any:
        """Post with the same key until it is accepted, as a careful shop does; None at the end."""
        headers = {"Idempotency-Key": key}
        while not self._ended.is_set():
            if told := self._ask(kind, "POST", path, headers=headers, **form):
                return told
            self._ended.wait(1.0)
        return None

    def _ask(self, kind: str, method: str, path: str, **given: Any) -> Any:
        """The JSON of a good answer, or True; None where there was none."""
        at, me = time.monotonic(), threading.get_ident()
        self._under_way[me] = (at, kind)
        status, told, code = NO_ANSWER, None, ""
        try:
            answer = self._api.request(method, path, **given)
            status = answer.status_code
            if answer.is_success:
                told = answer.json() if "json" in answer.headers["content-type"] else True
            else:
                code = _code(answer)
            if 400 <= status < 500 and status not in (409, 429):
                self.refused.append(f"{kind}: {status} {answer.text[:300]}")
        except httpx.TransportError:
            pass
        del self._under_way[me]
        self.answers.append(Answer(at, kind, status, time.monotonic() - at, code))
        return told


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError):
        return ""


def photo(number: int, comment: str) -> bytes:
    """A small drawn photo; the comment makes its bytes unlike all others."""
    out = io.BytesIO()
    _drawn(number % 40).save(out, "JPEG", comment=comment.encode())
    return out.getvalue()


@lru_cache
def _drawn(number: int) -> Any:
    return draw_product(PRODUCTS[number], 1, SIZE)
