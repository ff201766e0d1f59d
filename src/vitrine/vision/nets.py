"""The two nets: an encoder that embeds pictures and texts, and a detector that finds items."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer

from vitrine.core.errors import Invalid
from vitrine.core.groups import VisionSettings
from vitrine.vision import geometry, items, registry, yolo
from vitrine.vision.card import CardFile, DetectorCard, EncoderCard
from vitrine.vision.sessions import (
    FLOAT,
    INTEGERS,
    Array,
    Graph,
    Runtime,
    check_names,
    check_type,
    open_graph,
)
from vitrine.vision.types import Detection, Size, Vector

Pixels = NDArray[np.float32]

_USUAL_SIZE = 640

_SOON_DONE = 16_000_000
"""Bytes. With some words so small a graph is done before another thread has woken up."""


class Encoder:
    """Embeds prepared pixels and texts into one space of L2-normalised vectors."""

    def __init__(self, card: EncoderCard, folder: Path, runtime: Runtime) -> None:
        self.card = card
        self.batch = runtime.batch
        self._image = open_graph(folder / card.image.file, runtime)
        self._text = open_graph(
            folder / card.text.file, _of_words(folder / card.text.file, runtime)
        )
        self._tokenizer = _open_tokenizer(folder / card.text.tokenizer.file, card.text.max_tokens)
        check_names(self._image, [card.image.input], card.image.output)
        check_type(self._image, card.image.input, [FLOAT])
        check_names(self._text, self._text_inputs(), card.text.output)
        for name in self._text_inputs():
            check_type(self._text, name, INTEGERS)
        self._check_dimensions()

    def embed_images(self, batch: Pixels) -> Vector:
        """Vectors (n, dimension) of prepared pixels (n, 3, size, size)."""
        if not len(batch):
            return self._nothing()
        return _normalised(self._image.run({self.card.image.input: batch}, self.card.image.output))

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """Vectors (n, dimension) of texts of any length, also empty; what is too long is cut."""
        if not texts:
            return self._nothing()
        return _normalised(self._text.run(self.text_feeds(texts), self.card.text.output))

    def text_feeds(self, texts: Sequence[str]) -> dict[str, Array]:
        """What the text tower takes for these texts, at least one, by the names of its inputs."""
        tokens, mask = self._tokens(texts)
        types = self._text.types()
        given = zip(self._text_inputs(), (tokens, mask), strict=False)
        return {name: values.astype(INTEGERS[types[name]]) for name, values in given}

    def _text_inputs(self) -> list[str]:
        text = self.card.text
        return [text.input] if text.mask is None else [text.input, text.mask]

    def _nothing(self) -> Vector:
        return np.zeros((0, self.card.dimension), dtype=np.float32)

    def _tokens(self, texts: Sequence[str]) -> tuple[Array, Array]:
        text = self.card.text
        ids = [self._tokenizer.encode(_clean(words, text.lowercase)).ids for words in texts]
        # At least one column, because a tokenizer without special tokens makes nothing of "".
        width = text.max_tokens if text.padded_to_max else max(1, *map(len, ids))
        tokens = np.full((len(ids), width), text.pad_id, dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, some in enumerate(ids):
            tokens[row, : len(some)] = some
            mask[row, : len(some)] = 1
        return tokens, mask

    def _check_dimensions(self) -> None:
        expected = (1, self.card.dimension)
        size = self.card.image.size
        blank = np.zeros((1, 3, size, size), dtype=np.float32)
        _probe(self._image, lambda: self.embed_images(blank), expected)
        _probe(self._text, lambda: self.embed_texts([""]), expected)


class Detector:
    """Finds items in pictures with a YOLOv8-format graph."""

    def __init__(self, card: DetectorCard, path: Path, runtime: Runtime) -> None:
        self.card = card
        # One such picture keeps the cores of a CPU busy: more at once fall out of its caches.
        alone = replace(runtime, batch=1) if runtime.provider == "cpu" else runtime
        self._graph = open_graph(path, alone)
        self._input, self._output = _only_names(self._graph)
        check_type(self._graph, self._input, [FLOAT])
        self._layouts = {side: self._probe_layout(side) for side in card.sides}

    def detect(self, pictures: Sequence[Image.Image]) -> list[list[Detection]]:
        """What may be in each picture, best score first, boxes in its own pixels and inside it.

        From the lower of the card's two confidences on; `items.shown` says which of it counts.
        Where the card's first look is sure, what it saw; else what the look at full size sees.
        """
        found = self.look(pictures, self.card.sides[0])
        unsure = self.unsure(found)
        seen_again = self.look([pictures[place] for place in unsure], self.card.size)
        for place, seen in zip(unsure, seen_again, strict=True):
            found[place] = seen
        return [[one for one in seen if one.score >= self.card.lowest] for seen in found]

    def items(self, pictures: Sequence[Image.Image]) -> list[list[Detection]]:
        """The items of each picture, best score first, as the card's confidences say."""
        sure = self.card.confidence, self.card.confidence_alone
        return [items.shown(seen, *sure) for seen in self.detect(pictures)]

    def look(self, pictures: Sequence[Image.Image], side: int) -> list[list[Detection]]:
        """What may be in each picture, seen in a square of one of the card's sides.

        Also what the card's confidences leave out and its first look has doubts by.
        """
        found: list[list[Detection]] = []
        for start in range(0, len(pictures), self._graph.batch):
            found += self._look(pictures[start : start + self._graph.batch], side)
        return found

    def unsure(self, seen: Sequence[Sequence[Detection]]) -> list[int]:
        """The places of the pictures for which the first look, which saw this, is not enough."""
        first = self.card.first_look
        if first is None:
            return []
        return [place for place, some in enumerate(seen) if not items.is_one(some, first)]

    def _look(self, pictures: Sequence[Image.Image], side: int) -> list[list[Detection]]:
        squares = [yolo.letterbox(picture, side) for picture in pictures]
        tables = self._run(np.stack([pixels for pixels, _ in squares]))
        return [
            self._read(table, place, Size(*picture.size), side)
            for table, (_, place), picture in zip(tables, squares, pictures, strict=True)
        ]

    def _read(self, table: Pixels, place: yolo.Letterbox, size: Size, side: int) -> list[Detection]:
        card, first = self.card, self.card.first_look
        least = min(card.lowest, first.doubt) if first else card.lowest
        found = yolo.decode(table, self._layouts[side], least)
        best = yolo.suppress(found, card.iou, card.max_items, card.iou_across)
        if first and side == first.size:
            best = replace(best, scores=yolo.lowered(best.scores, first.surer_by))
        seen = [
            Detection(yolo.on_picture(row, place, size), self._kind(int(number)), float(score))
            for row, score, number in zip(best.boxes, best.scores, best.classes, strict=True)
        ]
        # A box that lies in the grey border is nothing of the picture.
        return [detection for detection in seen if geometry.inside(detection.box, size)]

    def _kind(self, number: int) -> str:
        kinds = self.card.kinds
        return kinds[number] if 0 <= number < len(kinds) else f"kind{number}"

    def _run(self, squares: Pixels) -> Pixels:
        return self._graph.run({self._input: squares}, self._output).astype(np.float32)

    def _probe_layout(self, side: int) -> yolo.Layout:
        blank = np.zeros((1, 3, side, side), dtype=np.float32)
        try:
            _, rows, columns = self._run(blank).shape
            return yolo.layout(rows, columns, len(self.card.kinds), side)
        except Exception as failed:  # ONNX Runtime's errors have no common class below Exception
            raise Invalid(
                "model_graph",
                f"{self._graph.path} is no YOLOv8-format detector for {side} pixels "
                f"and the kinds {', '.join(self.card.kinds)}: {failed}.",
            ) from failed


def detector_in(folder: Path, card: DetectorCard, settings: VisionSettings) -> Detector:
    """The detector in a folder, with the settings' thresholds."""
    return Detector(_tuned(card, settings), folder / card.file.file, runtime_of(settings))


def runtime_of(settings: VisionSettings) -> Runtime:
    """How the settings have nets run."""
    return Runtime(settings.threads, settings.batch, settings.provider)


def detector_of(settings: VisionSettings) -> Detector | None:
    """The detector the settings name, if any; Invalid says what is missing or damaged."""
    name = settings.detector
    if name is None:
        return None
    if name.endswith(".onnx"):
        path, runtime = Path(name), runtime_of(settings)
        return Detector(_tuned(bare_card(path, runtime), settings), path, runtime)
    card, folder = registry.find_detector(name, settings.models_dir)
    return detector_in(folder, card, settings)


def _of_words(path: Path, runtime: Runtime) -> Runtime:
    """How to run a text tower in this file."""
    small = path.is_file() and path.stat().st_size < _SOON_DONE
    return replace(runtime, threads=1) if small and runtime.provider == "cpu" else runtime


def _tuned(card: DetectorCard, settings: VisionSettings) -> DetectorCard:
    asked = {"confidence": settings.detector_confidence, "iou": settings.detector_iou}
    return card.model_copy(update={name: at for name, at in asked.items() if at is not None})


def bare_card(path: Path, runtime: Runtime) -> DetectorCard:
    """A card for a YOLOv8-format file that has none, from what its exporter wrote into it."""
    if not path.is_file():
        raise Invalid("model_missing", f"There is no detector file {path}.")
    graph = open_graph(path, runtime)
    notes = graph.session.get_modelmeta().custom_metadata_map
    sha256 = registry.checksum(path)
    return DetectorCard(
        role="detector",
        name=re.sub(r"[^A-Za-z0-9]+", "-", path.stem).strip("-") or "detector",
        version=sha256[:8],
        licence=notes.get("license", "unknown"),
        source=str(path),
        description=notes.get("description", ""),
        file=CardFile(file=f"{sha256[:8]}.onnx", sha256=sha256, bytes=path.stat().st_size),
        size=_side(graph, notes.get("imgsz", "")),
        kinds=_kinds(notes.get("names", "")),
    )


def _side(graph: Graph, noted: str) -> int:
    built_in = graph.session.get_inputs()[0].shape[-1]
    if isinstance(built_in, int):
        return built_in
    numbers = re.findall(r"\d+", noted)
    return int(numbers[-1]) if numbers else _USUAL_SIZE


def _kinds(noted: str) -> tuple[str, ...]:
    try:
        names = ast.literal_eval(noted)
    except (ValueError, SyntaxError):
        return ()
    return tuple(str(name) for name in (names.values() if isinstance(names, dict) else names))


def _only_names(graph: Graph) -> tuple[str, str]:
    inputs, outputs = graph.session.get_inputs(), graph.session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise Invalid(
            "model_graph",
            f"{graph.path} has {len(inputs)} inputs and {len(outputs)} outputs; a detector in "
            "YOLOv8 format has one of each.",
        )
    return inputs[0].name, outputs[0].name


def _open_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as broken:  # tokenizers raises Exception itself
        raise Invalid("model_broken", f"{path} is not a tokenizer: {broken}") from broken
    # Some files bring their own padding and cut; the card alone decides on both.
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _probe(graph: Graph, embed: Callable[[], Vector], expected: tuple[int, int]) -> None:
    try:
        shape = embed().shape
    except Exception as failed:  # ONNX Runtime's errors have no common class below Exception
        raise Invalid("model_graph", f"{graph.path} does not run as its card says: {failed}") from (
            failed
        )
    if shape != expected:
        raise Invalid("model_graph", f"{graph.path} gives {shape}; its card says {expected}.")


def _clean(text: str, lowercase: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    return text.lower() if lowercase else text


def _normalised(raw: Array) -> Vector:
    vectors = raw.astype(np.float32)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / lengths, dtype=np.float32)
