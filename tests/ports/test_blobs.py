from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import obstore
import pytest
from obstore.store import S3Store
from pydantic import SecretStr

from tests.worlds.fakes import MemoryBlobs
from tests.worlds.programs import free_port
from vitrine.adapters.storage import ObjectBlobs, local_blobs, s3_blobs
from vitrine.core.errors import Invalid, NotFound, Unavailable
from vitrine.core.groups import BlobSettings
from vitrine.ports import Blobs

KEY = "images/ab/abcdef-0.jpg"


@pytest.fixture(params=["memory", "local", pytest.param("s3", marks=pytest.mark.servers)])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "local":
        return local_blobs(tmp_path / "not" / "there" / "yet")
    return s3_blobs(request.getfixturevalue("s3"))


def test_what_was_put_comes_back(blobs: Blobs) -> None:
    data = bytes(range(256)) * 40_000  # more than one part of a multipart upload
    blobs.put(KEY, data, "image/jpeg")
    assert blobs.get(KEY) == data
    assert blobs.exists(KEY)


def test_the_same_key_may_be_put_again(blobs: Blobs) -> None:
    blobs.put(KEY, b"same", "image/jpeg")
    blobs.put(KEY, b"same", "image/jpeg")
    assert blobs.get(KEY) == b"same"
    assert list(blobs.keys()) == [KEY]


def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    blobs.put(KEY, b"", "image/jpeg")
    assert blobs.exists(KEY)
    assert blobs.get(KEY) == b""


def test_a_missing_blob_is_not_found(blobs: Blobs) -> None:
    assert not blobs.exists(KEY)
    with pytest.raises(NotFound) as caught:
        blobs.get(KEY)
    assert caught.value.code == "blob_unknown"


def test_delete_may_be_asked_twice(blobs: Blobs) -> None:
    blobs.put(KEY, b"x", "image/jpeg")
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert not blobs.exists(KEY)


def test_a_mark_changes_no_bytes(blobs: Blobs) -> None:
    blobs.put(KEY, b"x", "image/jpeg")
    for expiring in (True, True, False):
        blobs.mark(KEY, expiring)
        assert blobs.get(KEY) == b"x"
    with pytest.raises(NotFound):
        blobs.mark("images/no/thing", True)


@pytest.mark.servers
def test_a_mark_is_a_tag_in_a_bucket(s3: BlobSettings) -> None:
    store = s3_blobs(s3)
    bucket = store.store
    assert isinstance(bucket, S3Store)
    store.put(KEY, b"x", "image/jpeg")

    def tags() -> str:
        # The number of tags is all that a plain GET tells of them.
        url = obstore.sign(bucket, "GET", KEY, timedelta(minutes=1))
        answer = httpx.get(url)
        assert answer.headers["content-type"] == "image/jpeg"
        return str(answer.headers.get("x-amz-tagging-count", "0"))

    assert tags() == "0"
    store.mark(KEY, True)
    assert tags() == "1"
    store.mark(KEY, False)
    assert tags() == "0"


def test_keys_are_found_by_any_beginning(blobs: Blobs) -> None:
    for key in ("images/aa/1", "images/ab/2", "thumbnails/aa/1", "imagesque"):
        blobs.put(key, b"x", "image/jpeg")
    assert set(blobs.keys("images/")) == {"images/aa/1", "images/ab/2"}
    assert set(blobs.keys("images/a")) == {"images/aa/1", "images/ab/2"}
    assert set(blobs.keys("images/ab/2")) == {"images/ab/2"}
    assert set(blobs.keys("image")) == {"images/aa/1", "images/ab/2", "imagesque"}
    assert len(list(blobs.keys())) == 4
    assert list(blobs.keys("nothing/here")) == []


@pytest.mark.parametrize("key", ["", "../up", "a/../../b", "/etc/passwd", "a\0b", "a//b", "a/."])
def test_keys_that_could_lead_elsewhere_are_refused(blobs: Blobs, key: str) -> None:
    with pytest.raises(Invalid):
        blobs.put(key, b"x", "image/jpeg")
    with pytest.raises(Invalid):
        blobs.get(key)


def test_listing_outside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        list(local_blobs(tmp_path).keys("../secrets/"))


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        local_blobs(tmp_path / "file" / "folder")


def test_half_a_write_is_not_seen(tmp_path: Path) -> None:
    blobs = local_blobs(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "half#1").write_bytes(b"ha")  # what a killed write leaves behind
    assert list(blobs.keys()) == []


def raises_everywhere(blobs: ObjectBlobs, code: str) -> None:
    for verb in (
        lambda: blobs.put(KEY, b"x", "image/jpeg"),
        lambda: blobs.get(KEY),
        lambda: blobs.delete(KEY),
        lambda: list(blobs.keys()),
    ):
        with pytest.raises(Unavailable) as caught:
            verb()
        assert caught.value.code == code, caught.value.__cause__


def test_a_store_that_is_not_there_is_unavailable() -> None:
    gone = BlobSettings(kind="s3", bucket="b", endpoint=f"http://127.0.0.1:{free_port()}")
    raises_everywhere(
        s3_blobs(
            gone.model_copy(update={"access_key_id": "k", "secret_access_key": SecretStr("s")})
        ),
        "blobs_unavailable",
    )


@pytest.mark.servers
def test_a_missing_bucket_says_so(s3: BlobSettings) -> None:
    raises_everywhere(s3_blobs(s3.model_copy(update={"bucket": "absent"})), "bucket_missing")


@pytest.mark.servers
def test_wrong_credentials_say_so(s3: BlobSettings) -> None:
    wrong = s3.model_copy(update={"secret_access_key": SecretStr("wrong")})
    raises_everywhere(s3_blobs(wrong), "blobs_refused")


def test_a_bucket_must_be_named() -> None:
    with pytest.raises(Invalid, match="VITRINE_BLOBS__BUCKET"):
        s3_blobs(BlobSettings(kind="s3"))
