"""Smaller ONNX files: weights in half precision, or in eight bits."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

HALVED_FROM = 1024
"""Initialisers with at least this many numbers are stored as float16."""


def stored(model: bytes, precision: Precision) -> bytes:
    """The ONNX file with its weights stored this way."""
    if precision == "float32":
        return model
    return halved(model) if precision == "float16" else quantised(model)


def halved(model: bytes) -> bytes:
    """The ONNX file with large float32 weights stored as float16 and a Cast to float32 behind each.

    ONNX Runtime computes the Casts once while loading, so it runs as fast as before.
    """
    proto = onnx.load_from_string(model)
    casts = []
    for weight in proto.graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < HALVED_FROM:
            continue
        name = weight.name
        small = numpy_helper.to_array(weight).astype(np.float16)
        weight.CopyFrom(numpy_helper.from_array(small, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for place, cast in enumerate(casts):
        proto.graph.node.insert(place, cast)
    onnx.checker.check_model(proto)
    written: bytes = proto.SerializeToString()
    return written


def quantised(model: bytes) -> bytes:
    """The ONNX file whose products and tables have weights of eight bits, one scale a channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        whole, ready, small = (Path(folder) / name for name in ("whole", "ready", "small"))
        whole.write_bytes(model)
        quant_pre_process(whole, ready, skip_symbolic_shape=True)
        quantize_dynamic(
            ready,
            small,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            # With eight bits sums overflow on older processors; vectors would differ by machine.
            reduce_range=True,
        )
        return small.read_bytes()
