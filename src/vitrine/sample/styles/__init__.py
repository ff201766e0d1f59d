"""The styles the catalogue is cut from."""

from vitrine.sample.styles.bottoms import BOTTOMS
from vitrine.sample.styles.extras import BAGS, SHOES, SMALL
from vitrine.sample.styles.layers import DRESSES, OUTERWEAR
from vitrine.sample.styles.style import Style
from vitrine.sample.styles.tops import TOPS

STYLES: dict[str, Style] = {
    **TOPS,
    **OUTERWEAR,
    **DRESSES,
    **BOTTOMS,
    **SHOES,
    **BAGS,
    **SMALL,
}

__all__ = ["STYLES", "Style"]
