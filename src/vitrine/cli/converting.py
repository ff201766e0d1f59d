"""Making model folders of checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from vitrine.cli.console import err, out, read_settings
from vitrine.core.errors import Invalid
from vitrine.vision.card import Padding

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.convert.checking import Agreement, Sample
    from vitrine.convert.converting import Converted

DRAWN = 48
"""Pictures and titles of the sample catalogue that a model is checked with."""
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def convert(
    source: Annotated[str, typer.Argument(help="A folder, or a hub name such as owner/name.")],
    name: Annotated[str | None, typer.Option(help="What to call the model.")] = None,
    precision: Annotated[
        Literal["float32", "float16", "int8"], typer.Option(help="How weights are stored.")
    ] = "float32",
    padding: Annotated[
        Padding | None,
        typer.Option(help="How crops become square.", show_default="as the checkpoint says"),
    ] = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="Folder or hub name of the tokenizer, where it brings none.")
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Branch, tag or commit on the hub.")] = None,
    licence: Annotated[
        str | None, typer.Option(help="For the card.", show_default="as the README says")
    ] = None,
    sample: Annotated[
        Path | None,
        typer.Option(
            help="Folder with pictures to measure with.", show_default="drawn by Vitrine itself"
        ),
    ] = None,
) -> None:
    """Make a model of an OpenCLIP or transformers CLIP or SigLIP checkpoint, and check it.

    Needs PyTorch and transformers: `pip install "vitrine[train]"`. The checkpoint has its weights
    as .safetensors or .bin. The model must give the vectors that PyTorch gives, or it is not kept.
    """
    try:
        from vitrine.convert.converting import Wanted
        from vitrine.convert.converting import convert as make
    except ModuleNotFoundError as missing:
        raise Invalid(
            "convert_extra",
            f'Converting needs {missing.name}: pip install "vitrine[train]" (large, for PyTorch).',
        ) from None
    wanted = Wanted(source, revision, name, precision, padding, tokenizer, licence)
    models_dir = read_settings().vision.models_dir
    with err.status("Looking") as status:
        made = make(wanted, models_dir, lambda: _sample(sample), status.update)
    _print(made)


def _sample(folder: Path | None) -> Sample:
    from vitrine.convert.checking import Sample
    from vitrine.sample import PRODUCTS, draw_product

    some = PRODUCTS[:: len(PRODUCTS) // DRAWN][:DRAWN]
    texts = [product.title for product in some]
    if folder is None:
        return Sample([draw_product(product, 1) for product in some], texts)
    return Sample(_pictures(folder), texts)


def _pictures(folder: Path) -> list[Image.Image]:
    from vitrine.vision import images

    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    if len(paths) < 2:
        raise Invalid("convert_sample", f"{folder} has fewer than two pictures to measure with.")
    return [images.open(path.read_bytes()).pixels for path in paths]


def _print(made: Converted) -> None:
    table = Table()
    for column in ("of the sample", "least cosine", "mean cosine", "same neighbours"):
        table.add_column(column)
    for against, found in (("PyTorch", made.checked), ("float32", made.lost)):
        for what, agreed in found.items():
            table.add_row(f"{what}, against {against}", *_numbers(agreed))
    out.print(table)
    if made.levels is not None:
        out.print(f"Pixels differ from those of its own library by {made.levels:g} of 255 at most.")
    card = made.card
    size = sum(file.bytes or 0 for file in card.files) / 1e6
    out.print(f"{card.model_version}, {size:.0f} MB, padding {card.image.padding}.", markup=False)
    out.print(
        f"Written to {made.folder}. Use it with VITRINE_VISION__ENCODER={card.name}", markup=False
    )


def _numbers(agreed: Agreement) -> tuple[str, str, str]:
    return f"{agreed.least:.6f}", f"{agreed.mean:.6f}", f"{agreed.neighbours:.0%}"
