"""T-shirts, shirts and knitwear."""

from __future__ import annotations

from vitrine.sample.garments import tops
from vitrine.sample.marks import Mark
from vitrine.sample.styles.style import Drawing, Style


def _sweater(neck: str) -> Drawing:
    def draw(_: bool) -> list[Mark]:
        return tops.sweater(neck)

    return draw


TOPS: dict[str, Style] = {
    "tee": Style(
        "T-shirt",
        "T-shirts",
        "top",
        tops.t_shirt,
        False,
        "A midweight organic-cotton T-shirt with a ribbed neck that keeps its shape.",
        gender="men",
    ),
    "fitted tee": Style(
        "fitted T-shirt",
        "T-shirts",
        "top",
        tops.t_shirt,
        True,
        "A close-cut T-shirt in soft combed cotton with short cap sleeves.",
        gender="women",
    ),
    "polo": Style(
        "polo shirt",
        "Polo shirts",
        "top",
        tops.polo,
        False,
        "Breathable piqué with a knitted collar and two buttons.",
        weave="canvas",
        gender="men",
    ),
    "shirt": Style(
        "shirt",
        "Shirts",
        "top",
        tops.shirt,
        False,
        "A woven cotton shirt with a chest pocket and a softly curved hem.",
        gender="men",
    ),
    "blouse": Style(
        "fitted shirt",
        "Shirts",
        "top",
        tops.shirt,
        True,
        "A lightly waisted shirt in crisp poplin, cut to wear in or out.",
        gender="women",
    ),
    "sweater": Style(
        "sweater",
        "Knitwear",
        "top",
        _sweater("crew"),
        False,
        "A crew-neck jumper knitted from soft lambswool.",
        weave="knit",
    ),
    "cable": Style(
        "cable-knit sweater",
        "Knitwear",
        "top",
        _sweater("crew"),
        False,
        "Deep cables and ribbed cuffs in a warm wool blend.",
        weave="cable",
    ),
    "v-neck": Style(
        "V-neck sweater",
        "Knitwear",
        "top",
        _sweater("v"),
        False,
        "A fine merino V-neck, light enough for a jacket.",
        gender="men",
    ),
    "roll-neck": Style(
        "roll-neck sweater",
        "Knitwear",
        "top",
        _sweater("roll"),
        False,
        "A ribbed roll neck over a relaxed body in extra-fine wool.",
        weave="rib",
        gender="women",
    ),
    "hoodie": Style(
        "hoodie",
        "Hoodies",
        "top",
        tops.hoodie,
        False,
        "Brushed loopback cotton with a roomy front pocket.",
    ),
    "zip hoodie": Style(
        "zip hoodie",
        "Hoodies",
        "top",
        tops.hoodie,
        True,
        "A full-zip hoodie in heavy cotton fleece.",
    ),
}
