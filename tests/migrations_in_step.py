"""Fails when tables and migrations differ, or a migration cannot be taken back."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util import CommandError

from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import make_engine


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(Settings(data_dir=Path(folder)))
        schema.upgrade(engine)
        config = schema._config()
        try:
            with engine.execution_options(vitrine_writes=True).connect() as connection:
                config.attributes["connection"] = connection
                command.check(config)
                command.downgrade(config, "base")
        except CommandError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
