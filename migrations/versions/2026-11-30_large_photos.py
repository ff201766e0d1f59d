"""photos of over 25 million pixels are held at a half, so their boxes are on half their sides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0018"
branch_labels = None
depends_on = None

FULL_SIZE = 25_000_000

images = sa.table(
    "images",
    sa.column("id", sa.String),
    sa.column("width", sa.Integer),
    sa.column("height", sa.Integer),
)
crops = sa.table(
    "crops",
    sa.column("image_id", sa.String),
    *(sa.column(name, sa.Float) for name in ("x1", "y1", "x2", "y2")),
)


def upgrade() -> None:
    found = op.get_bind().execute(
        sa.select(images.c.id, images.c.width, images.c.height).where(
            images.c.width * sa.cast(images.c.height, sa.BigInteger) > FULL_SIZE
        )
    )
    for image_id, width, height in found.all():
        _resize(image_id, (width, height), _half(width, height))


def downgrade() -> None:
    """Stays: what the photos measured is not known any more."""


def _half(width: int, height: int) -> tuple[int, int]:
    while width * height > FULL_SIZE:
        width, height = -(-width // 2), -(-height // 2)
    return width, height


def _resize(image_id: str, old: tuple[int, int], new: tuple[int, int]) -> None:
    across, down = (after / before for before, after in zip(old, new, strict=True))
    moved = {
        "x1": crops.c.x1 * across,
        "x2": crops.c.x2 * across,
        "y1": crops.c.y1 * down,
        "y2": crops.c.y2 * down,
    }
    op.execute(crops.update().where(crops.c.image_id == image_id).values(moved))
    sized = {"width": new[0], "height": new[1]}
    op.execute(images.update().where(images.c.id == image_id).values(sized))
