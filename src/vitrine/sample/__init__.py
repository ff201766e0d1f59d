"""A sample catalogue, drawn by our own code."""

from vitrine.sample.catalogue import PRODUCTS, Product
from vitrine.sample.outfits import OUTFITS, draw_outfit
from vitrine.sample.scenes import draw_product
from vitrine.sample.writing import draw_catalogue

__all__ = ["OUTFITS", "PRODUCTS", "Product", "draw_catalogue", "draw_outfit", "draw_product"]
