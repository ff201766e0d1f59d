"""Every setting, read once per process from VITRINE_ environment variables.

Nested groups use a double underscore: VITRINE_DATABASE__URL, VITRINE_QUEUE__KIND, ...
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from platformdirs import user_data_path
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vitrine.core.errors import Invalid, Unavailable
from vitrine.core.groups import (
    AdmissionSettings,
    ApiSettings,
    BlobSettings,
    DatabaseSettings,
    FetchSettings,
    LimitSettings,
    MetricsSettings,
    QueueSettings,
    RateSettings,
    RetentionSettings,
    SearchSettings,
    ShopSettings,
    SourceSettings,
    TracingSettings,
    TrainingSettings,
    VectorSettings,
    VisionSettings,
    WebhookSettings,
)
from vitrine.core.sign_in import AuthSettings, OidcSettings


class Settings(BaseSettings):
    """All settings of one process; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="VITRINE_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("vitrine"))
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    database: DatabaseSettings = DatabaseSettings()
    blobs: BlobSettings = BlobSettings()
    vectors: VectorSettings = VectorSettings()
    vision: VisionSettings = VisionSettings()
    queue: QueueSettings = QueueSettings()
    limits: LimitSettings = LimitSettings()
    admission: AdmissionSettings = AdmissionSettings()
    rates: RateSettings = RateSettings()
    search: SearchSettings = SearchSettings()
    shop: ShopSettings = ShopSettings()
    fetch: FetchSettings = FetchSettings()
    sources: SourceSettings = SourceSettings()
    retention: RetentionSettings = RetentionSettings()
    training: TrainingSettings = TrainingSettings()
    auth: AuthSettings = AuthSettings()
    oidc: OidcSettings = OidcSettings()
    webhooks: WebhookSettings = WebhookSettings()
    api: ApiSettings = ApiSettings()
    metrics: MetricsSettings = MetricsSettings()
    tracing: TracingSettings = TracingSettings()

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database.url or f"sqlite:///{self.data_dir / 'vitrine.db'}"

    @model_validator(mode="after")
    def _one_owner(self) -> Self:
        if self.queue.kind == "celery" and self.vectors.kind == "embedded":
            raise ValueError(
                "VITRINE_QUEUE__KIND=celery needs VITRINE_VECTORS__KIND=server: "
                "an embedded index belongs to one process, and workers are several"
            )
        return self

    @model_validator(mode="after")
    def _engine_has_a_server(self) -> Self:
        if self.search.engine == "pgvector" and not self.database.url.startswith("postgres"):
            raise ValueError(
                "VITRINE_SEARCH__ENGINE=pgvector needs a PostgreSQL database: set "
                "VITRINE_DATABASE__URL=postgresql://..., or leave the engine at memory"
            )
        return self

    @model_validator(mode="after")
    def _names_go_first(self) -> Self:
        days = self.retention.deleted_days
        if self.webhooks.keep > days * 86_400:
            raise ValueError(
                "VITRINE_WEBHOOKS__KEEP (in seconds) must not be over "
                f"VITRINE_RETENTION__DELETED_DAYS ({days:g}): events name products"
            )
        return self

    @model_validator(mode="after")
    def _place_models(self) -> Self:
        places = {"models_dir": self.data_dir / "models", "cache_dir": self.data_dir / "cache"}
        missing = {name: at for name, at in places.items() if not _placed(self.vision, name)}
        if missing:
            placed = self.vision.model_copy(update=missing)
            object.__setattr__(self, "vision", placed)  # ours alone until this returns
        return self

    @cached_property
    def secret(self) -> bytes:
        """The signing secret: as set, else made once and kept in the data folder."""
        given = self.auth.secret.get_secret_value()
        if not given:
            return _kept_secret(self.data_dir / "secret.key")
        if len(given) < 32:
            raise Invalid(
                "secret_too_short",
                "VITRINE_AUTH__SECRET needs at least 32 characters; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            )
        return given.encode()


def _placed(vision: VisionSettings, name: str) -> bool:
    return getattr(vision, name) not in (None, Path())


def _kept_secret(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(
            "data_dir_unwritable",
            f"{path} cannot be made ({error.strerror}). Let the user that runs Vitrine write to "
            "VITRINE_DATA_DIR, or set VITRINE_AUTH__SECRET.",
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(32).hex().encode())
    return path.read_bytes()
