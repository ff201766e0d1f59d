"""What a request carries, read strictly: UTF-8, finite numbers, no text that cannot be stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from vitrine.api import admission
from vitrine.core.errors import Invalid, Unsupported, invalid
from vitrine.core.groups import LimitSettings

MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: texts by field, files (name, bytes) by field."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Equal for equal content, whatever the boundary between the parts was."""
        hashes = {
            name: [[file_name, hashlib.sha256(data).hexdigest()] for file_name, data in files]
            for name, files in self.files.items()
        }
        return digest([self.texts, hashes])


def is_form(request: Request) -> bool:
    """Whether the body is multipart/form-data."""
    return _media_type(request) == "multipart/form-data"


def is_json(request: Request) -> bool:
    """Whether the body is JSON."""
    kind = _media_type(request)
    return kind == "application/json" or kind.endswith("+json")


def unsupported() -> Unsupported:
    """The error for a body of another type."""
    return Unsupported("content_type", "Send application/json or multipart/form-data.")


def parse_json(data: bytes | str, name: str = "body") -> Any:
    """JSON as Python; raises Invalid for what is broken, not UTF-8, not finite, or unstorable."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, parse_constant=_refuse_constant)
        wrong = dict(_unsound(value, ""))
    except UnicodeDecodeError:
        raise invalid(name, "is not UTF-8", code="invalid_utf8") from None
    except RecursionError:
        raise invalid(name, "is nested too deeply", code="invalid_json") from None
    except ValueError as error:
        raise invalid(name, f"is not valid JSON: {error}", code="invalid_json") from None
    if wrong:
        _refuse(wrong)
    return value


def digest(value: object) -> str:
    """A hash of JSON-like content, equal for equal content."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def check_query(query: bytes, known: Iterable[str]) -> None:
    """Raise Invalid for query parameters that nobody reads, or whose text we cannot keep."""
    wrong: dict[str, str] = {}
    for pair in filter(None, query.split(b"&")):
        name, _, value = (_text(part) for part in pair.partition(b"="))
        if name not in known:
            wrong[name[:100]] = "is no parameter of this route"
        wrong |= _unsound(value, name)
    if wrong:
        _refuse(wrong)


async def read_form(request: Request, texts: set[str], files: set[str]) -> Form:
    """The multipart body; raises Unsupported for another, Invalid for fields not named here."""
    if not is_form(request):
        raise Unsupported("content_type", "Send multipart/form-data.")
    limits: LimitSettings = request.app.state.settings.limits
    parser = _StrictParser(
        request.headers,
        request.stream(),
        max_files=limits.images_per_product + 1,  # one too many is told by whoever counts
        max_fields=MOST_FIELDS,
        max_part_size=limits.text_bytes,
    )
    try:
        data = await parser.parse()
    except MultiPartException:
        reason = "is no valid form, or has a header that is too long"
        raise invalid("body", reason, code="invalid_form") from None
    try:
        if not parser.complete:
            raise invalid("body", "is a form cut short", code="invalid_form")
        await admission.enter(request)
        return await _sorted(data, texts, files)
    finally:
        await data.close()


class _StrictParser(MultiPartParser):
    """Refuses what the framework lets pass: text that is not UTF-8, and forms cut short."""

    complete = False

    def on_end(self) -> None:
        self.complete = True

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None:
            _text_of(bytes(part.data), part.field_name)
        super().on_part_end()


async def _sorted(data: FormData, texts: set[str], files: set[str]) -> Form:
    form, wrong = Form(), dict[str, str]()
    for name, value in data.multi_items():
        if name in texts and name not in form.texts:
            form.texts[name] = await _as_text(value, name)
            wrong |= _unsound(form.texts[name], name)
        elif name in files and isinstance(value, UploadFile):
            form.files.setdefault(name, []).append((value.filename or "", await value.read()))
        else:
            wrong[name[:100]] = _why_refused(name, texts, files)
    if wrong:
        _refuse(wrong)
    return form


async def _as_text(value: str | UploadFile, name: str) -> str:
    # Some programs send a JSON part as a file; its name does not matter.
    return value if isinstance(value, str) else _text_of(await value.read(), name)


def _why_refused(name: str, texts: set[str], files: set[str]) -> str:
    if name in texts:
        return "is given twice"
    return "must be a file" if name in files else "is no field of this form"


def _text_of(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid(name, "is not UTF-8", code="invalid_utf8") from None


def _text(part: bytes) -> str:
    return _text_of(unquote_to_bytes(part.replace(b"+", b" ")), "query")


def _unsound(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Where text holds what no database column can: NUL, or half of a surrogate pair."""
    if isinstance(value, str):
        if "\x00" in value:
            yield path or "body", "holds a NUL character"
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            yield path or "body", "is not valid Unicode"
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _unsound(item, f"{path}.{place}" if path else str(place))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from ((path or "body", f"a name {why}") for _, why in _unsound(key, path))
            yield from _unsound(item, f"{path}.{key}" if path else key)


def _refuse(wrong: dict[str, str]) -> NoReturn:
    reasons = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
    raise Invalid("invalid_request", reasons, fields=wrong)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
