"""The migration that follows photos which are now held at a half of their sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import text

from vitrine import schema
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine


def test_sizes_and_boxes_of_large_photos_are_halved_and_others_stay(tmp_path: Path) -> None:
    engine = make_engine(Settings(data_dir=tmp_path))
    schema.upgrade(engine, "0018")
    sessions = Sessions(engine)
    with sessions.write() as session:
        for name, width, height in (("large", 8_001, 6_000), ("small", 4_000, 3_000)):
            _add(session, "images", _image(name, width, height))
            _add(session, "crops", _crop(name))
    schema.upgrade(engine)
    with sessions.read() as session:
        sizes = session.execute(text("SELECT id, width, height FROM images ORDER BY id")).all()
        boxes = session.execute(text("SELECT y1, y2 FROM crops ORDER BY id")).all()
    assert sizes == [("large", 4_001, 3_000), ("small", 4_000, 3_000)]
    assert boxes == [(10, 250), (20, 500)]
    engine.dispose()


def _image(name: str, width: int, height: int) -> dict[str, Any]:
    sized = {"width": width, "height": height, "bytes": 1, "media_type": "image/png"}
    return {"id": name, "sha256": name, "name": name, "position": 0, **sized}


def _crop(image: str) -> dict[str, Any]:
    box = {"x1": 10, "y1": 20, "x2": 100, "y2": 500}
    return {"id": image, "image_id": image, "kind": "coat", "score": 1, "detector": "d", **box}


def _add(session: Any, table: str, row: dict[str, Any]) -> None:
    columns = session.execute(text(f"PRAGMA table_info({table})")).all()
    needed = {name: "{}" if kind == "JSON" else "" for _, name, kind, must, *_ in columns if must}
    filled = {**needed, "created_at": str(now()), **row}
    names = [name for *_, name in [(each[1],) for each in columns] if name in filled]
    marks = ", ".join(f":{name}" for name in names)
    session.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"), filled)
