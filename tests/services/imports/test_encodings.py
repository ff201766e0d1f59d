from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.catalogues import records, written
from vitrine.core.errors import Invalid
from vitrine.services import imports
from vitrine.services.imports.encodings import encoding_of

WRITTEN = [
    ("utf-8", "Grüne Jacke"),
    ("utf-8-sig", "Grüne Jacke"),
    ("utf-16", "Grüne Jacke"),
    ("utf-16-le", "Grüne Jacke"),
    ("utf-16-be", "Grüne Jacke"),
    ("utf-32", "Grüne Jacke"),
    ("windows-1252", "Grüne Jacke für Übergrößen – 20 €"),
    ("windows-1252", "Robe d’été à fleurs, brodée"),
    ("windows-1252", "Camiseta niño de algodón"),
    ("windows-1252", "Blå skjorta för män"),
    ("windows-1250", "Żółta bluzka z długim rękawem"),
    ("windows-1250", "Dámské šaty s květinovým potiskem"),
    ("windows-1250", "Női ruha, hosszú ujjú, gyöngyökkel díszített, sötétkék, őszi és fűzős"),
    ("iso-8859-2", "Żółta bluzka z długim rękawem, ślubna"),
    ("cp852", "Żółta bluzka z długim rękawem"),
    ("mac-roman", "Grüne Jacke für Übergröße"),
    ("cp850", "Grüne Jacke für Übergröße"),
    ("windows-1251", "Платье синее с длинным рукавом"),
    ("koi8-r", "Платье синее с длинным рукавом"),
    ("windows-1253", "Γυναικείο φόρεμα μπλε"),
    ("windows-1254", "Yeşil gömlek, uzun kollu, şık"),
    ("windows-1257", "Žalia suknelė ilgomis rankovėmis"),
    ("windows-1255", "שמלה כחולה"),
    ("windows-1256", "فستان أزرق"),
    ("cp932", "コットンシャツ 長袖"),
    ("euc_jp", "コットンシャツ 長袖ワンピース"),
    ("gb18030", "纯棉衬衫 蓝色牛仔裙"),
    ("big5", "純棉襯衫 藍色牛仔裙"),
    ("cp949", "면 셔츠 파란색 데님 스커트"),
]


@pytest.mark.parametrize(("encoding", "title"), WRITTEN)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_as_it_was_written(
    tmp_path: Path, encoding: str, title: str, end: str
) -> None:
    text = end.join(["external_id,title", f'A,"{title}"', "B,Coat", ""])
    first, second = records(written(tmp_path, text.encode(encoding)))
    assert (first.values["title"], second.values["title"]) == (title, "Coat")


def test_what_may_be_two_encodings_is_refused_with_both_readings(tmp_path: Path) -> None:
    path = written(tmp_path, "sku,title\nA,Skørt\n".encode("windows-1252"))
    with pytest.raises(Invalid) as refused:
        encoding_of(path)
    assert all(
        each in refused.value.fields["encoding"] for each in ("Skørt", "windows-1252", "--encoding")
    )
    (record,) = records(path, encoding="windows-1252")
    assert record.values["title"] == "Skørt"


def test_letters_of_no_language_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"sku,title\nA,\x81\x8d\x8f\x90\x9d\xff\xfe\xad\xb6\n")
    with pytest.raises(Invalid, match="--encoding"):
        encoding_of(path)


@pytest.mark.parametrize("name", ["klingon", "base64", "zip", ""])
def test_an_encoding_by_hand_must_be_one_of_text(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "sku,title\nA,T\n")
    if not name:
        assert encoding_of(path, name) == "utf-8"
        return
    with pytest.raises(Invalid, match="is no encoding"):
        encoding_of(path, name)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "windows-1252"),
        ("iso-8859-1", "windows-1252"),
        ("ISO-8859-2", "iso-8859-2"),
        ("windows-1250", "windows-1250"),
        ("iso-8859-1", "utf-8"),
        ("no-such", "windows-1252"),
        ("utf-16", "utf-16"),
        (None, "windows-1252"),
    ],
)
def test_a_feed_says_its_encoding_unless_its_bytes_say_otherwise(
    tmp_path: Path, declared: str | None, encoding: str
) -> None:
    title = (
        "Łąka ślubna, żółta" if encoding.endswith(("-2", "1250")) else "Größe „Café“ für Übergrößen"
    )
    says = f' encoding="{declared}"' if declared else ""
    text = f'\n<?xml version="1.0"{says}?><rss><item><id>A</id><title>{title}</title></item></rss>'
    (record,) = records(written(tmp_path, text.encode(encoding), "feed.xml"))
    assert record.values["title"] == title


def test_the_check_shows_the_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "sku,title\nA,Żółta bluzka z długim rękawem\n".encode("cp1250"))
    assert imports.look(imports.source(path)).encoding == "windows-1250"
