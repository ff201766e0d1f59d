"""The settings of each part of Vitrine, as groups; `settings.Settings` reads them all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Rate = Annotated[int, Field(ge=0)]
Days = Annotated[float, Field(ge=0, le=36_500)]


def _named(value: object) -> object:
    """None for `none`: an environment variable cannot be anything but text."""
    return None if value == "none" else value


class Group(BaseModel):
    """A frozen group of settings that refuses names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Group):
    """Where the truth lives; empty means SQLite in the data folder."""

    url: str = ""
    pool_size: Count = 10


class BlobSettings(Group):
    """Where photos live: a local folder, or a bucket that speaks S3."""

    kind: Literal["local", "s3"] = "local"
    bucket: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")


class VectorSettings(Group):
    """Where vectors live: embedded Chroma, owned by one process, or a Chroma server."""

    kind: Literal["embedded", "server"] = "embedded"
    host: str = "127.0.0.1"
    port: int = 8001
    tls: bool = False
    token: SecretStr = SecretStr("")


class QualitySettings(Group):
    """From when on a detection is worth a vector; docs/crops.md tells how these were measured."""

    min_side: Annotated[float, Field(ge=0)] = 24.0
    min_share: Annotated[float, Field(ge=0, lt=1)] = 0.002
    max_aspect: Annotated[float, Field(ge=1)] = 6.0
    min_share_at_edge: Annotated[float, Field(ge=0, lt=1)] = 0.01
    min_score: Annotated[float, Field(ge=0, lt=1)] = 0.0
    min_sharpness: Annotated[float, Field(ge=0)] = 11.0
    min_colour_spread: Annotated[float, Field(ge=0)] = 8.0
    max_overlap: Annotated[float, Field(gt=0, le=1)] = 0.8
    max_overlap_alike: Annotated[float, Field(gt=0, le=1)] = 0.5
    max_nested: Annotated[float, Field(gt=0, le=1)] = 0.7
    min_garment: float | None = None


class VisionSettings(Group):
    """Which models run, where, and how pixels are prepared for them.

    `detector` is none for photos that are to be searched and indexed whole. `text_share` is how
    much of a product's vector its own words are; the photos and words that ask stay as they are.
    `padding` is how crops become square; unset, as the encoder's card says. `provider` is what
    models run on. At most `batch` crops are embedded at once: on a processor more take longer each,
    because they leave its cache, and hold memory; a GPU likes 16 and more. Beside its own a process
    holds at most `beside` other models, for collections that they made.
    """

    kind: Literal["embedded", "server"] = "embedded"
    url: str = "http://127.0.0.1:8002"
    token: SecretStr = SecretStr("")
    encoder: str = "vitrine-mini"
    detector: Annotated[str | None, BeforeValidator(_named)] = "vitrine-garments"
    models_dir: Path = Path()
    cache_dir: Path | None = None
    margin: Annotated[float, Field(ge=0, le=0.30)] = 0.15
    padding: Literal["reflect", "mean", "white", "squash", "crop"] | None = None
    text_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    provider: Literal["cpu", "cuda", "openvino"] = "cpu"
    threads: Count = 2
    batch: Count = 4
    beside: Count = 4
    detector_confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    detector_iou: Annotated[float, Field(gt=0, le=1)] | None = None
    quality: QualitySettings = QualitySettings()


class QueueSettings(Group):
    """Who runs jobs, how often one is tried, and when a silent worker counts as dead.

    `grace` is how many seconds a worker that is told to end works on before it gives its jobs back.
    """

    kind: Literal["threads", "celery"] = "threads"
    workers: Count = 2
    broker_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    lease: Seconds = 30.0
    sweep_every: Seconds = 1.0
    resend_after: Seconds = 5.0
    grace: Seconds = 5.0
    max_attempts: Count = 5
    backoff: Seconds = 2.0
    backoff_limit: Seconds = 300.0


class LimitSettings(Group):
    """What one upload may measure.

    `image_pixels` counts what is decoded: a JPEG of more may declare `image_declared_pixels`,
    for it is decoded at a part of its size. `decode_bytes` is the memory of all photos that the
    process decodes at one time; another waits `wait` seconds for its share. With less than
    `free_bytes` free on the disk of the data folder nothing is taken in and nothing is indexed, so
    that it never runs full. `model_bytes` is what a model server takes of one model.
    """

    image_bytes: Count = 40_000_000
    image_pixels: Count = 50_331_648
    image_declared_pixels: Count = 300_000_000
    image_min_side: Count = 16
    images_per_product: Count = 250
    request_bytes: Count = 100_000_000
    model_bytes: Count = 4_000_000_000
    text_bytes: Count = 1_000_000
    decode_bytes: Count = 420_000_000
    wait: Seconds = 10.0
    free_bytes: Annotated[int, Field(ge=0)] = 200_000_000


class AdmissionSettings(Group):
    """How many costly requests a process works on at once, and how many wait `wait` seconds.

    `searches` are those with a photo, `visitors` the same of shoppers, who so leave places to
    staff; `uploads` bring photos or catalogues, `passwords` hash one (64 MB each). The others are
    answered 503 with Retry-After.
    """

    searches: Count = 4
    searches_waiting: Annotated[int, Field(ge=0)] = 16
    visitors: Count = 2
    visitors_waiting: Annotated[int, Field(ge=0)] = 16
    uploads: Count = 8
    uploads_waiting: Annotated[int, Field(ge=0)] = 64
    passwords: Count = 2
    passwords_waiting: Annotated[int, Field(ge=0)] = 32
    wait: Seconds = 5.0


class RateSettings(Group):
    """Requests a minute of one address, person or key, and photos that a person sends; 0: any.

    `publishable_key` and `visitor` are what new publishable keys get, for the whole key and for
    each visitor; of those `visitor_photos` bounds the photos searched with, `visitor_pictures` the
    thumbnails shown. Counted in the Redis of the queue, or at `storage` (`redis://...`); else by
    each process.
    """

    per_address: Rate = 6000
    per_user: Rate = 3000
    per_key: Rate = 3000
    pictures: Rate = 1200
    publishable_key: Count = 6000
    visitor: Count = 120
    visitor_photos: Rate = 30
    visitor_pictures: Rate = 1200
    storage: SecretStr = SecretStr("")


class SearchSettings(Group):
    """Where products are searched: `memory`, all of them in each process, or `pgvector`, the
    PostgreSQL database that all share, for catalogues that no process should hold.

    In memory, vectors beyond `cache_bytes` lie in a temporary file, and above `index_above`
    products a search without filters asks the vector index, which is not exact. `weights` of
    re-ranking, by kind of query and signal, stand in place of those that ship with the encoder;
    `{}` turns it off. Only products of these `statuses` are found: `["active","draft"]` offers
    drafts as well.
    """

    engine: Literal["memory", "pgvector"] = "memory"
    cache_bytes: Count = 2_000_000_000
    index_above: Annotated[int, Field(ge=0)] = 250_000
    weights: dict[str, dict[str, float]] | None = None
    statuses: tuple[Literal["active", "draft", "archived", "private"], ...] = ("active",)


class ShopSettings(Group):
    """Whose prices an import reads where a file does not say: a currency such as EUR, a country.

    The country (DE, US) says which separator stands before the decimals of a price.
    """

    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""


class FetchSettings(Group):
    """Pictures from the web: seconds and tries for each, and private networks that may be asked.

    `networks` is empty or as `10.0.0.0/8,192.168.1.5`; without it only public addresses are asked.
    """

    seconds: Seconds = 30.0
    attempts: Count = 3
    networks: str = ""


class SourceSettings(Group):
    """Feeds that are pulled on a schedule: bytes of one, unpacked, and seconds until it has come.

    Folders are pulled under `root` alone; unset, none is. Which private networks may be asked is
    said by VITRINE_FETCH__NETWORKS, as for pictures.
    """

    root: Path | None = None
    bytes: Count = 500_000_000
    seconds: Seconds = 600.0


class RetentionSettings(Group):
    """How many days things are kept, and every how many seconds a purge removes what is over.

    A collection waits `collections_days` for a way back, and as long retired until it goes.
    What visitors did is kept for `events_days`, which of it was one visit for a day at most; what
    of their photos nothing fitted for `missed_photos_days`, at 0 none of them.
    Queries and replies may name products, so they go no later than deleted products do. A purge
    after `pause_days` without one, that would take over `unusual` rows of a kind and over half of
    them, waits until a person confirms it: the clock may be wrong.
    """

    every: Seconds = 3600.0
    deleted_days: Days = 30.0
    queries_days: Days = 30.0
    replies_days: Days = 2.0
    jobs_days: Days = 14.0
    uploads_days: Days = 2.0
    audit_days: Days = 365.0
    events_days: Days = 90.0
    visits_days: Annotated[float, Field(ge=0, le=1)] = 1.0
    missed_photos_days: Annotated[float, Field(ge=0, le=90)] = 0.0
    collections_days: Days = 7.0
    pause_days: Annotated[float, Field(gt=0)] = 3.0
    unusual: Annotated[int, Field(ge=0)] = 20

    @model_validator(mode="after")
    def _names_go_first(self) -> Self:
        for name in ("queries_days", "replies_days"):
            if getattr(self, name) > self.deleted_days:
                raise ValueError(f"{name} must not be over deleted_days ({self.deleted_days:g})")
        return self


class TrainingSettings(Group):
    """When a run of fine-tuning is proposed, where it runs, and what its model must keep.

    So many newly verified products propose a run, 0 never does. `python` is the interpreter that
    has the train extra, unset this one. `bars` are by figure what a better model may lose of it.
    """

    propose_after: Annotated[int, Field(ge=0)] = 200
    python: str | None = None
    device: Literal["cpu", "cuda"] = "cpu"
    threads: Annotated[int, Field(ge=1)] = 2
    recall_at: Annotated[int, Field(ge=1)] = 10
    bars: dict[str, Annotated[float, Field(ge=0, le=1)]] = {
        "design_recall": 0.02,
        "label_f1": 0.02,
        "levels": 0.05,
        "map50_95": 0.02,
        "photo_recall": 0.02,
        "words_recall": 0.02,
    }


class WebhookSettings(Group):
    """How webhooks are sent; times in seconds.

    `retries` are the waits before each further attempt. `allow_private` permits plain HTTP and
    addresses of your own network, which are otherwise refused.
    """

    allow_private: bool = False
    timeout: Seconds = 15.0
    retries: tuple[Seconds, ...] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    disable_after: Seconds = 5 * 24 * 3600.0
    overlap: Annotated[float, Field(ge=0)] = 24 * 3600.0
    keep: Seconds = 30 * 24 * 3600.0


class MetricsSettings(Group):
    """Where a worker tells its metrics: `/metrics` of this address; port 0: nowhere.

    API and model server tell theirs beside everything else they answer.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 0


class TracingSettings(Group):
    """Who collects traces by OTLP over gRPC, such as `http://collector:4317`; empty: nobody.

    `share` is that of traces which begin here and are kept.
    """

    endpoint: str = ""
    share: Annotated[float, Field(ge=0, le=1)] = 1.0


class ApiSettings(Group):
    """How the API is reached; browsers of other origins only if named here.

    `trusted_proxies` are the addresses whose X-Forwarded-For is believed, comma-separated.
    `web_dir` holds the built front end; unset, one in the package or in web/dist is served.
    `hsts_seconds` is how long browsers that came over HTTPS shall use nothing else; 0: not told.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: str = ""
    web_dir: Path = Path()
    hsts_seconds: Rate = 0
