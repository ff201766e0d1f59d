"""deploy/terraform against moto: planned, applied, looked at from outside, destroyed.

`overrides/` says what moto does not emulate. Without Terraform or the AWS provider the tests are
skipped; where the provider lies unpacked, TERRAFORM_PLUGINS names its mirror.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.programs import answers, found, free_port, started

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "deploy" / "terraform"
OVERRIDES = Path(__file__).parent / "overrides"
TOOLS = ROOT / ".venv-cloud" / "bin"
MODULES = sorted(path.name for path in (TERRAFORM / "modules").iterdir())
STAGING = "emulated/envs/staging"
NONE = "0" * 64
VARIABLES = {
    "domain": "shop.example",
    "mail": "ops@shop.example",
    "certificates": {"balancer": "emulated", "cloudfront": "emulated"},
    "images": {name: f"example/{name}@sha256:{NONE}" for name in ("app", "ml", "chroma")},
}


@dataclass(frozen=True)
class Terraform:
    """Terraform in a folder with two copies of ours, `emulated` without what moto lacks."""

    program: str
    folder: Path
    environment: dict[str, str]

    def __call__(self, place: str, *words: str) -> str:
        """Run it in a folder of the copy; what it printed, which tells of failure too."""
        told = subprocess.run(
            [self.program, *words, "-no-color"],
            cwd=self.folder / place,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, (told.stdout + told.stderr)[-6000:]
        return told.stdout

    def begin(self, place: str) -> None:
        """Fetch the provider, from the mirror on this machine if there is one."""
        mirror = os.environ.get("TERRAFORM_PLUGINS")
        self(place, "init", "-input=false", *([f"-plugin-dir={mirror}"] if mirror else []))


def _tool(name: str) -> str:
    beside = TOOLS / name
    return str(beside) if beside.exists() else found(name, "make test-cloud sets it up")


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not installed")
    folder, port = tmp_path_factory.mktemp("cloud"), free_port()
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    for copy in ("whole", "emulated"):
        shutil.copytree(TERRAFORM, folder / copy, ignore=ignored)
    shutil.copytree(OVERRIDES, folder / "emulated", dirs_exist_ok=True)
    (folder / STAGING / "emulated.auto.tfvars.json").write_text(json.dumps(VARIABLES))
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    }
    command = [_tool("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with started(command, folder, env=environment) as moto:
        moto.wait_for(lambda: answers(url))
        yield Terraform(program, folder, environment)


@pytest.mark.parametrize("module", MODULES)
def test_the_security_properties_of_a_module(terraform: Terraform, module: str) -> None:
    place = f"whole/modules/{module}"
    terraform.begin(place)
    assert "Success!" in terraform(place, "test")


def test_staging_is_migrated_planned_applied_and_destroyed(terraform: Terraform) -> None:
    terraform.begin(STAGING)
    _migrated(terraform)
    terraform(STAGING, "plan", "-input=false", "-out=plan")
    applied = terraform(STAGING, "apply", "-input=false", "plan")
    assert "Apply complete!" in applied
    held = json.loads(terraform(STAGING, "show", "-json"))["values"]["root_module"]
    _nothing_secret_is_in(held)
    again = terraform(STAGING, "plan", "-input=false")
    assert "No changes." in again or " 0 to destroy" in again, again[-3000:]
    assert "Destroy complete!" in terraform(STAGING, "destroy", "-input=false", "-auto-approve")


def _migrated(terraform: Terraform) -> None:
    """As the pipeline does first, with an `aws` that writes down what it is asked for."""
    programs, asked = terraform.folder / "programs", terraform.folder / "asked"
    programs.mkdir()
    (programs / "aws").write_text(f'#!/bin/sh\necho "$@" >>{asked}\necho 0\n')
    (programs / "aws").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    subprocess.run(
        [str(ROOT / "deploy" / "migrate"), str(terraform.folder / STAGING)],
        check=True,
        env=terraform.environment | {"PATH": path, "TF_INPUT": "0"},
        stdout=subprocess.DEVNULL,
    )
    run, *_ = asked.read_text().splitlines()
    assert run.startswith("ecs run-task --cluster vitrine-staging")
    assert "subnets=[subnet-" in run
    assert "securityGroups=[sg-" in run


def _nothing_secret_is_in(module: dict[str, Any]) -> None:
    for resource in module.get("resources", []):
        values = resource["values"]
        if resource["type"] == "aws_db_instance":
            assert not values["password"]
            assert not values["password_wo"]
        if resource["type"] == "aws_secretsmanager_secret_version" and resource["name"] == "this":
            assert not values["secret_string"]
            assert not values["secret_string_wo"]
    for child in module.get("child_modules", []):
        _nothing_secret_is_in(child)


def test_checkov_finds_nothing_but_what_is_excused() -> None:
    command = [_tool("checkov"), "--directory", str(TERRAFORM), "--framework", "terraform"]
    told = subprocess.run(
        [*command, "--compact", "--quiet", "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-6000:]


def test_every_file_is_formatted() -> None:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not installed")
    command = [program, f"-chdir={TERRAFORM}", "fmt", "-check", "-recursive", "-diff"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
