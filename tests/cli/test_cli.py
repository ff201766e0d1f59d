from __future__ import annotations

import json
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, select, update
from standardwebhooks import Webhook as Verifier
from typer.testing import CliRunner, Result

from tests.worlds import graphs
from tests.worlds.factories import photo
from tests.worlds.receivers import Receiver
from tests.worlds.waiting import eventually
from vitrine import wiring
from vitrine.cli import app, main
from vitrine.cli.console import out, read_settings
from vitrine.core.errors import Invalid, VitrineError
from vitrine.services import webhooks
from vitrine.services.catalog import preferences
from vitrine.tables.catalog import Label, Product

runner = CliRunner()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    graphs.write_encoder(tmp_path / "data" / "models")
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VITRINE_VISION__ENCODER", "tiny")
    monkeypatch.setenv("VITRINE_VISION__DETECTOR", "none")
    monkeypatch.setenv("VITRINE_QUEUE__SWEEP_EVERY", "0.1")
    folder = tmp_path / "shop"
    folder.mkdir()
    rows = ["external_id,title,images,price,currency"]
    for colour in ("red", "green", "blue"):
        (folder / f"{colour}.jpg").write_bytes(photo(colour))
        rows.append(f"{colour},{colour} shirt,{colour}.jpg,12.50,EUR")
    (folder / "products.csv").write_text("\n".join(rows))
    return folder


def run(*words: str, stdin: str | None = None) -> Result:
    result = runner.invoke(app, words, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_from_nothing_to_found(shop: Path, tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    admin = run("create-admin", "me@example.com")
    assert "Password (shown only now): " in admin.stdout
    imported = run("import", str(shop))
    assert imported.exit_code == 0, imported.output
    assert "3 created" in imported.stdout

    table = run("search", "--text", "blue shirt")
    assert "12.50 EUR" in table.stdout
    query = tmp_path / "query.jpg"
    query.write_bytes(photo("green", seed=5))
    sheet = tmp_path / "out.png"
    answer = run("search", str(query), "--json", "--box", "0,0,96,128", "--sheet", str(sheet))
    hits = json.loads(answer.stdout)["hits"]
    assert hits[0]["external_id"] == "green"
    with Image.open(sheet) as drawn:
        assert drawn.format == "PNG"

    again = run("import", str(shop))
    assert "3 unchanged" in again.stdout
    assert run("reindex").exit_code == 0
    assert json.loads(run("search", str(query), "--json").stdout)["hits"] == hits

    built = run("models", "build", "--text-share", "0.2")
    assert built.exit_code == 0, built.output
    name = built.stdout.split()[-1]
    assert name.endswith("__t200")
    for words, searched in ((("promote", name), name), (("rollback",), name[: -len("__t200")])):
        assert run("models", *words).exit_code == 0
        found = json.loads(run("search", str(query), "--json").stdout)
        assert found["collection"] == searched
    assert found["hits"] == hits
    assert run("models", "retire", name).exit_code == 0
    told = run("models", "list").stdout
    assert "retired" in told
    assert "active" in told


def test_a_dry_run_shows_what_becomes_of_each_column_and_writes_nothing(shop: Path) -> None:
    run("migrate")
    (shop / "products.csv").write_text("SKU;Titel;Farbe;Foto;fit\nA;Shirt;rot;red.jpg;slim\n;;;;\n")
    dry = run("import", str(shop), "--dry-run")
    assert dry.exit_code == 0, dry.output
    for told in ("windows", "CSV (utf-8", "attributes.fit", "Nothing was written", "1 created"):
        assert (told in dry.output) == (told != "windows")
    assert "1 created" in run("import", str(shop), "--no-wait").stdout
    assert "1 unchanged" in run("import", str(shop), "--dry-run").stdout


def test_a_price_alone_is_in_the_currency_that_people_chose(shop: Path) -> None:
    run("migrate")
    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        preferences.choose_currency(session, "CHF", None)
    (shop / "products.csv").write_text("SKU,title,price\nA,Shirt,9.90\nB,Coat,12 USD\n")
    imported = run("import", str(shop), "--no-wait")
    assert "Prices that name no currency are in CHF." in imported.output
    with wiring.stored(read_settings()) as sessions, sessions.read() as session:
        told = {
            product.external_id: product.currency for product in session.scalars(select(Product))
        }
    assert told == {"A": "CHF", "B": "USD"}


def test_all_errors_go_to_a_file_and_the_first_are_shown(shop: Path, tmp_path: Path) -> None:
    run("migrate")
    rows = "".join(f"P{n},,red.jpg,1,EUR\n" for n in range(30))
    with (shop / "products.csv").open("a") as file:
        file.write("\n" + rows)
    result = run("import", str(shop), "--errors", str(tmp_path / "errors.csv"))
    assert result.exit_code == 1
    assert "3 created, 30 refused" in result.stdout
    assert "and 10 more" in result.output
    told = (tmp_path / "errors.csv").read_text().splitlines()
    assert told[0] == "line,external_id,field,reason"
    assert told[1].startswith("5,P0,title,")
    assert len(told) == 31


def test_pictures_from_a_zip_and_columns_named_by_hand(shop: Path, tmp_path: Path) -> None:
    run("migrate")
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(shop / "red.jpg", "photos/red.jpg")
    table = tmp_path / "list.csv"
    table.write_text("code,what,photo\nA,Shirt,red.jpg\n")
    named = ("--column", "code=external_id", "--column", "what=title")
    result = run("import", str(table), "--images", str(archive), *named, "--no-wait")
    assert result.exit_code == 0, result.output
    assert "1 created" in result.stdout


def test_what_is_exported_is_imported_unchanged(shop: Path, tmp_path: Path) -> None:
    run("migrate")
    run("import", str(shop), "--no-wait")
    for name in ("csv", "jsonl", "shopify", "google", "google-xml", "medusa"):
        out = tmp_path / "out" / f"catalogue-{name}"
        out.parent.mkdir(exist_ok=True)
        done = run("export", str(out), "--format", name, "--images", str(tmp_path / "out" / "i"))
        assert "3 products exported" in done.output
        again = run("import", str(out), "--no-wait")
        assert "3 unchanged" in again.stdout, again.output
    bare = run("export")
    assert bare.stdout.splitlines()[0].startswith("external_id,title")
    assert "3 pictures have no address" in bare.output


def test_what_is_stored_is_kept_tidy(shop: Path, tmp_path: Path) -> None:
    run("migrate")
    (shop / "copy.jpg").write_bytes(photo("red"))
    with (shop / "products.csv").open("a") as file:
        file.write("\ncopy,red shirt again,copy.jpg,1,EUR")
    run("import", str(shop))
    assert "Every photo has its thumbnails" in run("thumbnails", "--again").stdout
    assert "same bytes" in run("duplicates").stdout
    alone = run("duplicates", "--product", "blue", "--distance", "0")
    assert "No two products" in alone.stdout
    with pytest.raises(VitrineError, match="no product"):
        run("duplicates", "--product", "pink")
    assert "All agrees" in run("reconcile").stdout
    assert "Nothing was old enough" in run("purge").stdout
    blobs = tmp_path / "data" / "blobs"
    next(path for path in (blobs / "images").rglob("*") if path.is_file()).unlink()
    told = run("reconcile")
    assert told.exit_code == 1
    assert "images without bytes" in told.stdout
    assert "are lost" in told.output
    assert run("reconcile", "--repair").exit_code == 0
    assert "All agrees" in run("reconcile").stdout


def test_refused_rows_are_shown_and_the_exit_code_says_so(shop: Path) -> None:
    run("migrate")
    with (shop / "products.csv").open("a") as file:
        file.write("\nbad,,missing.jpg,1,EUR")
    result = run("import", str(shop))
    assert result.exit_code == 1
    assert "1 refused" in result.stdout
    assert "title" in result.output


def test_demo_prepares_everything_and_can_be_run_again(shop: Path) -> None:
    first = run("demo", str(shop), "--no-serve")
    assert first.exit_code == 0, first.output
    assert "Password (shown only now): " in first.stdout
    second = run("demo", str(shop), "--no-serve")
    assert "Password: as before" in second.stdout
    assert "3 unchanged" in second.stdout


def test_webhooks_from_the_command_line(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("migrate")
    with pytest.raises(Invalid, match="must begin with https"):
        run("webhooks", "add", "http://93.184.216.34/hook")
    monkeypatch.setattr(out, "width", 200)  # so that no table breaks what we look for
    monkeypatch.setenv("VITRINE_WEBHOOKS__ALLOW_PRIVATE", "true")
    with Receiver.listening() as receiver:
        events = ("--event", "product.indexed", "--event", "job.failed")
        added = run("webhooks", "add", receiver.url, *events)
        webhook_id = added.stdout.split("Webhook: ")[1].split()[0]
        secret = added.stdout.split("Secret (shown only now): ")[1].strip()
        # The import's own threads send what it makes happen; none of them is left when it ends.
        assert run("import", str(shop)).exit_code == 0
        run("webhooks", "test", webhook_id)
        with wiring.running_here(read_settings()):
            eventually(lambda: len(receiver.got) >= 4)
        with wiring.stored(read_settings()) as sessions, sessions.read() as session:
            (test, *_), _ = webhooks.list_deliveries(session, webhook_id, None, None, 9)
        shown = run("webhooks", "deliveries", webhook_id)
        assert shown.stdout.count("delivered") == 4
        run("webhooks", "replay", webhook_id, test.id)
        with wiring.running_here(read_settings()):
            eventually(lambda: len(receiver.got) >= 5)
    told = [Verifier(secret).verify(got.body, got.headers)["type"] for got in receiver.got]
    assert sorted(told) == ["product.indexed"] * 3 + ["webhook.test"] * 2
    assert receiver.url in run("webhooks", "list").stdout
    assert "whsec_" in run("webhooks", "rotate", webhook_id).stdout
    assert run("webhooks", "enable", webhook_id).exit_code == 0
    assert run("webhooks", "remove", webhook_id).exit_code == 0
    assert webhook_id not in run("webhooks", "list").stdout
    with pytest.raises(VitrineError, match="no such webhook"):
        run("webhooks", "deliveries", webhook_id)


def test_an_admins_password_can_come_from_standard_input(shop: Path) -> None:
    run("migrate")
    result = run("create-admin", "--password-stdin", stdin="a long enough password\n")
    assert result.exit_code == 0
    assert "Password" not in result.stdout


def test_evaluate_prints_figures(shop: Path) -> None:
    lines = [
        {
            "image": f"{colour}.jpg",
            "product_id": colour,
            "title": f"{colour} shirt",
            "category": "shirt",
            "colour": colour,
            "split": "gallery",
        }
        for colour in ("red", "green", "blue")
    ]
    manifest = shop / "manifest.jsonl"
    manifest.write_text("\n".join(json.dumps(line) for line in lines))
    printed = json.loads(run("evaluate", str(manifest), "--json").stdout)
    assert printed["gallery"] == 3
    assert printed["text_r1"]["n"] == 3
    assert printed["reranking"]["words"]["plain"]["n"] == 6
    shown = run("evaluate", str(manifest)).stdout
    assert "text r1" in shown
    assert "words, plain cosine" in shown
    assert "Labels (macro-F1) skipped: no value" in shown


def test_evaluate_looks_for_primary_crops_with_the_detector(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [[0, 0, 20, 20, "shirt"], [0, 0, 9, 9, "bag"]]
    line = {"image": "red.jpg", "product_id": "1", "title": "shirt", "boxes": boxes}
    manifest = shop / "manifest.jsonl"
    manifest.write_text(json.dumps(line | {"split": "gallery"}))
    assert "Primary crop skipped: there is no detector." in run("evaluate", str(manifest)).stdout
    graphs.write_detector(tmp_path / "data" / "models")
    monkeypatch.setenv("VITRINE_VISION__DETECTOR", "tiny-detector")
    told = json.loads(run("evaluate", str(manifest), "--json").stdout)
    assert told["primary"]["largest box"]["n"] == 1
    assert told["versions"]["detector"] == "none", "pictures are embedded whole"
    assert "largest box" in run("evaluate", str(manifest)).stdout


def test_evaluate_names_the_line_that_is_wrong(shop: Path) -> None:
    manifest = shop / "manifest.jsonl"
    (shop / "torn.jpg").write_bytes(b"no picture")
    line = {"image": "torn.jpg", "product_id": "1", "split": "gallery"}
    manifest.write_text(json.dumps(line))
    with pytest.raises(Invalid, match="Line 1, image"):
        run("evaluate", str(manifest))
    manifest.write_text(json.dumps(line | {"attributes": {"colour": "red"}}))
    with pytest.raises(Invalid, match="Line 1, attributes: 'colour' is none of gender, brand"):
        run("evaluate", str(manifest))


def test_models_are_listed_and_unknown_ones_refused(shop: Path) -> None:
    listed = run("models", "list").stdout
    assert "fashion-clip" in listed
    with pytest.raises(VitrineError, match="no model"):
        run("models", "pull", "nonsense")


# What is told without the extra can only be seen without it: `make test` has none.
@pytest.mark.skipif(find_spec("transformers") is not None, reason="has the train extra")
def test_converting_a_model_says_what_it_lacks(shop: Path) -> None:
    with pytest.raises(
        Invalid, match=r'needs transformers: pip install "vitrine\[train\]"'
    ) as told:
        run("models", "convert", str(shop))
    assert told.value.code == "convert_extra"


def test_settings_are_shown_without_secrets(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_AUTH__SECRET", "s" * 40)
    shown = run("settings").stdout
    assert json.loads(shown)["vision"]["encoder"] == "tiny"
    assert "ssss" not in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("search", "missing.jpg"), "cannot be read"),
        (("search", "--text", "x", "--limit", "0"), "limit"),
        (("search", "--text", "x", "--box", "1,2"), "four numbers"),
        (("search", "--text", "x", "--filter", "red"), "NAME=VALUE"),
        (("search", "--text", "x", "--filter", "colr=red"), "there are category"),
        (("search", "--text", "x", "--filter", "price=20"), "needs a range"),
        (("search", "--text", "x", "--not", "price=1..2", "--not", "price=3..4"), "one range"),
        (("search", "--text", "x", "--not", "price=1..2", "--not", "price=3"), "one range"),
        (("import", "nowhere"), "products.csv"),
        (("import", "SHOP", "--column", "title"), "NAME=FIELD"),
        (("import", "SHOP", "--images", "nowhere"), "no folder or zip"),
        (("export", "--images", "folder"), "needs FILE"),
        (("search", "--text", "x"), "vitrine migrate"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_exit_code_1(
    shop: Path,
    words: tuple[str, ...],
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [str(shop) if word == "SHOP" else word for word in words]
    monkeypatch.setattr("sys.argv", ["vitrine", *given])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown


def test_a_wrong_setting_is_named(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITRINE_VISION__MARGIN", "0.9")
    monkeypatch.setattr("sys.argv", ["vitrine", "settings"])
    with pytest.raises(SystemExit):
        main()
    assert "VITRINE_VISION__MARGIN" in capsys.readouterr().err


def test_every_command_explains_itself() -> None:
    assert "vitrine" in run("--version").stdout
    top = run("--help").stdout
    for name in (
        "serve",
        "worker",
        "mlserver",
        "migrate",
        "import",
        "export",
        "search",
        "reindex",
        "filter-crops",
        "select-primary",
        "label",
        "calibrate",
        "demo",
    ):
        assert name in top
        assert "Usage" in run(name, "--help").stdout


def test_brackets_in_a_title_are_text(shop: Path) -> None:
    run("migrate")
    (shop / "products.csv").write_text(
        "external_id,title,images\nA,A [bold] dress [/x],red.jpg\n[/b],,red.jpg\n"
    )
    assert "[/b]" in run("import", str(shop)).output
    assert "A [bold] dress [/x]" in run("search", "--text", "red").stdout


def test_filters_facets_and_pages_on_the_command_line(shop: Path) -> None:
    run("migrate")
    rows = "A,A,red.jpg,Red,9,slim\nB,B,blue.jpg,Blue,19,wide\nC,C,green.jpg,Green,29,wide\n"
    (shop / "products.csv").write_text("external_id,title,images,colour,price,fit\n" + rows)
    assert "3 created" in run("import", str(shop)).output

    def found(*words: str) -> list[str]:
        told = json.loads(run("search", "--text", "x", "--json", *words).stdout)
        return sorted(hit["external_id"] for hit in told["hits"])

    assert found("--filter", "colour=red", "--filter", "colour=BLUE") == ["A", "B"]
    assert found("--filter", "price=10..", "--not", "colour=green") == ["B"]
    assert found("--filter", "attributes.fit=wide", "--filter", "price=..20") == ["B"]
    dearest = json.loads(run("search", "--sort", "-price", "--json").stdout)["hits"]
    shown = [(hit["external_id"], hit["score"]) for hit in dearest]
    assert shown == [("C", None), ("B", None), ("A", None)]
    assert "29.00" in run("search", "--sort", "newest", "--sheet", str(shop / "s.png")).stdout
    nothing = run("search", "--text", "x", "--filter", "price=50..10")
    assert "no product fulfils the filters" in nothing.stdout

    first = run("search", "--text", "x", "--limit", "2")
    assert "colour: Blue 1, Green 1, Red 1" in first.stderr
    cursor = first.stderr.split("--cursor ")[1].strip()
    told = json.loads(run("search", "--text", "x", "--json", "--cursor", cursor).stdout)
    assert [hit["rank"] for hit in told["hits"]] == [3]
    assert (told["total"], told["next_cursor"]) == (3, None)


def test_more_like_a_product_on_the_command_line(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    assert "3 created" in run("import", str(shop)).output
    like = run("search", "--like", "red", "--text", "blue", "--not-text", "green", "--json")
    hits = json.loads(like.stdout)["hits"]
    assert {hit["external_id"] for hit in hits} == {"blue", "green"}
    named = {"external_id"}  # "blue" is one
    assert set(hits[0]["reasons"]["parts"]) == {"cosine", "image", "text", "not_text"} | named
    with pytest.raises(VitrineError, match="no product 'nobody'"):
        run("search", "--like", "nobody")
    refused = run("search", "--text", "x", "--min-level", "sure")
    assert refused.exit_code == 2
    assert "exact" in refused.output
    monkeypatch.setenv("VITRINE_SEARCH__WEIGHTS", '{"words": {"sparkle": 1}}')
    with pytest.raises(VitrineError, match="VITRINE_SEARCH__WEIGHTS"):
        run("search", "--text", "x")


def test_crops_are_judged_and_chosen_again_on_the_command_line(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs.write_detector(tmp_path / "data" / "models")
    monkeypatch.setenv("VITRINE_VISION__DETECTOR", "tiny-detector")
    for rule in ("MIN_SHARPNESS", "MIN_COLOUR_SPREAD"):  # the photos are drawings of one colour
        monkeypatch.setenv(f"VITRINE_VISION__QUALITY__{rule}", "0")
    run("migrate")
    assert "3 created" in run("import", str(shop)).output

    def found() -> dict[str, list[float]]:
        told = json.loads(run("search", "--text", "red", "--json").stdout)
        return {hit["external_id"]: hit["box"] for hit in told["hits"]}

    items, everything = found(), [0, 0, 96, 128]
    assert len(items) == 3
    assert everything not in items.values()

    monkeypatch.setenv("VITRINE_VISION__QUALITY__MIN_SIDE", "500")
    assert run("filter-crops", "--product", "red").exit_code == 0
    assert found() == items | {"red": everything}
    assert run("filter-crops").exit_code == 0
    assert found() == dict.fromkeys(items, everything)
    monkeypatch.delenv("VITRINE_VISION__QUALITY__MIN_SIDE")
    assert "judged" in run("filter-crops").stdout
    assert found() == items

    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        session.execute(update(Product).values(primary_crop_id=None))
    assert found() == dict.fromkeys(items), "found by their words alone"
    assert run("select-primary", "--product", "red").exit_code == 0
    assert found() == dict.fromkeys(items) | {"red": items["red"]}
    assert "best crop" in run("select-primary").stdout
    assert found() == items
    with pytest.raises(VitrineError, match="no product 'grey'"):
        run("select-primary", "--product", "grey")


def test_a_catalogue_is_labelled_again_on_the_command_line(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_VISION__ENCODER", "vitrine-mini")
    run("migrate")
    assert "3 created" in run("import", str(shop)).output

    def labels() -> set[tuple[str, str, str, float]]:
        with wiring.stored(read_settings()) as sessions, sessions.read() as session:
            return {
                (one.product_id, one.facet, one.value, one.score)
                for one in session.scalars(select(Label))
            }

    indexed = labels()
    assert {facet for _, facet, _, _ in indexed} >= {"category", "colour"}
    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        session.execute(delete(Label))
    assert "labels" in run("label").stdout
    assert labels() == indexed
    assert "not yet known" in run("calibrate").stdout  # of a handful of products
    with pytest.raises(VitrineError, match="no product 'grey'"):
        run("label", "--product", "grey")


def test_an_empty_password_is_refused(shop: Path) -> None:
    run("migrate")
    with pytest.raises(VitrineError, match="12"):
        run("create-admin", "--password-stdin", stdin="")
