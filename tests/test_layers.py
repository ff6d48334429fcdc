"""Imports point inward only, and the check that says so would notice if they did not."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS = ROOT / "pyproject.toml"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PARTS = (
    "batch",
    "bootstrap",
    "cli",
    "coaching",
    "content",
    "dispatch",
    "domain",
    "embedded",
    "kept_files",
    "llm",
    "masking",
    "model_settings",
    "presentation",
    "prompted",
    "settings",
    "sheets",
    "store",
    "swapped_files",
    "telegram",
    "worker_processes",
)
FORBIDDEN = (
    ("domain", "coaching"),
    ("domain", "numpy"),
    ("coaching", "store"),
    ("kept_files", "content"),
    ("swapped_files", "content"),
    ("worker_processes", "content"),
    ("content", "embedded"),
    ("embedded", "content"),
    ("llm", "store"),
    ("cli", "llm"),
    ("prompted", "llm"),
    ("prompted", "embedded"),
    ("telegram", "prompted"),
    ("presentation", "bootstrap"),
    ("store", "masking"),
    ("bootstrap", "cli"),
    ("cli", "content"),
    ("bootstrap", "telegram"),
    ("telegram", "dispatch"),
    ("dispatch", "store"),
)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package `commcoach` in a folder against the contracts of this project."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(CONTRACTS), "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the parts of this one, all of them empty."""
    for part in ("", *PARTS):
        folder = tmp_path / "commcoach" / part
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    return tmp_path


def use(package: Path, part: str, used: str) -> None:
    """Let a part of the package import something."""
    name = f"commcoach.{used}" if used in PARTS else used
    with (package / "commcoach" / part / "__init__.py").open("a", encoding="utf-8") as module:
        module.write(f"import {name}\n")


def test_imports_point_inward_only() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_points_inward_is_let_through(package: Path) -> None:
    for part in ("bootstrap", "presentation", "coaching", "domain"):
        use(package, "cli", part)
    use(package, "store", "coaching")
    use(package, "embedded", "numpy")
    checked = lint_imports(package)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_import_that_points_outward_is_caught(package: Path) -> None:
    for part, used in FORBIDDEN:
        use(package, part, used)
    checked = lint_imports(package)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    named = " ".join(checked.stdout.split())
    for part, used in FORBIDDEN:
        target = f"commcoach.{used}" if used in PARTS else used
        assert f"commcoach.{part} -> {target}" in named, f"{part} may import {used}"


def test_a_new_part_of_the_package_must_be_given_its_place(package: Path) -> None:
    (package / "commcoach" / "utils.py").touch()
    checked = lint_imports(package)
    assert checked.returncode == 1
    assert "utils" in checked.stdout


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    graph = grimp.build_graph("commcoach", include_external_packages=True, cache_dir=None)
    needed = {
        (module, used)
        for module in {"commcoach.domain", *graph.find_descendants("commcoach.domain")}
        for used in graph.find_modules_directly_imported_by(module)
        if used.partition(".")[0] not in {"commcoach", *sys.stdlib_module_names}
    }
    assert not needed


def test_the_contract_of_the_domain_names_every_dependency() -> None:
    settings = tomllib.loads(CONTRACTS.read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}
    forbidden = set(contracts["domain"]["forbidden_modules"])
    graph = grimp.build_graph("commcoach", include_external_packages=True, cache_dir=None)
    used = {name for name in graph.modules if "." not in name} - {"commcoach"}
    assert used - set(sys.stdlib_module_names) <= forbidden
