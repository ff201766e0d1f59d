"""Tiny but real ONNX models, written with their cards into a folder; the same bytes every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

DIMENSION = 32
SIZE = 64
SIDE = 64
COLOURS = {
    "red": (1.0, -1.0, -1.0),
    "green": (-1.0, 0.2, -1.0),
    "blue": (-1.0, -1.0, 1.0),
    "yellow": (1.0, 1.0, -1.0),
    "orange": (1.0, 0.2, -1.0),
    "purple": (0.0, -1.0, 0.2),
    "pink": (1.0, 0.2, 0.6),
    "black": (-1.0, -1.0, -1.0),
    "white": (1.0, 1.0, 1.0),
    "grey": (0.0, 0.0, 0.0),
}
GARMENTS = ("dress", "skirt", "shirt", "trousers", "shoe", "bag", "hat", "coat")

Form = Literal["raw", "transposed", "suppressed"]
Item = tuple[float, float, float, float, float, int]
"""x1, y1, x2, y2 in pixels of the square, score, class."""


def write_encoder(
    folder: Path, *, name: str = "tiny", mask: bool = True, padded_to_max: bool = False
) -> Path:
    """An encoder of 32 dimensions in folder/name: colours by place, words near their colours."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    _save(_image_tower(), home / "image.onnx")
    _save(_text_tower(mask), home / "text.onnx")
    _tokenizer().save(str(home / "tokenizer.json"))
    card = {
        "role": "encoder",
        "name": name,
        "version": "1",
        "licence": "Apache-2.0",
        "source": "made by the tests",
        "description": "Knows colours and a few words.",
        "dimension": DIMENSION,
        "image": _file(home / "image.onnx")
        | {"input": "pixel_values", "output": "image_embeds", "size": SIZE}
        | {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
        "text": _file(home / "text.onnx")
        | {"input": "input_ids", "mask": "attention_mask" if mask else None}
        | {"output": "text_embeds", "max_tokens": 8, "pad_id": 0, "padded_to_max": padded_to_max}
        | {"lowercase": False, "tokenizer": _file(home / "tokenizer.json")},
        "figures": {"parameters": 48 * DIMENSION},
    }
    return _write_card(home, card)


def write_turned(folder: Path, *, name: str = "turned") -> Path:
    """The encoder that `write_encoder` makes, its axes the other way round: the same cosines within
    it, and others with what the plain one made."""
    home = write_encoder(folder, name=name)
    for file, output in (("image.onnx", "image_embeds"), ("text.onnx", "text_embeds")):
        _save(_turned(onnx.load(home / file), output), home / file)
    card = json.loads((home / "card.json").read_text())
    for tower in ("image", "text"):
        card[tower] |= _file(home / card[tower]["file"])
    return _write_card(home, card)


def _turned(model: onnx.ModelProto, output: str) -> onnx.ModelProto:
    for node in model.graph.node:
        node.output[:] = ["straight" if each == output else each for each in node.output]
    order = np.arange(DIMENSION - 1, -1, -1, dtype=np.int64)
    model.graph.node.extend(
        [_weights("order", order), _node("Gather", ["straight", "order"], output, axis=1)]
    )
    return model


def write_detector(
    folder: Path,
    items: Sequence[Item] | None = None,
    *,
    name: str = "tiny-detector",
    form: Form = "raw",
    kinds: Sequence[str] = ("top", "shoe", "bag"),
    batch: int | str = "batch",
    notes: bool = True,
) -> Path:
    """A YOLOv8-format detector in folder/name that always sees these items in its 64 x 64 square.

    Without items it sees the box around whatever is strongly coloured, as the first kind.
    """
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    nodes = (
        _saturated(len(kinds)) if items is None else _constant(table_of(items, form, len(kinds)))
    )
    pixels = helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 3, SIDE, SIDE])
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [None, None, None])
    model = _model(nodes, [pixels], [output])
    if notes:
        names = str(dict(enumerate(kinds)))
        helper.set_model_props(model, {"names": names, "imgsz": str([SIDE, SIDE])})
    _save(model, home / "detector.onnx")
    card = {
        "role": "detector",
        "name": name,
        "version": "1",
        "licence": "Apache-2.0",
        "source": "made by the tests",
        "description": "",
        "file": _file(home / "detector.onnx"),
        "size": SIDE,
        "kinds": list(kinds),
        "confidence": 0.25,
        "iou": 0.6,
        "max_items": 50,
    }
    return _write_card(home, card)


def table_of(items: Sequence[Item], form: Form, kinds: int) -> np.ndarray[Any, np.dtype[Any]]:
    """What a YOLOv8 graph puts out for these items: one (rows, columns) table in the given form."""
    if form == "suppressed":
        rows = np.zeros((20, 6), dtype=np.float32)
        rows[: len(items)] = items
        return rows
    head = np.zeros((sum((SIDE // stride) ** 2 for stride in (8, 16, 32)), 4 + kinds), np.float32)
    for row, (x1, y1, x2, y2, score, kind) in zip(head, items, strict=False):
        row[:4] = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        row[4 + kind] = score
    return head if form == "transposed" else head.T


def _image_tower() -> onnx.ModelProto:
    # Every cell of a 4 x 4 grid of mean colours counts as its colour and, a little, by its place.
    colour = np.repeat(_colour_axes(), 16, axis=0) / 16
    place = _random(3).normal(size=(48, DIMENSION)) / 40
    nodes = [
        _weights("weights", (colour + place).astype(np.float32)),
        _weights("bias", _bias()),
        _weights("flat", np.array([0, 48], np.int64)),
        _node("AveragePool", ["pixel_values"], "grid", kernel_shape=[16, 16], strides=[16, 16]),
        _node("Reshape", ["grid", "flat"], "cells"),
        _node("Gemm", ["cells", "weights", "bias"], "image_embeds"),
    ]
    pixels = helper.make_tensor_value_info(
        "pixel_values", TensorProto.FLOAT, ["batch", 3, SIZE, SIZE]
    )
    return _model(nodes, [pixels], [_embeds("image_embeds")])


def _text_tower(mask: bool) -> onnx.ModelProto:
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
    inputs = [ids]
    if mask:
        shown = helper.make_tensor_value_info(
            "attention_mask", TensorProto.INT64, ["batch", "tokens"]
        )
        inputs.append(shown)
        masking = [_node("Cast", ["attention_mask"], "real", to=TensorProto.FLOAT)]
    else:
        masking = [
            _node("Cast", ["input_ids"], "numbers", to=TensorProto.FLOAT),
            _node("Sign", ["numbers"], "real"),
        ]
    nodes = [
        _weights("table", _word_table()),
        _weights("bias", _bias()),
        _weights("one", np.array(1.0, np.float32)),
        _weights("along", np.array([1], np.int64)),
        _weights("last", np.array([2], np.int64)),
        *masking,
        _node("Gather", ["table", "input_ids"], "words"),
        _node("Unsqueeze", ["real", "last"], "column"),
        _node("Mul", ["words", "column"], "present"),
        _node("ReduceSum", ["present", "along"], "sum", keepdims=0),
        _node("ReduceSum", ["real", "along"], "counted", keepdims=1),
        _node("Max", ["counted", "one"], "count"),
        _node("Div", ["sum", "count"], "mean"),
        _node("Add", ["mean", "bias"], "text_embeds"),
    ]
    return _model(nodes, inputs, [_embeds("text_embeds")])


def _constant(table: np.ndarray[Any, np.dtype[Any]]) -> list[onnx.NodeProto]:
    return [
        _weights("table", table[None].astype(np.float32)),
        _weights("first", np.array([0], np.int64)),
        _weights("second", np.array([1], np.int64)),
        _weights("shape", np.array(table.shape, np.int64)),
        _node("Shape", ["images"], "dimensions"),
        _node("Slice", ["dimensions", "first", "second"], "rows"),
        _node("Concat", ["rows", "shape"], "wanted", axis=0),
        _node("Expand", ["table", "wanted"], "output0"),
    ]


def _saturated(kinds: int) -> list[onnx.NodeProto]:
    anchors = sum((SIDE // stride) ** 2 for stride in (8, 16, 32))
    steps = np.arange(SIDE, dtype=np.float32)
    rest = np.array([0, 0, 0, 0, kinds - 1, anchors - 1], np.int64)
    nodes = [
        _weights("threshold", np.array(0.35, np.float32)),
        _weights("score", np.array(0.9, np.float32)),
        _weights("half", np.array(0.5, np.float32)),
        _weights("near", steps),
        _weights("far", steps + 1),
        _weights("none", np.full(SIDE, SIDE, np.float32)),
        _weights("zero", np.zeros(SIDE, np.float32)),
        _weights("rest", rest),
        _weights("channels", np.array([1], np.int64)),
        _weights("last", np.array([2], np.int64)),
        _node("ReduceMax", ["images", "channels"], "high", keepdims=0),
        _node("ReduceMin", ["images", "channels"], "low", keepdims=0),
        _node("Sub", ["high", "low"], "saturation"),
        _node("Greater", ["saturation", "threshold"], "strong"),
        _node("Cast", ["strong"], "seen", to=TensorProto.FLOAT),
        _node("ReduceMax", ["seen", "channels"], "columns", keepdims=0),
        _node("ReduceMax", ["seen", "last"], "rows", keepdims=0),
        *_edges("columns", "x"),
        *_edges("rows", "y"),
        _node("ReduceMax", ["columns", "channels"], "any", keepdims=1),
        _node("Mul", ["any", "score"], "sure"),
        _node("Concat", ["centre_x", "centre_y", "long_x", "long_y", "sure"], "item", axis=1),
        _node("Unsqueeze", ["item", "last"], "anchor"),
        _node("Pad", ["anchor", "rest"], "output0"),
    ]
    return nodes


def _edges(line: str, axis: str) -> list[onnx.NodeProto]:
    return [
        _node("Cast", [line], f"is_{axis}", to=TensorProto.BOOL),
        _node("Where", [f"is_{axis}", "near", "none"], f"starts_{axis}"),
        _node("Where", [f"is_{axis}", "far", "zero"], f"ends_{axis}"),
        _node("ReduceMin", [f"starts_{axis}", "channels"], f"start_{axis}", keepdims=1),
        _node("ReduceMax", [f"ends_{axis}", "channels"], f"end_{axis}", keepdims=1),
        _node("Sub", [f"end_{axis}", f"start_{axis}"], f"long_{axis}"),
        _node("Add", [f"end_{axis}", f"start_{axis}"], f"twice_{axis}"),
        _node("Mul", [f"twice_{axis}", "half"], f"centre_{axis}"),
    ]


def _tokenizer() -> Tokenizer:
    words = ["[PAD]", "[UNK]", *COLOURS, *GARMENTS]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def _word_table() -> np.ndarray[Any, np.dtype[np.float32]]:
    colours = np.array(list(COLOURS.values())) @ _colour_axes()
    garments = _random(5).normal(size=(len(GARMENTS), DIMENSION)) / 4
    return np.concatenate([np.zeros((2, DIMENSION)), colours, garments]).astype(np.float32)


def _colour_axes() -> np.ndarray[Any, np.dtype[np.float64]]:
    axes, _ = np.linalg.qr(_random(1).normal(size=(DIMENSION, 3)))
    return np.asarray(axes.T, dtype=np.float64)


def _bias() -> np.ndarray[Any, np.dtype[np.float32]]:
    # Keeps grey pictures and empty texts away from the zero vector.
    return (_random(2).normal(size=DIMENSION) / 20).astype(np.float32)


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **attributes)


def _weights(name: str, values: np.ndarray[Any, np.dtype[Any]]) -> onnx.NodeProto:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(values))


def _embeds(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", DIMENSION])


def _model(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10, producer_name="tests"
    )


def _save(model: onnx.ModelProto, path: Path) -> None:
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _file(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _write_card(home: Path, card: dict[str, Any]) -> Path:
    (home / "card.json").write_text(json.dumps(card, indent=2))
    return home
