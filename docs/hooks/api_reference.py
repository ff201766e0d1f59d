"""Makes the pages of the API out of web/openapi.json: one for each tag, and one of all schemas."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

DOCUMENT = "web/openapi.json"
SECTION = "HTTP API"
SCHEMAS = "reference/schemas.md"
Json = Mapping[str, Any]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the pages of the API in their section of the navigation."""
    tags = sorted(
        {tag for _, _, operation in _operations(_document(config)) for tag in _tags(operation)}
    )
    section = next(part[SECTION] for part in config.nav or [] if SECTION in part)
    listed = [{tag.capitalize(): _page_of(tag)} for tag in tags]
    section.append({"Reference": [*listed, {"Schemas": SCHEMAS}]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the API to the files of the site."""
    for path, content in pages(_document(config)).items():
        files.append(File.generated(config, path, content=content))
    return files


def pages(document: Json) -> dict[str, str]:
    """By their path within docs/, the pages in Markdown that tell all of an OpenAPI document."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, method, operation in _operations(document):
        for tag in _tags(operation):
            by_tag[tag] += _operation(document, path, method, operation)
    told = {_page_of(tag): [f"# {tag.capitalize()}", *parts] for tag, parts in by_tag.items()}
    told[SCHEMAS] = ["# Schemas"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        told[SCHEMAS] += [f"## {name}", schema.get("description", ""), *_fields(schema)]
    return {path: "\n\n".join(part for part in parts if part) for path, parts in told.items()}


def _document(config: MkDocsConfig) -> Json:
    file = Path(config.config_file_path).parent / DOCUMENT
    document: Json = json.loads(file.read_text(encoding="utf-8"))
    return document


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _tags(operation: Json) -> list[str]:
    tags: list[str] = operation.get("tags", ["other"])
    return tags


def _page_of(tag: str) -> str:
    return f"reference/{tag.replace(' ', '-')}.md"


def _operation(document: Json, path: str, method: str, operation: Json) -> list[str]:
    return [
        f"## {operation['summary']}",
        f"**{method}** `{path}`",
        operation.get("description", ""),
        *_parameters(operation),
        *_body(operation),
        *_answers(document, operation),
    ]


def _parameters(operation: Json) -> list[str]:
    rows = [
        (
            f"`{each['name']}`",
            each["in"],
            _type(each["schema"]),
            _needed(each.get("required")),
            _text(each),
        )
        for each in operation.get("parameters", [])
    ]
    return _table(("parameter", "in", "type", "needed", "is"), rows)


def _body(operation: Json) -> list[str]:
    told = []
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        schema = media["schema"]
        told.append(f"Body as `{kind}`: {_type(schema)}")
        told += _fields(schema)
    return told


def _answers(document: Json, operation: Json) -> list[str]:
    rows = []
    for status, given in operation["responses"].items():
        answer = _resolved(document, given)
        types = [
            _type(media["schema"])
            for media in answer.get("content", {}).values()
            if "schema" in media
        ]
        codes = ", ".join(f"`{code}`" for code in _codes(answer))
        rows.append((status, _text(answer), codes or ", ".join(types)))
    return _table(("status", "when", "holds, or its code"), rows)


def _resolved(document: Json, given: Json) -> Json:
    name = given.get("$ref")
    found: Json = document["components"]["responses"][name.rsplit("/", 1)[1]] if name else given
    return found


def _codes(answer: Json) -> list[str]:
    for media in answer.get("content", {}).values():
        for part in media.get("schema", {}).get("allOf", []):
            if "code" in part.get("properties", {}):
                codes: list[str] = part["properties"]["code"].get("enum", [])
                return codes
    return []


def _fields(schema: Json) -> list[str]:
    needed = schema.get("required", [])
    rows = [
        (f"`{name}`", _type(field), _needed(name in needed), _text(field))
        for name, field in schema.get("properties", {}).items()
    ]
    if not rows:
        return [f"One of: {_type(schema)}"] if {"enum", "anyOf", "oneOf"} & schema.keys() else []
    return _table(("field", "type", "needed", "is"), rows)


def _type(schema: Json) -> str:
    """A schema in a few words, with links to those that have a name."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](schemas.md#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[several]))
    if "const" in schema or "enum" in schema:
        return ", ".join(
            f"`{json.dumps(value)}`" for value in schema.get("enum", [schema.get("const")])
        )
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "file"
    kind = str(schema.get("type", "anything"))
    limits = [f"{word} {schema[key]}" for key, word in LIMITS.items() if key in schema]
    return " ".join([kind, f"({', '.join(limits)})"] if limits else [kind])


LIMITS = {
    "minimum": "from",
    "maximum": "to",
    "minLength": "at least",
    "maxLength": "at most",
    "format": "as",
}


def _needed(needed: object) -> str:
    return "yes" if needed else ""


def _text(described: Json) -> str:
    return str(described.get("description", ""))


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [heads, ("---",) * len(heads), *rows]
    cells = ([" ".join(cell.replace("|", "\\|").split()) for cell in line] for line in lines)
    return ["\n".join(f"| {' | '.join(line)} |" for line in cells)]
