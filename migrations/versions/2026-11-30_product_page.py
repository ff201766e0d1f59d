"""a product has the address of its page in the shop; what feeds said of it counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("products") as batch_op:
        batch_op.add_column(sa.Column("url", sa.String(2000), server_default="", nullable=False))
    products = sa.table("products", sa.column("url"), sa.column("attributes", sa.JSON))
    link = products.c.attributes["link"].as_string()
    of_web = link.like("http://_%") | link.like("https://_%")
    is_link = of_web & ~link.like("% %") & (sa.func.length(link) <= 2000)
    op.execute(products.update().where(is_link).values(url=link))
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("products") as batch_op:
        batch_op.drop_column("url")
