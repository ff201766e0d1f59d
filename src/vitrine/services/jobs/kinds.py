"""Every kind of job, and what a job of that kind is asked: its payload, JSON in the Job's row."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from vitrine.core.groups import LimitSettings, RetentionSettings, ShopSettings


class JobKind(StrEnum):
    """What a job does; stored and sent by these names."""

    BOXES = "boxes"
    BUILD = "build"
    CALIBRATE = "calibrate"
    DOUBTS = "doubts"
    FILTER_CROPS = "filter_crops"
    IMPORT = "import"
    INDEX = "index"
    LABEL = "label"
    PICTURES = "pictures"
    PUBLISH = "publish"
    PULL = "pull"
    PURGE = "purge"
    RECONCILE = "reconcile"
    REDETECT = "redetect"
    REINDEX = "reindex"
    SEARCH = "search"
    SELECT_PRIMARY = "select_primary"
    SNAPSHOT = "snapshot"
    THUMBNAILS = "thumbnails"
    TRAIN = "train"


HOUSEKEEPING = frozenset(
    {
        JobKind.BOXES,
        JobKind.CALIBRATE,
        JobKind.DOUBTS,
        JobKind.FILTER_CROPS,
        JobKind.LABEL,
        JobKind.PUBLISH,
        JobKind.PURGE,
        JobKind.RECONCILE,
        JobKind.SELECT_PRIMARY,
        JobKind.THUMBNAILS,
    }
)
"""What Vitrine does by itself to stay in order, where no person asked for the job."""

NEEDS: Mapping[JobKind, frozenset[str]] = {
    JobKind.BOXES: frozenset({"disk", "blobs", "vision", "vectors"}),
    JobKind.BUILD: frozenset({"disk", "blobs", "vision", "vectors"}),
    JobKind.CALIBRATE: frozenset({"disk", "blobs", "vision"}),
    JobKind.DOUBTS: frozenset({"disk", "vision"}),
    JobKind.FILTER_CROPS: frozenset({"disk", "vision", "vectors"}),
    JobKind.IMPORT: frozenset({"disk", "blobs"}),
    JobKind.INDEX: frozenset({"disk", "blobs", "vision", "vectors"}),
    JobKind.LABEL: frozenset({"disk", "vision", "vectors"}),
    JobKind.PICTURES: frozenset({"disk", "blobs"}),
    JobKind.PUBLISH: frozenset({"disk", "vectors"}),
    JobKind.PULL: frozenset({"disk", "blobs"}),
    JobKind.PURGE: frozenset({"blobs", "vectors"}),
    JobKind.RECONCILE: frozenset({"blobs", "vectors"}),
    JobKind.REDETECT: frozenset({"disk", "blobs", "vision", "vectors"}),
    JobKind.REINDEX: frozenset({"disk", "vision", "vectors"}),
    JobKind.SEARCH: frozenset({"blobs", "vision"}),
    JobKind.SELECT_PRIMARY: frozenset({"disk", "vision", "vectors"}),
    JobKind.SNAPSHOT: frozenset({"disk", "blobs"}),
    JobKind.THUMBNAILS: frozenset({"disk", "blobs"}),
    JobKind.TRAIN: frozenset({"disk", "blobs"}),
}
"""The parts without which a job of a kind is not begun: it waits until they are back."""


class Payload(BaseModel):
    """What a job is asked, beside its product; each kind has a class of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[JobKind]


class Boxes(Payload):
    """Give those crops of a product a vector that have none yet, and publish it."""

    kind = JobKind.BOXES


class Build(Payload):
    """Fill a collection beside the searched one, and compare the two."""

    kind = JobKind.BUILD
    collection_id: str


class Calibrate(Payload):
    """Fit what scores mean in the active collection to what the catalogue says of itself."""

    kind = JobKind.CALIBRATE


class Doubts(Payload):
    """Put in order what people should review, as far as products changed or were searched."""

    kind = JobKind.DOUBTS


class FilterCrops(Payload):
    """Judge the stored crops of a product, or of all, by the present thresholds."""

    kind = JobKind.FILTER_CROPS


class Import(Payload):
    """Bring in the catalogue whose files lie under `key`.

    `images`: whether a zip of pictures lies there too. The rest says how to read the file, where
    it does not say itself, and what its pictures may measure.
    """

    kind = JobKind.IMPORT
    key: str
    name: str
    images: bool
    format: str
    currency: str
    columns: Mapping[str, str]
    dry_run: bool
    limits: LimitSettings
    country: str = ""
    encoding: str = ""
    shop: ShopSettings = ShopSettings()


class Index(Payload):
    """Analyse the new photos of a product and publish it."""

    kind = JobKind.INDEX


class Label(Payload):
    """Label the kept crops of a product, or of all, from their stored vectors."""

    kind = JobKind.LABEL


class Listed(BaseModel):
    """A picture as a source names it: its address or file name, and its content if it came."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    sha256: str = ""


class Pictures(Payload):
    """Fetch the pictures of a product's list that did not come with its import."""

    kind = JobKind.PICTURES
    pictures: tuple[Listed, ...]
    limits: LimitSettings


class Publish(Payload):
    """Make the vector index agree with SQL about a product."""

    kind = JobKind.PUBLISH


class Pull(Payload):
    """Read a source and apply what differs; a person `confirmed` that so many may be hidden.

    `unless_seen`: not where its host says that it is as it was when it was applied.
    """

    kind = JobKind.PULL
    source_id: str
    pull_id: str
    confirmed: int = 0
    unless_seen: bool = False


class Purge(Payload):
    """Remove for good what is kept longer than the policy says.

    One that would take unusually much does nothing unless a person `confirmed` it.
    """

    kind = JobKind.PURGE
    policy: RetentionSettings
    confirmed: bool = False


class Reconcile(Payload):
    """Compare database, photo store and index; `repair` also mends what does not agree."""

    kind = JobKind.RECONCILE
    repair: bool = False


class Redetect(Payload):
    """Look anew at the photos that the promoted detector did not see."""

    kind = JobKind.REDETECT


class Reindex(Payload):
    """Fill the index of the active collection from SQL."""

    kind = JobKind.REINDEX


class Search(Payload):
    """Answer a search later; `query` is as `services.search.request` writes and reads it."""

    kind = JobKind.SEARCH
    query: Mapping[str, Any]


class SelectPrimary(Payload):
    """Choose the primary crop of a product, or of all, by the present words and rule."""

    kind = JobKind.SELECT_PRIMARY


class Snapshot(Payload):
    """Write what people verified into a folder; `licence` is what it says of the photos."""

    kind = JobKind.SNAPSHOT
    format: str
    licence: str


class Thumbnails(Payload):
    """Look at all photos that wait for it; with `ahead` make what lists show of every photo."""

    kind = JobKind.THUMBNAILS
    ahead: bool = False


class Train(Payload):
    """Make a better model as the TrainingRun of this id says, and judge it."""

    kind = JobKind.TRAIN
    run_id: str
