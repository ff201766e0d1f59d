"""Measure the shipped models on the dev parts and write the evaluation.

    python -m training.report --data ../shared/data

measures every section, beside a colour histogram, plain ImageNet features and the previously
shipped weights, and writes into --out: evaluation.json (every figure), evaluation.md (rendered from
it) and images/eval-*.png. Then it prints each target with pass or FAIL. Vectors and detections are
kept under --cache by model, recipe and pictures, so that a second run takes seconds.

Try a new encoder quickly, on a sample, without touching docs/:

    python -m training.report --encoder build/try --limit 100 --out build/eval/quick

or only some sections of it; those that are not named stay as the file in --out has them, if it is
of the same models and sample:

    python -m training.report --only titles second

See what lies behind the figures (photos of people: for looking, never for committing):

    python -m training.report --only --sheets build/sheets
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.report import (
    abroad,
    blending,
    calibrated,
    columns,
    composed,
    detecting,
    facets,
    finder,
    labelling,
    leveling,
    neighbours,
    pairs,
    phone,
    plots,
    refusing,
    render,
    reranking,
    second,
    seeing,
    selecting,
    sheets,
    shoppers,
    speed,
    street,
    study,
    targets,
    titles,
    viewing,
)
from training.report.rows import COLUMNS, PREVIOUS, SHIPPED, Section
from training.report.study import Study
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import FILES

SECTIONS: Mapping[str, Callable[[Study], Section]] = {
    "abroad": abroad.measure,
    "refusing": refusing.measure,
    "calibrated": calibrated.measure,
    "pairs": pairs.measure,
    "titles": titles.measure,
    "shoppers": shoppers.measure,
    "neighbours": neighbours.measure,
    "facets": facets.measure,
    "labels": labelling.measure,
    "second": second.measure,
    "composed": composed.measure,
    "reranking": reranking.measure,
    "levels": leveling.measure,
    "blending": blending.measure,
    "phone": phone.measure,
    "street": street.measure,
    "primary": selecting.measure,
    "views": viewing.measure,
    "detector": detecting.precision,
    "one_box": detecting.one_box,
    "seeing": seeing.measure,
    "speed": speed.measure,
}
DETECTOR = PACKAGED / "vitrine-garments"
QUICK = Path("build/eval/quick")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write and print; 1 where re-ranking is worse than none, or with --gate a target is
    missed."""
    options = _options(argv)
    given = _study(options)
    made = _made(given, options)
    out = options.out or (Path("docs") if options.limit is None else QUICK)
    found = _kept(out / "evaluation.json", made)
    for name in SECTIONS if options.only is None else options.only:
        print(f"{name} ...", flush=True)
        found[name] = asdict(SECTIONS[name](given))
    report = {"made": made, "sections": {name: found[name] for name in SECTIONS if name in found}}
    write(report, out)
    if options.sheets:
        for path in sheets.draw(given, options.sheets):
            print(path)
    losses = reranking.worse(report)
    print("\n".join([*targets.lines(report), *losses]))
    missed = options.gate and not all(one.met for one in targets.targets(report))
    return int(bool(losses) or missed)


def write(report: Mapping[str, Any], out: Path) -> None:
    """Write evaluation.json, and from it evaluation.md and its pictures, into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1) + "\n"
    (out / "evaluation.json").write_text(text, encoding="utf-8")
    again = json.loads(text)
    drawn = plots.draw(again, out / "images")
    page = render.page(again, {name: Path("images") / file for name, file in drawn.items()})
    (out / "evaluation.md").write_text(page, encoding="utf-8")


def _study(options: argparse.Namespace) -> Study:
    shots = study.read(options.data, options.cache, options.limit)
    if not shots.dev or not shots.train:
        raise SystemExit(f"No dev and train products under {options.data}/products.")
    detector = options.detector or (DETECTOR if (DETECTOR / "card.json").exists() else None)
    return Study(
        root=options.data,
        shots=shots,
        columns=columns.columns(options.encoder, options.models, options.threads),
        finder=finder.load(detector, options.threads) if detector else None,
        cache=options.cache,
    )


def _made(given: Study, options: argparse.Namespace) -> dict[str, Any]:
    """What was measured: two reports with the same of this can be mixed."""
    found = given.columns
    folders = {"encoder": options.encoder}
    if given.finder is not None:
        folders["detector"] = given.finder.folder
    return {
        "columns": {COLUMNS[key]: column.name for key, column in found.items()},
        "preprocess": found[SHIPPED].preprocess,
        "fingerprints": {COLUMNS[key]: column.fingerprint for key, column in found.items()},
        "detector": given.finder.fingerprint if given.finder else None,
        "previous": columns.REVISION if PREVIOUS in found else None,
        "limit": options.limit,
        "bytes": {name: _size(folder) for name, folder in folders.items()},
    }


def _size(folder: Path) -> int:
    files = [path for path in folder.iterdir() if path.is_file() and not path.match(FILES)]
    return sum(path.stat().st_size for path in files)


def _kept(path: Path, made: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of an earlier report of the very same."""
    if not path.exists():
        return {}
    earlier = json.loads(path.read_text(encoding="utf-8"))
    same = earlier["made"] == json.loads(json.dumps(made))
    return dict(earlier["sections"]) if same else {}


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--encoder", type=Path, default=PACKAGED / "vitrine-mini", help="model folder to measure")
    add("--detector", type=Path, help="model folder (default: vitrine-garments if it ships)")
    add("--only", nargs="*", choices=list(SECTIONS), help="measure these sections anew")
    add("--limit", type=int, help="a quick look at so many dev shots of each source")
    add("--out", type=Path, help=f"folder to write to (docs; with --limit {QUICK})")
    add("--cache", type=Path, default=Path("build/eval"), help="vectors, detections, second photos")
    add("--models", type=Path, default=Path("build/models"), help="where the baselines are kept")
    add("--sheets", type=Path, help="draw contact sheets of 50 queries of each sort into here")
    add("--gate", action="store_true", help="exit with 1 where a target is missed")
    add("--threads", type=int, default=min(2, os.cpu_count() or 1), help="threads of each model")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
