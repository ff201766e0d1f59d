"""Products, images and uploads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from vitrine.api.schemas.common import AnswerModel, Id, Problem, RequestModel, plain, readers
from vitrine.api.schemas.jobs import Job
from vitrine.api.scores import Distance, Score
from vitrine.fields import FIELDS, with_fields
from vitrine.fields.deriving import asked, optional, told
from vitrine.services.catalog.listing import LISTED, Filters, Sorting, SortName
from vitrine.services.exports import ExportFormat
from vitrine.tables.catalog import Product as Stored


@with_fields(optional, FIELDS)
class ProductChange(RequestModel):
    """What to change of a product, as RFC 7396 has it: what is not named stays, null clears.

    That goes for each attribute too. `image_ids` puts the images in order.
    """

    image_ids: Annotated[list[Id], Field(max_length=1000)] | None = None


@with_fields(asked, LISTED)
class ProductList(BaseModel):
    """Which products, by what they say of themselves, and in which order."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(max_length=200, description="Words of title, id or brand.")] = ""
    photos: Annotated[bool | None, Field(description="Only those with photos, or without.")] = None
    failed: Annotated[
        bool, Field(description="Only those that could not be indexed when last tried.")
    ] = False
    unsure: Annotated[
        bool,
        Field(
            description="Only those with a label likelier wrong than right; not for viewers, as "
            "the order by sureness."
        ),
    ] = False
    sort: Annotated[
        SortName, Field(description="What has no such value comes last, up and down.")
    ] = "created"
    descending: Annotated[
        bool | None, Field(description="Without it, as is usual: the newest first, else A to Z.")
    ] = None

    @property
    def filters(self) -> Filters:
        """Which products, for the service."""
        values = {name: getattr(self, name) for name in LISTED}
        return Filters(values, self.q, False, self.photos, self.failed, self.unsure)

    @property
    def sorting(self) -> Sorting:
        """In which order, for the service."""
        return Sorting(self.sort, self.descending)

    @property
    def asks_scores(self) -> bool:
        """Whether it asks what viewers are not told."""
        return self.unsure or self.sort == "sureness"


class ProductExport(ProductList):
    """Which products to export, in which order, as what."""

    format: ExportFormat = "csv"


class ProductQuery(ProductList):
    """Which products to list, in which order, and which page."""

    deleted: Annotated[bool, Field(description="Deleted ones instead; for editors.")] = False
    cursor: Annotated[str, Field(min_length=1, max_length=6_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @property
    def filters(self) -> Filters:
        """Which products, for the service."""
        return replace(super().filters, deleted=self.deleted)


class Image(AnswerModel):
    """One stored photo."""

    id: str
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    position: int

    @computed_field
    def url(self) -> str:
        """Where the photo's bytes are."""
        return f"/v1/images/{self.id}"

    @computed_field
    def thumbnail_url(self) -> str:
        """Where a small version is; add ?size= for another."""
        return f"/v1/images/{self.id}/thumbnail"


class LabelsChange(RequestModel):
    """Which words of a facet fit; an empty list says none, null leaves it to the model again."""

    values: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=20)] | None


class Label(AnswerModel):
    """One label of a product, by its model or by a person."""

    facet: str
    value: str
    score: Score = Field(
        description="How sure the model is, 0 to 1; 1 of a person; null for viewers."
    )
    source: Literal["model", "person"]


@with_fields(told, FIELDS)
class Product(AnswerModel):
    """A product with its images."""

    id: str
    primary_crop_id: str | None
    labels: list[Label]
    images: list[Image]
    created_at: datetime
    updated_at: datetime
    version: str = Field(
        description="For If-Match: of fields, images and deletion, not of what models found."
    )
    deleted_at: datetime | None
    purge_at: datetime | None = Field(
        default=None,
        description="When a deleted product may go for good, where a list or page shows it.",
    )


_LABEL = readers(Label)
_PRODUCT = readers(
    Product,
    labels=lambda product: [plain(_LABEL, label) for label in product.labels],
    images=lambda product: [Image.model_validate(image) for image in product.images],
    purge_at=lambda _: None,
)


def plain_product(product: Stored) -> dict[str, Any]:
    """What Product tells of a row that lives, as `plain` has it."""
    return plain(_PRODUCT, product)


class OutdatedProblem(Problem):
    """A refusal because the product has changed since the version that If-Match names."""

    present: Product = Field(description="The product as it is now.")


class ProductAnswer(AnswerModel):
    """A product, and the job that indexes its new images if there are any."""

    product: Product
    job: Job | None = None


class ImagesAdded(AnswerModel):
    """The images now attached, and the job that indexes them."""

    images: list[Image]
    job: Job


class ListedProduct(Product):
    """A product of a list, with what editors want to know of many at once."""

    sureness: Score = Field(
        default=None,
        description="The least score of the labels that models gave; null where there are none, "
        "and for viewers.",
    )
    failure: Job | None = Field(
        default=None, description="The job that could not index it when it was last tried."
    )


class ProductPage(AnswerModel):
    """Some products in order, and the cursor of the next page."""

    products: list[ListedProduct]
    total: int | None = Field(description="Of the whole list; told with its first page.")
    next_cursor: str | None


class Upload(AnswerModel):
    """A photo kept to be searched with."""

    upload_id: str
    width: int
    height: int


class Place(AnswerModel):
    """One image and the product that shows it."""

    product_id: str
    external_id: str
    image_id: str


class Duplicate(AnswerModel):
    """Two images of two products: the same bytes, or the same colours and hashes that differ in
    `distance` bits, which viewers are not told."""

    exact: bool
    distance: Distance
    first: Place
    second: Place


class Duplicates(AnswerModel):
    """The nearest pairs, and how many there are in all."""

    duplicates: list[Duplicate]
    total: int


class SignedUrl(AnswerModel):
    """A link that works without an account until it expires."""

    url: str
    expires_at: datetime
