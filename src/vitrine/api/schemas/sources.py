"""Sources that catalogues are pulled from, and their pulls."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, model_validator

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.api.schemas.imports import FormatName
from vitrine.api.schemas.jobs import Job
from vitrine.services.sources import UNKEPT, Wanted
from vitrine.services.sources.endpoints import LONGEST, LONGEST_URL, READING
from vitrine.tables.sources import Source as StoredSource
from vitrine.tables.sources import SourcePull as StoredPull

Name = Annotated[str, Field(min_length=1, max_length=200)]
Url = Annotated[
    str,
    Field(
        max_length=LONGEST_URL,
        description="Of the feed. Its query is kept as a secret, and never shown again.",
        examples=["https://shop.example/feed.xml"],
    ),
]
Folder = Annotated[
    str,
    Field(max_length=1000, description="Or a file or folder under VITRINE_SOURCES__ROOT."),
]
Minutes = Annotated[
    int, Field(ge=0, le=LONGEST, description="Between two pulls; 0: when a person says so.")
]
Share = Annotated[
    float,
    Field(ge=0, le=1, description="A pull that would hide over this share waits for a person."),
]
Secret = Annotated[SecretStr, Field(max_length=2000)]


class Credentials(RequestModel):
    """How to sign in at the address: a user name with a password, or a token (Bearer)."""

    username: Annotated[str, Field(max_length=200)] | None = None
    password: Secret | None = None
    token: Secret | None = None

    @model_validator(mode="after")
    def _whole(self) -> Credentials:
        if (self.username is None) != (self.password is None):
            raise ValueError("a user name goes with a password")
        if (self.username is None) == (self.token is None):
            raise ValueError("needs a user name with a password, or a token")
        for text in (self.username, self.password, self.token):
            said = text.get_secret_value() if isinstance(text, SecretStr) else text or ""
            if not said.isprintable():
                raise ValueError("holds control characters")
        if ":" in (self.username or ""):
            raise ValueError("a user name holds no colon")
        return self

    @property
    def header(self) -> str:
        """As it is sent."""
        if self.token is not None:
            return f"Bearer {self.token.get_secret_value()}"
        password = self.password.get_secret_value() if self.password else ""
        return f"Basic {base64.b64encode(f'{self.username}:{password}'.encode()).decode()}"


class Reading(RequestModel):
    """How the file is read, where it does not say so itself; see the import of a catalogue."""

    format: FormatName = "auto"
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    encoding: Annotated[str, Field(max_length=40)] = ""
    columns: dict[str, str] = Field(default_factory=dict, max_length=200)


class SourceChange(RequestModel):
    """What to change; null takes credentials away."""

    name: Name | None = None
    url: Url | None = None
    credentials: Credentials | None = None
    folder: Folder | None = None
    every_minutes: Minutes | None = None
    hides: Share | None = None
    paused: bool | None = None
    reading: Reading | None = None

    @property
    def wanted(self) -> Wanted:
        """As the service wants it."""
        header = self.credentials.header if self.credentials else UNKEPT
        return Wanted(
            name=self.name,
            url=self.url,
            authorization=header if "credentials" in self.model_fields_set else None,
            folder=self.folder,
            every_minutes=self.every_minutes,
            hides=self.hides,
            paused=self.paused,
            reading=self.reading.model_dump() if self.reading else None,
        )


class NewSource(SourceChange):
    """A feed's address or a folder, and how often it is read."""

    name: Name


class PullRequest(RequestModel):
    """How many products the pull may hide, whatever their share."""

    confirmed: Annotated[int, Field(ge=0, le=100_000_000)] = 0


class SourcePull(AnswerModel):
    """One reading of a source; `job_id` names the import that it was, with its errors."""

    id: str
    state: Literal[
        "queued", "running", "succeeded", "failed", "cancelled", "applied", "unchanged", "held"
    ]
    counts: dict[str, int] = Field(description="Products by what became of them.")
    missing: int = Field(description="Products that came with the source before, and no more.")
    told: str = Field(description="Why it brought nothing, or waits for a person.")
    job_id: str | None
    created_at: datetime
    ended_at: datetime | None


class Source(AnswerModel):
    """A source without its secrets."""

    id: str
    name: str
    url: str = Field(description="Without its query.")
    folder: str
    secret: bool = Field(description="Whether a query or credentials are kept.")
    every_minutes: int
    hides: float
    paused: bool
    reading: Reading
    next_at: datetime | None
    created_at: datetime
    last: SourcePull | None = Field(description="The newest pull.")

    @classmethod
    def of(cls, source: StoredSource, last: StoredPull | None) -> Source:
        """The source as it is shown."""
        names = set(cls.model_fields) - {"reading", "last"}
        given: dict[str, Any] = {name: getattr(source, name) for name in names}
        reading = {name: source.reading[name] for name in READING if name in source.reading}
        shown = SourcePull.model_validate(last) if last else None
        return cls(**given, reading=Reading(**reading), last=shown)


class Sources(AnswerModel):
    """All sources."""

    sources: list[Source]


class PullAnswer(AnswerModel):
    """A pull that was submitted."""

    pull: SourcePull
    job: Job


class SourcePullPage(AnswerModel):
    """Some pulls, newest first, and the cursor of the next page."""

    pulls: list[SourcePull]
    next_cursor: str | None
