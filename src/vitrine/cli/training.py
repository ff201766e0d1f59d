"""Fine-tuning models to this shop."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.progress import Progress

from vitrine import wiring
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.services import snapshots
from vitrine.vision import registry
from vitrine.vision.card import read_card

if TYPE_CHECKING:
    from vitrine.finetune.spec import Spec

NAMED = {"tune": "tuned", "adapt": "adapted"}
"""What a model made is called behind its name."""

app = typer.Typer(
    no_args_is_help=True,
    help="""Fine-tune a model with what people verified; needs `pip install "vitrine[train]"`.

A snapshot comes from `vitrine export --format clip FOLDER` (encoder) or `--format yolo FOLDER`
(detector). The test part of it is never looked at, so that it can judge the result.""",
)

Base = Annotated[
    str | None,
    typer.Option(help="The model to begin with.", show_default="VITRINE_VISION__ENCODER"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the model made.", show_default="in that of models"),
]
Work = Annotated[
    Path | None,
    typer.Option(
        help="What a stopped run goes on from; the same command goes on by itself.",
        show_default="in the data folder, removed at the end",
    ),
]
Steps = Annotated[int, typer.Option(help="Steps of learning at most; it ends where figures turn.")]
Minutes = Annotated[float | None, typer.Option(help="Minutes of learning at most.")]
Seed = Annotated[int, typer.Option(help="The same seed and data make the same model.")]
Where = Annotated[Literal["cpu", "cuda"], typer.Option(help="What PyTorch computes on.")]
Whole = Annotated[
    bool | None,
    typer.Option(
        "--end-to-end/--heads",
        help="Teach every weight, or a line on the towers' last features (minutes on a CPU).",
        show_default="--heads on a CPU, --end-to-end on a GPU",
    ),
]


@app.command("encoder")
def train_encoder(
    snapshot: Annotated[Path, typer.Argument(help="From `vitrine export --format clip FOLDER`.")],
    base: Base = None,
    out_: Out = None,
    work: Work = None,
    steps: Steps = 800,
    minutes: Minutes = None,
    seed: Seed = 0,
    device: Where = "cpu",
    end_to_end: Whole = None,
) -> None:
    """Tune an encoder to what people verified: categories, colours and labels of all facets.

    Any model that `vitrine models convert` made can be tuned, and the one that ships. What the
    model knew is kept: learning ends where held-out products or drawn ones of elsewhere are found
    less well, and only as much of it is kept as loses nothing. A stopped run goes on where it was.
    """
    settings = read_settings()
    limits = {"steps": steps, "minutes": minutes}
    how = {**limits, "seed": seed, "device": device, "end_to_end": end_to_end}
    _tune("tune", settings, (base, out_, work), lambda _work: snapshot, how)


@app.command("detector")
def train_detector(
    snapshot: Annotated[Path, typer.Argument(help="From `vitrine export --format yolo FOLDER`.")],
    base: Annotated[
        str | None,
        typer.Option(help="The model to begin with.", show_default="VITRINE_VISION__DETECTOR"),
    ] = None,
    out_: Out = None,
    work: Work = None,
    steps: Steps = 800,
    minutes: Minutes = None,
    seed: Seed = 0,
    device: Where = "cpu",
    start: Annotated[
        Path | None,
        typer.Option(help="A YOLOv8 checkpoint of Ultralytics' to begin with, for the same kinds."),
    ] = None,
) -> None:
    """Tune the detector to the boxes that people drew and confirmed.

    It begins with `vitrine-garments`, or with what an earlier run made of it. It ends where the
    precision on held-out photos has not risen for a while, and the best of it is kept. A stopped
    run goes on where it was. On a CPU a step takes some seconds.
    """
    detector, specs = _room("vitrine.finetune.detector"), _room("vitrine.finetune.spec")
    settings = read_settings()
    snapshots.open(snapshot)
    name = base or settings.vision.detector or "vitrine-garments"
    card, home = registry.find_detector(name, settings.vision.models_dir)
    made = out_ or settings.vision.models_dir / f"{card.name}-tuned"
    kept = work or settings.data_dir / "finetune" / made.name
    limits: dict[str, Any] = {"steps": steps, "minutes": minutes, "seed": seed, "device": device}
    limits |= {"threads": settings.vision.threads, "start": start}
    with progress() as bar:
        detector.tune(specs.Spec(snapshot, home, made, kept, **limits), _heard(bar, "Learning"))
    if work is None:
        shutil.rmtree(kept, ignore_errors=True)
    _print(made, "DETECTOR")


def adapt(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help='A folder in the format "clip", in place of the catalogue.', show_default=False
        ),
    ] = None,
    base: Base = None,
    out_: Out = None,
    work: Work = None,
    steps: Steps = 800,
    minutes: Minutes = None,
    seed: Seed = 0,
    device: Where = "cpu",
    end_to_end: Whole = None,
) -> None:
    """Tune the encoder to this shop without people: by its own titles, attributes and variants.

    Products of one group are one design in several colours; photos of one product, and made-up
    views of them, show the same thing. A part of the catalogue is held out by group: learning ends
    where its figures turn. Needs `pip install "vitrine[train]"`. On a CPU it takes as long as an
    import of the photos thrice, and a few minutes more.
    """
    settings = read_settings()
    limits = {"steps": steps, "minutes": minutes}
    how = {**limits, "seed": seed, "device": device, "end_to_end": end_to_end}

    def source(kept: Path) -> Path:
        return folder or _catalogue(settings, kept / "catalogue")

    _tune("adapt", settings, (base, out_, work), source, how)


def _tune(
    way: Literal["tune", "adapt"],
    settings: Settings,
    where: tuple[str | None, Path | None, Path | None],
    source: Callable[[Path], Path],
    how: Mapping[str, Any],
) -> None:
    encoder = _room("vitrine.finetune.encoder")
    specs, elsewhere = _room("vitrine.finetune.spec"), _room("vitrine.finetune.elsewhere")
    name, out_, work = where
    card, base = registry.find_encoder(name or settings.vision.encoder, settings.vision.models_dir)
    made = out_ or settings.vision.models_dir / f"{card.name}-{NAMED[way]}"
    kept = work or settings.data_dir / "finetune" / made.name
    if made.exists():
        raise Invalid("finetune_exists", f"{made} is there already; give another --out.")
    snapshot = source(kept)
    spec: Spec = specs.Spec(
        snapshot,
        base,
        made,
        kept,
        left_out=elsewhere.drawn(kept / "elsewhere"),
        threads=settings.vision.threads,
        margin=settings.vision.margin,
        padding=settings.vision.padding,
        **how,
    )
    with progress() as bar:
        getattr(encoder, way)(spec, _heard(bar, "Looking and learning"))
    if work is None:
        shutil.rmtree(kept, ignore_errors=True)
    _print(made)


def _heard(bar: Progress, what: str) -> Callable[[int, int, Mapping[str, float]], None]:
    """Progress with the time left and the latest gain."""
    task = bar.add_task(what)

    def tell(done: int, total: int, figures: Mapping[str, float]) -> None:
        bar.update(task, completed=done, total=total, description=what + _gained(figures))

    return tell


def _gained(figures: Mapping[str, float]) -> str:
    """By how much it is better so far, as far as that is told."""
    if "score" in figures:
        return f", {100 * figures['score']:+.1f} points"
    if "best_map50" in figures:
        return f", mAP50 {figures['map50_before']:.3f} to {figures['best_map50']:.3f}"
    return ""


def _catalogue(settings: Settings, folder: Path) -> Path:
    """The catalogue as a folder, written before or now."""
    if (folder / "card.json").is_file():
        return folder
    with wiring.stored(settings) as sessions, progress() as bar:
        task = bar.add_task("Writing the catalogue")
        snapshots.catalogue(
            sessions,
            wiring.blobs_of(settings),
            folder,
            tell=lambda done, total: bar.update(task, completed=done, total=total),
        )
    return folder


def _room(name: str) -> Any:
    """A module of fine-tuning; Invalid says how to install what it needs."""
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        raise Invalid(
            "finetune_extra",
            f'Fine-tuning needs {missing.name}: pip install "vitrine[train]" (large, for PyTorch).',
        ) from None


def _print(made: Path, setting: str = "ENCODER") -> None:
    card = read_card(made / "card.json")
    err.print(f"{card.model_version}, written to {made}; {made / 'report.html'} tells all of it.")
    out.print(f"Use it with VITRINE_VISION__{setting}={made.name}", markup=False)


COMMANDS = (adapt,)
