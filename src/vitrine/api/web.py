"""The built front end, served beside the API: a few files, read once, with strict headers."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import vitrine
from vitrine.core.errors import invalid

PACKAGE = Path(vitrine.__file__).parent
PLACES = (PACKAGE / "web", PACKAGE.parents[1] / "web" / "dist")
"""Where a front end may lie if no setting says: in the package, or built in the repository."""

OURS = ("/v1/", "/metrics", "/openapi.json")
"""Paths of the API; all others may belong to the front end."""

INDEX, ASSETS = "/index.html", "/assets/"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What a browser may accept, the smallest first, and how the files beside the plain one end."""

WORTH_PACKING = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
STOREFRONT, STOREFRONT_PAGE = "/s", "/s.html"
"""Where shoppers search on a page of ours, which shops may frame, and the file of that page."""

EMBED, EMBED_PARTS = "/vitrine.js", "/vitrine/"
"""The script that shops put in their own pages, and what it loads: for every site to read."""

NOBODY = "frame-ancestors 'none'"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    f"{NOBODY}; base-uri 'none'; form-action 'none'",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
FOR_ANY_SITE = {
    "Content-Security-Policy": f"default-src 'none'; {NOBODY}",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}
NOT_BUILT = """\
This is the API of Vitrine; its front end is not built.

Build it:  cd web && npm ci && npm run build
or name a folder that holds it:  VITRINE_API__WEB_DIR=/path/to/dist
"""


@dataclass(frozen=True, slots=True)
class File:
    """One file: its type, and its bytes by encoding, plain ones under the empty name."""

    media_type: str
    bodies: Mapping[str, bytes]
    digest: str


Framers = Callable[[Scope, str], Sequence[str]]
"""The origins whose pages may frame the storefront with that publishable key."""


class FrontEnd:
    """Answers what no route of the API does: files of the front end, and its page for any path.

    What is no page goes on to `otherwise`. Only the storefront may be framed, by those that
    `framers` names for the key in its address.
    """

    def __init__(self, files: Mapping[str, File], otherwise: ASGIApp, framers: Framers) -> None:
        self._files = files
        self._otherwise = otherwise
        self._framers = framers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = await self._answered(scope) if scope["type"] == "http" else None
        await (answer or self._otherwise)(scope, receive, send)

    async def _answered(self, scope: Scope) -> Response | None:
        if not f"{scope['path']}/".startswith(f"{STOREFRONT}/"):
            return self._answer(scope)
        if STOREFRONT_PAGE not in self._files or scope["method"] not in ("GET", "HEAD"):
            return None
        key = QueryParams(scope["query_string"]).get("key", "")
        framers = await run_in_threadpool(self._framers, scope, key) if key else ()
        page = self._files[STOREFRONT_PAGE]
        return _told(STOREFRONT_PAGE, page, Headers(scope=scope), framed_by(framers))

    def _answer(self, scope: Scope) -> Response | None:
        path, headers = scope["path"], Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD") or f"{path}/".startswith(OURS):
            return None
        if path in self._files:
            return _told(path, self._files[path], headers)
        if path.startswith(ASSETS) or "text/html" not in headers.get("accept", ""):
            return None
        if INDEX in self._files:
            return _told(INDEX, self._files[INDEX], headers)
        return PlainTextResponse(NOT_BUILT, 404, SECURITY) if path == "/" else None


def framed_by(origins: Sequence[str]) -> Mapping[str, str]:
    """The security headers of a page that pages of these origins may frame; of none, nobody."""
    if not origins:
        return SECURITY
    policy = SECURITY["Content-Security-Policy"].replace(
        NOBODY, f"frame-ancestors {' '.join(origins)}"
    )
    shared = {"Cross-Origin-Resource-Policy": "cross-origin"}  # to be framed by isolated pages too
    return SECURITY | {"Content-Security-Policy": policy} | shared


def folder(wanted: Path) -> Path | None:
    """The folder to serve: as set, or where one is found; raises Invalid for one without a page."""
    if wanted == Path():
        return next((place for place in PLACES if (place / "index.html").is_file()), None)
    if not (wanted / "index.html").is_file():
        raise invalid("VITRINE_API__WEB_DIR", f"{wanted} holds no index.html")
    return wanted


def read(place: Path | None) -> dict[str, File]:
    """The files by path, `/` being the page; they are few and small, so memory holds them."""
    if place is None:
        return {}
    paths = [path for path in sorted(place.rglob("*")) if path.is_file()]
    packed = {path.with_name(path.name + end) for path in paths for end in ENCODINGS.values()}
    files = {
        f"/{path.relative_to(place).as_posix()}": _file(path)
        for path in paths
        if path not in packed
    }
    return files | {"/": files[INDEX]}


def _file(path: Path) -> File:
    plain = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media_type = TYPES.get(path.suffix, guessed)
    bodies = {}
    for encoding, end in ENCODINGS.items():
        beside = path.with_name(path.name + end)
        if beside.is_file():
            bodies[encoding] = beside.read_bytes()
    if "gzip" not in bodies and media_type.startswith(WORTH_PACKING):
        bodies["gzip"] = gzip.compress(plain, mtime=0)
    return File(media_type, bodies | {"": plain}, hashlib.sha256(plain).hexdigest()[:32])


def _told(
    path: str, file: File, asked: Headers, secured: Mapping[str, str] = MappingProxyType(SECURITY)
) -> Response:
    encoding = _encoding(file, asked.get("accept-encoding", ""))
    etag = f'"{file.digest}{encoding and "-" + encoding}"'
    # The build names these by their content.
    hashed = path.startswith((ASSETS, f"{EMBED_PARTS}assets/"))
    shared = path == EMBED or path.startswith(EMBED_PARTS)
    headers = {
        **(FOR_ANY_SITE if shared else secured),
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache",
    }
    known = {tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")}
    if known & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], headers=headers, media_type=file.media_type)


def _encoding(file: File, accepted: str) -> str:
    """The best encoding that there is and the browser takes; empty for none."""
    wanted = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if not weight or weight.strip("0.") != "":
            wanted.add(name)
    return next((each for each in file.bodies if each in wanted), "")
