"""From a trained detector to the ONNX file that ships."""

from __future__ import annotations

import copy

import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vitrine.convert.padding import folded
from vitrine.convert.storing import halved
from vitrine.finetune.detector.net import Conv, Detector, Shipped
from vitrine.finetune.exporting import SIDES, to_onnx


def exported(detector: Detector, size: int) -> bytes:
    """The ONNX file for pictures of this side, in YOLOv8's form, its weights as float16.

    It takes squares of any other side as well that the largest stride divides.
    """
    shipped = Shipped(fused(detector)).eval()
    pixels = torch.zeros(2, 3, size, size)
    whole = to_onnx(shipped, (pixels,), (["images"], "output0"), SIDES)
    return _noted(halved(folded(whole)), size)


def _noted(model: bytes, size: int) -> bytes:
    """The ONNX file with its usual side written into it, for whoever has no card of it."""
    proto = onnx.load_from_string(model)
    onnx.helper.set_model_props(proto, {"imgsz": str([size, size])})
    written: bytes = proto.SerializeToString()
    return written


def fused(detector: Detector) -> Detector:
    """A copy whose BatchNorms are folded into the convolutions before them."""
    copied = copy.deepcopy(detector).eval()
    for part in copied.modules():
        if isinstance(part, Conv) and isinstance(part.norm, nn.BatchNorm2d):
            part.conv = fuse_conv_bn_eval(part.conv, part.norm)
            part.norm = nn.Identity()
    return copied
