"""One vocabulary for what every shop spells its own way: status, availability, gender and more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from vitrine.core.errors import invalid

_STATUS = {
    "active": "active aktiv published publish veröffentlicht online live visible sichtbar enabled"
    " catalog search true yes ja 1",
    "draft": "draft entwurf pending proposed in_review future -1",
    "archived": "archived archiviert rejected trash discontinued",
    "private": "private privat unlisted hidden inactive inaktiv disabled unpublished offline"
    " false no nein 0",
}
_AVAILABILITY = {
    "in_stock": "in_stock instock available limited_availability in_store_only online_only"
    " auf_lager lieferbar verfügbar vorrätig sofort_lieferbar yes true ja 1",
    "out_of_stock": "out_of_stock outofstock sold_out soldout unavailable discontinued"
    " nicht_auf_lager nicht_lieferbar nicht_verfügbar nicht_vorrätig ausverkauft no false nein 0",
    "preorder": "preorder pre_order presale pre_sale vorbestellbar vorbestellung",
    "backorder": "backorder back_order on_backorder onbackorder available_for_order made_to_order"
    " nachbestellbar lieferrückstand",
}
_GENDER = {
    "men": "men man mens men_s male m gents gentlemen herren herr männer männlich homme hommes",
    "women": "women woman womens women_s female f w ladies damen dame frauen weiblich femme femmes",
    "unisex": "unisex all everyone for_everyone u adult_unisex mixte",
    "girls": "girls girl girl_s mädchen fille filles",
    "boys": "boys boy boy_s jungen junge buben garçon garçons",
}
_AGE_GROUP = {
    "newborn": "newborn newborns neugeborene",
    "infant": "infant infants baby babies babys",
    "toddler": "toddler toddlers kleinkind kleinkinder",
    "kids": "kids kid children child kinder kind junior juniors youth teen",
    "adult": "adult adults erwachsene erwachsener",
}
_CONDITION = {
    "new": "new neu new_condition brand_new newcondition",
    "refurbished": "refurbished generalüberholt refurbished_condition refurbishedcondition renewed",
    "used": "used gebraucht used_condition usedcondition second_hand secondhand pre_owned vintage",
}


def _spelled(words: Mapping[str, str]) -> Mapping[str, str]:
    return {_plain(each): word for word, all_ in words.items() for each in (word, *all_.split())}


def _plain(text: str) -> str:
    """Lower case with `_` between words; of a schema.org address its last part, words apart."""
    last = text.strip().rsplit("/", 1)[-1] if "schema.org" in text.casefold() else text.strip()
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last) if last != text.strip() else last
    sign = "-" if apart.startswith("-") else ""
    return sign + re.sub(r"[\W_]+", "_", apart.casefold()).strip("_")


_STATUSES = _spelled(_STATUS)
_KNOWN = {
    "availability": _spelled(_AVAILABILITY),
    "gender": _spelled(_GENDER),
    "age_group": _spelled(_AGE_GROUP),
    "condition": _spelled(_CONDITION),
}


def status(text: str) -> str:
    """The status a shop's word means, active where it is blank; raises Invalid for no known one."""
    if not text.strip():
        return "active"
    found = _STATUSES.get(_plain(text))
    if found is None:
        told = f"{text!r} is none of {', '.join(_STATUS)}; --column NAME=attributes.NAME keeps it"
        raise invalid("status", told)
    return found


def word(name: str, text: str) -> str:
    """The one word for a value of the field or attribute; what has none stays as it is."""
    key = re.sub(r"[\W_]+", "_", name.casefold()).strip("_").removeprefix("g_")
    if key in ("google_product_category", "category"):
        return category(text)
    known = _KNOWN.get(key)
    return known.get(_plain(text), text) if known else text


def category(text: str) -> str:
    """Google's words for a number of its taxonomy, alone or before them; else the text itself."""
    number = re.fullmatch(r"\s*(\d{1,6})(?:\.0+)?\s*(?:-\s*\D.*)?", text)
    return _categories().get(number[1], text) if number else text


@cache
def _categories() -> Mapping[str, str]:
    """Number to path; a line is a number and a name, one blank deeper than what it belongs to."""
    file = resources.files(__package__) / "google_categories.txt"
    paths: dict[str, str] = {}
    above: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        number, _, name = line.strip().partition(" ")
        above[len(line) - len(line.lstrip()) :] = [name]
        paths[number] = " > ".join(above)
    return paths
