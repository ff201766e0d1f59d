from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from tests.worlds import graphs
from tests.worlds.analyzers import on_white
from vitrine.core.errors import Invalid
from vitrine.vision import geometry, nets
from vitrine.vision.card import DetectorCard, EncoderCard, FirstLook, read_card
from vitrine.vision.nets import Detector, Encoder, bare_card
from vitrine.vision.sessions import Provider, Runtime
from vitrine.vision.types import Box, Size

RUNTIME = Runtime(threads=1, batch=4)


def open_encoder(home: Path, runtime: Runtime = RUNTIME) -> Encoder:
    card = read_card(home / "card.json")
    assert isinstance(card, EncoderCard)
    return Encoder(card, home, runtime)


def open_detector(home: Path, runtime: Runtime = RUNTIME, **changes: Any) -> Detector:
    card = read_card(home / "card.json")
    assert isinstance(card, DetectorCard)
    return Detector(card.model_copy(update=changes), home / "detector.onnx", runtime)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return open_encoder(graphs.write_encoder(tmp_path_factory.mktemp("encoder")))


def pixels(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    shape = (count, 3, graphs.SIZE, graphs.SIZE)
    return np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32)


def test_vectors_have_length_one_and_the_dimension_of_the_card(encoder: Encoder) -> None:
    for vectors in (encoder.embed_images(pixels(9)), encoder.embed_texts(["red"] * 9)):
        assert vectors.shape == (9, graphs.DIMENSION)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_batch_equals_one_by_one_across_batch_borders(encoder: Encoder) -> None:
    batch = pixels(9)
    together = encoder.embed_images(batch)
    alone = np.concatenate([encoder.embed_images(one[None]) for one in batch])
    assert together == pytest.approx(alone, abs=1e-6)
    assert abs(together[0] - together[8]).max() > 0.01


def test_texts_of_other_lengths_do_not_change_a_vector(encoder: Encoder) -> None:
    texts = ["red", "", "blue dress shoe bag", "unheard of", "red dress"]
    together = encoder.embed_texts(texts)
    alone = np.concatenate([encoder.embed_texts([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-6)


def test_nothing_in_nothing_out(encoder: Encoder) -> None:
    assert encoder.embed_texts([]).shape == (0, graphs.DIMENSION)
    assert encoder.embed_images(pixels(0)).shape == (0, graphs.DIMENSION)


def test_a_small_text_tower_has_one_thread_and_a_large_one_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = graphs.write_encoder(tmp_path)

    def threads() -> int:
        graph = open_encoder(home, Runtime(threads=2))._text
        return int(graph.session.get_session_options().intra_op_num_threads)

    assert threads() == 1
    monkeypatch.setattr(nets, "_SOON_DONE", 0)
    assert threads() == 2


def test_the_empty_text_has_a_vector(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.embed_texts([""])) == pytest.approx(1, abs=1e-5)


def test_the_empty_text_still_has_a_place_for_graphs_that_need_one(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path)
    model = onnx.load(home / "text.onnx")
    strongest = onnx.helper.make_node("ReduceMax", ["words", "along"], ["strongest"], keepdims=0)
    model.graph.node.insert(len(model.graph.node) - 1, strongest)
    model.graph.node[-1].input[0] = "strongest"
    onnx.save(model, home / "text.onnx")
    assert np.linalg.norm(open_encoder(home).embed_texts([""])) == pytest.approx(1, abs=1e-5)


def test_a_long_text_is_cut_at_the_limit_of_the_card(encoder: Encoder) -> None:
    cut = encoder.embed_texts(["red " * 8 + "blue " * 500])
    assert cut == pytest.approx(encoder.embed_texts(["red " * 8]), abs=1e-6)


def test_composed_and_decomposed_letters_are_one_text(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path)
    tokenizer = json.loads((home / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["écru"] = tokenizer["model"]["vocab"].pop("white")
    tokenizer["model"]["vocab"]["ignored"] = 1000
    (home / "tokenizer.json").write_text(json.dumps(tokenizer))
    encoder = open_encoder(home)
    one, other, unknown = encoder.embed_texts(["écru", unicodedata.normalize("NFD", "écru"), "x"])
    assert one == pytest.approx(other)
    assert abs(one - unknown).max() > 0.01


def test_lowercase_is_a_choice_of_the_card(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path)
    tokenizer = json.loads((home / "tokenizer.json").read_text()) | {"normalizer": None}
    (home / "tokenizer.json").write_text(json.dumps(tokenizer))
    card = json.loads((home / "card.json").read_text())
    distances = []
    for lowercase in (False, True):
        card["text"]["lowercase"] = lowercase
        (home / "card.json").write_text(json.dumps(card))
        red, shouted = open_encoder(home).embed_texts(["red", "RED"])
        distances.append(float(abs(red - shouted).max()))
    assert distances[0] > 0.01
    assert distances[1] == 0


@pytest.mark.parametrize("padded_to_max", [False, True])
def test_graphs_without_a_mask_and_padded_to_the_limit_work(
    tmp_path: Path, padded_to_max: bool, encoder: Encoder
) -> None:
    home = graphs.write_encoder(tmp_path, mask=False, padded_to_max=padded_to_max)
    texts = ["red", "blue dress", ""]
    assert open_encoder(home).embed_texts(texts) == pytest.approx(
        encoder.embed_texts(texts), abs=1e-6
    )


def test_padding_to_the_limit_fills_every_place(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path, padded_to_max=True)
    model = onnx.load(home / "text.onnx")
    for node in model.graph.input:
        node.type.tensor_type.shape.dim[1].dim_value = 8
    onnx.save(model, home / "text.onnx")
    assert open_encoder(home).embed_texts(["red"]).shape == (1, graphs.DIMENSION)


def test_graphs_of_a_built_in_batch_are_filled_up(tmp_path: Path, encoder: Encoder) -> None:
    home = graphs.write_encoder(tmp_path)
    model = onnx.load(home / "image.onnx")
    for node in (*model.graph.input, *model.graph.output):
        node.type.tensor_type.shape.dim[0].dim_value = 2
    onnx.save(model, home / "image.onnx")
    batch = pixels(5)
    assert open_encoder(home).embed_images(batch) == pytest.approx(
        encoder.embed_images(batch), abs=1e-6
    )


def test_half_precision_outputs_become_float32(tmp_path: Path, encoder: Encoder) -> None:
    home = graphs.write_encoder(tmp_path)
    model = onnx.load(home / "image.onnx")
    model.graph.node[-1].output[0] = "whole"
    cast = onnx.helper.make_node("Cast", ["whole"], ["image_embeds"], to=onnx.TensorProto.FLOAT16)
    model.graph.node.append(cast)
    model.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    onnx.save(model, home / "image.onnx")
    vectors = open_encoder(home).embed_images(pixels(3))
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(encoder.embed_images(pixels(3)), abs=2e-3)


def test_int32_token_graphs_work(tmp_path: Path, encoder: Encoder) -> None:
    home = graphs.write_encoder(tmp_path)
    model = onnx.load(home / "text.onnx")
    for node in model.graph.input:
        node.type.tensor_type.elem_type = onnx.TensorProto.INT32
    onnx.save(model, home / "text.onnx")
    texts = ["red", "blue dress"]
    assert open_encoder(home).embed_texts(texts) == pytest.approx(
        encoder.embed_texts(texts), abs=1e-6
    )


def test_threads_share_one_encoder(encoder: Encoder) -> None:
    batch = pixels(8)
    expected = encoder.embed_images(batch)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(encoder.embed_images, [batch] * 12):
            assert np.array_equal(vectors, expected)


def test_golden_vectors(encoder: Encoder) -> None:
    square = np.zeros((1, 3, graphs.SIZE, graphs.SIZE), np.float32)
    square[:, 0] = 1
    assert encoder.embed_images(square)[0, :4] == pytest.approx(GOLDEN_IMAGE, abs=1e-3)
    assert encoder.embed_texts(["red dress"])[0, :4] == pytest.approx(GOLDEN_TEXT, abs=1e-3)


GOLDEN_IMAGE = [0.0488, 0.1307, 0.1668, -0.1994]
GOLDEN_TEXT = [-0.011, 0.0773, 0.0977, -0.0331]


def wrong_input(card: dict[str, Any]) -> None:
    card["image"]["input"] = "pixels"


def wrong_output(card: dict[str, Any]) -> None:
    card["text"]["output"] = "pooler_output"


def unnamed_mask(card: dict[str, Any]) -> None:
    card["text"]["mask"] = None


def wrong_dimension(card: dict[str, Any]) -> None:
    card["dimension"] = 64


def wrong_size(card: dict[str, Any]) -> None:
    card["image"]["size"] = 32


def text_as_image(card: dict[str, Any]) -> None:
    card["image"] |= {"file": "text.onnx", "input": "input_ids", "output": "text_embeds"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (wrong_input, r"image\.onnx takes pixel_values .* card says it takes pixels"),
        (wrong_output, r"text\.onnx .* gives text_embeds; its card .* gives pooler_output"),
        (unnamed_mask, r"takes attention_mask, input_ids and"),
        (wrong_dimension, r"image\.onnx gives \(1, 32\); its card says \(1, 64\)"),
        (wrong_size, r"image\.onnx does not run as its card says"),
        (text_as_image, r"text\.onnx takes attention_mask"),
    ],
)
def test_a_card_that_does_not_fit_its_graph_is_told(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    home = graphs.write_encoder(tmp_path)
    card = json.loads((home / "card.json").read_text())
    change(card)
    (home / "card.json").write_text(json.dumps(card))
    with pytest.raises(Invalid, match=told) as wrong:
        open_encoder(home)
    assert wrong.value.code == "model_graph"


def test_an_input_of_another_type_is_told(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path, mask=False)
    card = json.loads((home / "card.json").read_text())
    card["image"] |= {"file": "text.onnx", "input": "input_ids", "output": "text_embeds"}
    (home / "card.json").write_text(json.dumps(card))
    with pytest.raises(Invalid, match=r"input input_ids is tensor\(int64\); tensor\(float\)"):
        open_encoder(home)


@pytest.mark.parametrize("name", ["image.onnx", "text.onnx", "tokenizer.json"])
@pytest.mark.parametrize("junk", [b"", b"junk", b"{}"])
def test_a_broken_file_is_named(tmp_path: Path, name: str, junk: bytes) -> None:
    home = graphs.write_encoder(tmp_path)
    (home / name).write_bytes(junk)
    with pytest.raises(Invalid) as broken:
        open_encoder(home)
    assert broken.value.code == "model_broken"
    assert str(home / name) in broken.value.message


@pytest.mark.parametrize(
    ("provider", "package"), [("cuda", "onnxruntime-gpu"), ("openvino", "onnxruntime-openvino")]
)
def test_a_provider_that_is_not_there_is_refused_rather_than_ignored(
    tmp_path: Path, provider: Provider, package: str
) -> None:
    home = graphs.write_encoder(tmp_path)
    told = rf"VITRINE_VISION__PROVIDER={provider}: .* which has cpu: install {package} in place"
    with pytest.raises(Invalid, match=told) as wrong:
        open_encoder(home, Runtime(provider=provider))
    assert wrong.value.code == "model_provider"


def test_a_provider_that_does_not_start_is_refused_rather_than_left_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package with a provider whose driver is missing says that it has it."""
    has = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: has)
    home = graphs.write_encoder(tmp_path)
    with (
        pytest.warns(UserWarning, match="not in available"),
        pytest.raises(Invalid, match="did not start: its driver"),
    ):
        open_encoder(home, Runtime(provider="cuda"))


ITEMS: list[graphs.Item] = [
    (8, 20, 24, 44, 0.5, 0),
    (30, 20, 60, 40, 0.9, 2),
    (31, 20, 60, 40, 0.8, 2),
    (0, 0, 64, 12, 0.7, 1),
    (8, 20, 24, 44, 0.1, 1),
]
PICTURE = Image.new("RGB", (128, 64), "white")


@pytest.mark.parametrize("batch", ["batch", 1, 3])
@pytest.mark.parametrize("form", ["raw", "transposed", "suppressed"])
def test_every_export_gives_the_same_detections(
    tmp_path: Path, form: graphs.Form, batch: int | str
) -> None:
    detector = open_detector(graphs.write_detector(tmp_path, ITEMS, form=form, batch=batch))
    found = detector.detect([PICTURE] * 5)
    assert len(found) == 5
    for seen in found:
        # The square is half the picture's width, so its boxes are doubled; 16 rows are grey
        # above and below, and the best but one item lies wholly in them.
        assert [(one.kind, round(one.score, 3)) for one in seen] == [("bag", 0.9), ("top", 0.5)]
        assert seen[0].box.as_tuple() == pytest.approx((60, 8, 120, 48), abs=0.01)
        assert seen[1].box.as_tuple() == pytest.approx((16, 8, 48, 56), abs=0.01)


def test_thresholds_and_the_most_items_are_of_the_card(tmp_path: Path) -> None:
    home = graphs.write_detector(tmp_path, ITEMS)
    assert len(open_detector(home, confidence=0.6).detect([PICTURE])[0]) == 1
    assert len(open_detector(home, confidence=0.05).detect([PICTURE])[0]) == 3
    assert len(open_detector(home, iou=0.99).detect([PICTURE])[0]) == 3
    assert len(open_detector(home, max_items=1).detect([PICTURE])[0]) == 1


def twice_looking(folder: Path, seen: list[graphs.Item], **changes: Any) -> Detector:
    """One that sees this in a square of 32 pixels and in one of 64, so once twice as large."""
    home = graphs.write_detector(folder, seen, form="suppressed")
    resized(home / "detector.onnx", "free", {})
    return open_detector(home, **{"first_look": FIRST} | changes)


FIRST = FirstLook(size=32, confidence=0.6, doubt=0.2)
LARGE: graphs.Item = (8, 8, 24, 24, 0.9, 0)


@pytest.mark.parametrize(
    ("seen", "is_enough"),
    [
        ([LARGE], True),
        ([(8, 8, 24, 24, 0.5, 0)], False),
        ([LARGE, (0, 0, 8, 8, 0.22, 1)], False),
        ([LARGE, (0, 0, 8, 8, 0.18, 1)], True),
    ],
    ids=["sure", "unsure", "another", "hardly another"],
)
def test_a_first_look_is_enough_where_it_is_sure_of_one_item(
    tmp_path: Path, seen: list[graphs.Item], is_enough: bool
) -> None:
    detector = twice_looking(tmp_path, seen)
    ((found,),) = detector.detect([Image.new("RGB", (64, 64), "white")])
    x1, y1, x2, y2, score, _ = seen[0]
    assert found.score == pytest.approx(score)
    scale = 2 if is_enough else 1
    assert found.box == Box(x1 * scale, y1 * scale, x2 * scale, y2 * scale)


def test_a_first_look_is_taken_for_less_sure_than_it_is(tmp_path: Path) -> None:
    surer = FIRST.model_copy(update={"surer_by": math.log(3)})
    detector = twice_looking(tmp_path, [LARGE])
    picture = Image.new("RGB", (64, 64), "white")
    ((found,),) = twice_looking(tmp_path, [LARGE], first_look=surer).detect([picture])
    assert found.score == pytest.approx(9 / (9 + 3))  # odds of 9 become odds of 3
    assert detector.detect([picture])[0][0].box == found.box
    hardly: list[graphs.Item] = [(8, 8, 24, 24, 0.8, 0)]
    ((again,),) = twice_looking(tmp_path, hardly, first_look=surer).detect([picture])
    assert again.box == Box(8, 8, 24, 24)
    assert again.score == pytest.approx(0.8)


def test_of_several_pictures_only_the_unsure_are_looked_at_again(tmp_path: Path) -> None:
    # In the wide picture's square the second item lies in the grey border.
    detector = twice_looking(tmp_path, [LARGE, (10, 0, 20, 6, 0.8, 1)])
    square, wide = Image.new("RGB", (64, 64), "white"), Image.new("RGB", (64, 32), "white")
    several, (alone,), same = detector.detect([square, wide, square])
    assert several == same
    assert [one.box for one in several] == [Box(8, 8, 24, 24), Box(10, 0, 20, 6)]
    assert alone.box == Box(16, 0, 48, 32)


def test_what_only_makes_a_first_look_doubt_is_no_detection(tmp_path: Path) -> None:
    seen: list[graphs.Item] = [LARGE, (0, 0, 8, 8, 0.22, 1)]
    picture = Image.new("RGB", (64, 64), "white")
    assert len(twice_looking(tmp_path, seen, confidence=0.2).detect([picture])[0]) == 2
    assert len(twice_looking(tmp_path, seen, confidence=0.25).detect([picture])[0]) == 1


def test_a_first_look_needs_a_graph_that_takes_its_squares(tmp_path: Path) -> None:
    home = graphs.write_detector(tmp_path, [LARGE])
    with pytest.raises(Invalid, match="no YOLOv8-format detector for 32 pixels"):
        open_detector(home, first_look=FIRST)


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (333, 97), (61, 400)])
def test_what_is_strongly_coloured_is_found_where_it_is(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    detector = open_detector(graphs.write_detector(tmp_path))
    width, height = size
    there = Box(width // 4, height // 3, width * 3 // 4, height * 4 // 5)
    x1, y1, x2, y2 = (int(edge) for edge in there.as_tuple())
    picture = on_white("red", (x1, y1, x2, y2), size)
    ((seen,),) = detector.detect([picture.pixels])
    assert geometry.iou(seen.box, there) > 0.8
    assert geometry.inside(seen.box, Size(*size))
    assert detector.detect([Image.new("RGB", size, "white")]) == [[]]
    assert detector.detect([]) == []


def test_a_detector_without_card_reads_what_its_exporter_wrote(tmp_path: Path) -> None:
    path = graphs.write_detector(tmp_path, ITEMS) / "detector.onnx"
    spaced = tmp_path / "my best (v2).onnx"
    path.rename(spaced)
    card = bare_card(spaced, RUNTIME)
    assert card.kinds == ("top", "shoe", "bag")
    assert (card.name, card.size) == ("my-best-v2", graphs.SIDE)
    assert card.version == card.files[0].sha256[:8]  # type: ignore[index]
    ((best, _),) = Detector(card, spaced, RUNTIME).detect([PICTURE])
    assert best.kind == "bag"


def test_a_detector_without_card_and_notes_numbers_its_kinds(tmp_path: Path) -> None:
    home = graphs.write_detector(tmp_path, ITEMS, form="suppressed", notes=False)
    card = bare_card(home / "detector.onnx", RUNTIME)
    ((best, _),) = Detector(card, home / "detector.onnx", RUNTIME).detect([PICTURE])
    assert best.kind == "kind2"


def test_a_raw_detector_without_card_and_notes_works_too(tmp_path: Path) -> None:
    for form in ("raw", "transposed"):
        home = graphs.write_detector(tmp_path, ITEMS, form=form, notes=False, name=form)
        card = bare_card(home / "detector.onnx", RUNTIME)
        ((best, _),) = Detector(card, home / "detector.onnx", RUNTIME).detect([PICTURE])
        assert best.kind == "kind2"


def resized(path: Path, side: int | str, notes: dict[str, str]) -> None:
    """Declare another input side and other notes."""
    model = onnx.load(path)
    for dim in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        dim.Clear()
        if isinstance(side, int):
            dim.dim_value = side
        else:
            dim.dim_param = side
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, notes)
    onnx.save(model, path)


@pytest.mark.parametrize(
    ("side", "notes", "size", "kinds"),
    [
        ("free", {"imgsz": "[320, 320]", "names": "['a', 'b']"}, 320, ("a", "b")),
        ("free", {"imgsz": "416"}, 416, ()),
        ("free", {}, 640, ()),
        (96, {"imgsz": "[320, 320]"}, 96, ()),
        (96, {"names": "{0: 'a', oops"}, 96, ()),
    ],
)
def test_size_and_kinds_come_from_the_shape_then_the_notes(
    tmp_path: Path, side: int | str, notes: dict[str, str], size: int, kinds: tuple[str, ...]
) -> None:
    path = graphs.write_detector(tmp_path, ITEMS, form="suppressed") / "detector.onnx"
    resized(path, side, notes)
    card = bare_card(path, RUNTIME)
    assert (card.size, card.kinds) == (size, kinds)


def test_a_missing_or_unfit_detector_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"no detector file .*lost\.onnx"):
        bare_card(tmp_path / "lost.onnx", RUNTIME)
    home = graphs.write_detector(tmp_path, ITEMS)
    with pytest.raises(Invalid, match="no YOLOv8-format detector for 64 pixels and the kinds one:"):
        open_detector(home, kinds=("one",))
    with pytest.raises(
        Invalid, match="no YOLOv8-format detector for 128 pixels and the kinds top, "
    ):
        open_detector(home, size=128)
    text = graphs.write_encoder(tmp_path) / "text.onnx"
    with pytest.raises(Invalid, match="2 inputs and 1 outputs"):
        Detector(open_detector(home).card, text, RUNTIME)
