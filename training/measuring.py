"""Figures of a trained net and of its averages with the start, by source of the photos."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from training import backbone, figures, lexicon, views
from training.backbone import EARLY_WIDTH, Trunk
from training.data import PHONE_MAIN, PHONE_WORDS, Shot
from training.dataset import TrainingSet
from training.figures import Vectors
from training.net import Net
from training.teacher import BATCH, Features, look
from training.towers import ImageTower
from vitrine.vision import geometry, images
from vitrine.vision.preprocess import Recipe, prepare
from vitrine.vision.types import Size

SHARES = (1.0, 0.75, 0.5)
"""How much of the trained trunk an average with the start keeps (WiSE-FT)."""
MOST, MOST_OFFERED = 900, 4000
"""Choosing needs no more shots of a source than this, nor more in the gallery."""
FIRST_SOURCE = "products"


def candidates(
    found: TrainingSet, net: Net, how: Recipe, shares: Sequence[float] = SHARES
) -> dict[str, dict[str, float]]:
    """Figures by candidate: plain ImageNet features, then the net for each share kept."""
    rows = {"imagenet": figures_of(found, plain(), None, how)}
    for share in shares:
        tower = ImageTower(averaged(net.trunk, share), net.head).eval()
        rows[f"net {share:g}"] = figures_of(found, tower, net, how)
        print(f"net {share:g}", rows[f"net {share:g}"], flush=True)
    return rows


def averaged(trunk: Trunk, share: float) -> Trunk:
    """The trunk with every weight `share` of the way from the start's to its own."""
    begun = backbone.load().state_dict()
    mixed = copy.deepcopy(trunk)
    state = {name: begun[name].lerp(value, share) for name, value in trunk.state_dict().items()}
    mixed.load_state_dict(state)
    return mixed.eval()


def figures_of(
    found: TrainingSet, tower: torch.nn.Module, net: Net | None, how: Recipe
) -> dict[str, float]:
    """Figures of an image tower on pictures prepared by `how`; those of words need the net."""
    said: dict[str, float] = {}
    for source, held in found.measured.items():
        if places := _few(held, MOST):
            vectors = _embed(found, tower, places, how)
            said |= _source_figures(found, source, (tower, net, how), (places, vectors))
    return {name: round(value, 4) for name, value in said.items()}


def _source_figures(
    found: TrainingSet,
    source: str,
    by: tuple[torch.nn.Module, Net | None, Recipe],
    asked: tuple[Sequence[int], Vectors],
) -> Mapping[str, float]:
    tower, net, how = by
    places, vectors = asked
    shots = [found.shots[place] for place in places]
    said: dict[str, float] = {}
    texts = figures.torch_texts(net.text.eval(), found.tokenizer) if net else None
    if source == FIRST_SOURCE:
        rest = _few([p for p in found.fitted if found.shots[p].source == source], MOST_OFFERED)
        gallery = _embed(found, tower, rest, how)
        offered = ([found.shots[place] for place in rest], gallery)
        everything = (shots + offered[0], np.concatenate([vectors, gallery]))
        for facet in ("category", "colour"):
            said[f"{facet}_p10"] = figures.same_label(facet, (shots, vectors), everything)
        second = _embed_views(found, tower, shots, how)
        said |= figures.same_product(second, vectors, gallery)
        if texts:
            said |= figures.text_to_image(texts, shots, vectors)
    else:
        said[f"{source}_p10"] = figures.same_label("category", (shots, vectors), (shots, vectors))
    if source == "phone" and texts:
        kinds = [lexicon.canonical("category", PHONE_WORDS[kind]) for kind in PHONE_MAIN]
        main = [row for row, shot in enumerate(shots) if shot.facets["category"] in kinds]
        some = [shots[row] for row in main]
        said["phone_named"] = figures.named_right(texts, "category", kinds, some, vectors[main])
    return said


def plain() -> torch.nn.Module:
    """ImageNet features as they are, of length 1: what training has to beat."""
    return _Plain(backbone.load())


class _Plain(torch.nn.Module):
    """A trunk's own last features, of length 1."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Vectors (n, 1280) of normalised pixels."""
        return torch.nn.functional.normalize(self.trunk(pixels)[:, EARLY_WIDTH:], dim=1)


def _embed(
    found: TrainingSet, tower: torch.nn.Module, places: Sequence[int], how: Recipe
) -> Vectors:
    return _unit(look(tower, found.store, places, how, "measure"))


def _embed_views(
    found: TrainingSet, tower: torch.nn.Module, shots: Sequence[Shot], how: Recipe
) -> Vectors:
    grounds = [found.shots[place].path for place in found.grounds if not found.shots[place].box]
    rows: list[Features] = []
    for start in tqdm(range(0, len(shots), BATCH), desc="views", unit="batch", disable=None):
        some = [_view(shot, grounds[:300], how) for shot in shots[start : start + BATCH]]
        pixels = torch.from_numpy(np.stack(some)).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            rows.append(tower(pixels).float().numpy())
    return _unit(np.concatenate(rows))


def _view(shot: Shot, grounds: Sequence[Path], how: Recipe) -> Features:
    picture: Image.Image = images.open(shot.path.read_bytes()).pixels
    seen = views.synthetic(picture, f"measure/{shot.key}", grounds)
    return prepare(seen, geometry.whole(Size(*seen.size)), how)


def _unit(vectors: Features) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _few(places: Sequence[int], most: int) -> list[int]:
    return list(places[:: -(-len(places) // most)]) if places else []
