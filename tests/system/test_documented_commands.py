"""The docs give no command that does not work: each is parsed, and whatever can be run is run."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from itertools import takewhile
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException
from typer.testing import CliRunner

from tests.worlds import graphs
from tests.worlds.documented_commands import (
    ROOT,
    SETTING,
    Command,
    code,
    commands,
    commands_of,
    pages,
)
from tests.worlds.factories import photo
from vitrine.cli import app

PAGES = {page: commands(page) for page in pages()}
COMMANDS = [command for page in PAGES.values() for command in page]
PARSED_ONLY = {
    "demo": "serves for ever; tests/shipped/test_wheel.py waits for its pages",
    "serve": "serves for ever; tests/system/test_flow.py goes through it",
    "worker": "serves for ever; tests/worker runs what it runs",
    "mlserver": "serves for ever; tests/test_mlserver.py asks it",
    "mcp": "serves for ever; tests/test_mcpserver.py asks it",
    "models pull": "fetches from a hub; tests/adapters/test_hub.py has one of its own",
    "models convert": "needs PyTorch and a checkpoint; tests/training/test_converting.py has both",
    "models build fashion-clip": "needs the model of a hub; `models build ours` is run",
    "models build marqo": "likewise",
    "models promote fashion-clip": "likewise; `models promote COLLECTION` is run",
    "models promote VERSION": "needs a detector that was trained; tests/services/promotion has one",
    "train": "needs PyTorch and what people verified; tests/finetune has both",
    "adapt": "likewise",
    "export --format clip": "needs what people verified; tests/cli/test_exporting.py has it",
    "export --format yolo": "likewise",
    "export verified": "likewise",
    "search photo.jpg --emphasis": "needs an encoder of parts; services/search/test_emphasis.py",
    "VITRINE_VISION__PROVIDER": "needs a GPU, or OpenVINO",
}
"""By how a command begins, why it is not run here."""
MEANT = {
    "import FILE": "import folder/products.csv",
    "models add FOLDER": "models add data/models/ours",
    "https://shop.example/": "https://127.0.0.1:9/",
    " /backups/": " backups/",
    "=/tmp/": "=",
}
"""What is typed here instead of places that are the reader's."""
MADE = (
    *("sheet.png", "errors.csv", "catalogue.csv", "pictures", "feed.xml"),
    *("web/openapi.json", "backups/2026-11-30/manifest.json", "practice/vitrine.db"),
)
MANIFESTS = (
    "MANIFEST",
    "manifest.jsonl",
    *(f"build/manifests/{name}.jsonl" for name in ("dev", "dev-train", "dev-views", "street-dev")),
)
runner = CliRunner()


def told(command: Command) -> str:
    return " ".join([*(f"{name}={value}" for name, value in command.settings), str(command)])


def complete(command: Command) -> bool:
    """Whether nothing misses; raises what the command line says of words that it does not know."""
    found, words = typer.main.get_command(app), list(command.words)
    if words == ["--help"]:
        return True
    while found_in := getattr(found, "commands", None):
        name = words.pop(0)
        assert name in found_in, f"{command.page}: there is no vitrine {command}"
        found = found_in[name]
    try:
        found.make_context(str(command), words)
    except typer.BadParameter as wrong:
        if not wrong.format_message().startswith("Missing"):
            raise
        assert not command.whole, f"{command.page}: something misses in vitrine {command}"
        return False
    return True


def test_commands_are_read_from_blocks_and_sentences() -> None:
    text = """Use `.venv/bin/vitrine models
list`, or:

    vitrine search \\
        --text "a b"  # words

```sh
cd x && VITRINE_LOG_LEVEL=DEBUG vitrine evaluate FILE [--json] | tee out
```
"""
    assert [(told(each), each.whole) for each in commands_of("page", text)] == [
        ("VITRINE_LOG_LEVEL=DEBUG evaluate FILE --json", True),
        ("search --text 'a b'", True),
        ("models list", False),
    ]


@pytest.mark.parametrize("words", ["serch", "models lost", "purge --nope", "evaluate", "purge x"])
def test_a_command_that_does_not_work_is_refused(words: str) -> None:
    with pytest.raises((AssertionError, TyperException)):
        complete(Command("page", (), tuple(words.split()), whole=True))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_known_with_its_options(page: Path) -> None:
    for command in PAGES[page]:
        complete(command)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verb_of_make_and_every_script_of_a_page_is_there_with_its_options(
    page: Path,
) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    blocks, inline = code(page.read_text(encoding="utf-8"))
    written = "\n".join(blocks + inline)
    assert set(re.findall(r"^\s*make ([a-z-]+)", written, re.MULTILINE)) <= verbs
    for script, rest in re.findall(r"python -m ((?:bench|tests|training)[.\w]*)(.*)", written):
        source = source_of(script)
        for option in set(re.findall(r" (--[a-z0-9-]+)", rest.split("|")[0])) - {"--help"}:
            assert f'"{option}"' in source, f"python -m {script} has no {option}"


def source_of(script: str) -> str:
    """What `python -m` runs, of a package all its modules; fails where it runs nothing."""
    home = ROOT / script.replace(".", "/")
    if (home / "__main__.py").is_file():
        return "".join(file.read_text(encoding="utf-8") for file in home.glob("*.py"))
    return home.with_suffix(".py").read_text(encoding="utf-8")


def test_what_is_only_parsed_stands_in_the_docs() -> None:
    for beginning in PARSED_ONLY:
        assert any(told(command).startswith(beginning) for command in COMMANDS), beginning


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all files that the docs name, and a small catalogue imported from them."""
    for name in ("tiny", "ours"):
        graphs.write_encoder(tmp_path / "data/models", name=name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VITRINE_VISION__ENCODER", "tiny")
    monkeypatch.setenv("VITRINE_VISION__DETECTOR", "none")
    monkeypatch.setenv("VITRINE_QUEUE__SWEEP_EVERY", "0.1")
    monkeypatch.setenv("VITRINE_WEBHOOKS__ALLOW_PRIVATE", "true")
    monkeypatch.setenv("VITRINE_FETCH__NETWORKS", "127.0.0.0/8")
    for folder in ("folder", "web", "backups", "build/manifests", ".vitrine/sample/outfits"):
        (tmp_path / folder).mkdir(parents=True)
    write_catalogues(tmp_path)
    for place in ("photo.jpg", ".vitrine/sample/outfits/summer-market.jpg"):
        (tmp_path / place).write_bytes(photo("red", size=(500, 700)))
    run("migrate")
    run("import", "folder")
    return tmp_path


def write_catalogues(home: Path) -> None:
    rows = ["external_id,title,category,colour,brand,price,fit,images"]
    pictured = []
    for number, colour in ((17, "red"), (18, "green"), (19, "blue")):
        (home / f"folder/{colour}.jpg").write_bytes(photo(colour))
        rows.append(f"SKU-{number},{colour} dress,dress,{colour},Vitrine,30,slim,{colour}.jpg")
        line = {"image": str(home / f"folder/{colour}.jpg"), "product_id": f"SKU-{number}"}
        pictured.append(line | {"title": f"{colour} dress", "split": "gallery"})
    (home / "folder/products.csv").write_text("\n".join(rows))
    (home / "shopify.csv").write_text(
        "Handle,Title,Variant SKU,Variant Price\nhat,Hat,HAT-1,12.50\n"
    )
    (home / "list.csv").write_text("Artikel;Titel;Bild;Interna\nA-1;Shirt;red.jpg;x\n")
    with zipfile.ZipFile(home / "photos.zip", "w") as archive:
        archive.write(home / "folder/red.jpg", "red.jpg")
    manifest = "\n".join(map(json.dumps, pictured))
    for name in MANIFESTS:
        (home / name).write_text(manifest)


def run(*words: str, env: dict[str, str] | None = None) -> str:
    result = runner.invoke(app, words, env=env, catch_exceptions=False)
    assert result.exit_code == 0, f"vitrine {' '.join(words)}: {result.output}"
    return result.stdout


def test_whatever_can_be_run_does_what_the_docs_give_it_for(shop: Path) -> None:
    lines = dict.fromkeys(told(command) for command in COMMANDS if complete(command))
    names: dict[str, str] = {}
    for line in lines:
        if not line.startswith(tuple(PARSED_ONLY)):
            run_as_meant(line, names)
    assert [place for place in MADE if not (shop / place).exists()] == []


def run_as_meant(line: str, names: dict[str, str]) -> None:
    """Run it with the reader's places filled in, and the names that earlier ones printed."""
    for documented, meant in MEANT.items():
        line = line.replace(documented, meant)
    words = [names.get(word, word) for word in shlex.split(line)]
    env = dict(word.split("=", 1) for word in takewhile(SETTING.fullmatch, words))
    words = words[len(env) :]
    if words[0] == "restore":
        env.setdefault("VITRINE_DATA_DIR", f"restored/{Path(words[1]).name}")
    printed = run(*words, env=env).split()
    if words[:2] == ["models", "build"]:
        names["COLLECTION"] = printed[-1]
    if words[:2] == ["webhooks", "add"]:
        names["ID"] = printed[1]
    if words[:2] == ["sources", "add"]:
        names["SOURCE"] = printed[1]
