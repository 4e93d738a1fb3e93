"""The size of things, and what importing costs: redesign is due when a line here fails."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
MODULES = sorted((PROJECT / "tracker").rglob("*.py"))
MIGRATIONS = PROJECT / "tracker/clinic/records/migrations"


def ids(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_modules_stay_under_300_lines_and_functions_under_40(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= 300, "split the module"
    if path.is_relative_to(MIGRATIONS):
        return  # a migration is one list of tables
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            has_docstring = ast.get_docstring(node) is not None
            start = node.body[1].lineno if has_docstring and len(node.body) > 1 else node.body[0].lineno
            assert node.end_lineno - start + 1 <= 40, f"{node.name}: split the function"


@pytest.mark.parametrize("path", sorted((PROJECT / "tracker/dashboard/pages").glob("*.py")), ids=ids)
def test_pages_stay_thin(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80


@pytest.mark.parametrize("name", ["utils", "common", "helpers", "manager"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert not [path for path in MODULES if name in path.stem]


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("tracker", ("cv2", "numpy", "streamlit", "torch")),
        ("tracker.cli", ("streamlit", "torch", "sqlalchemy", "skimage")),
        ("tracker.clinic.workflow", ("streamlit", "torch")),
        ("tracker.imaging.pipeline", ("streamlit", "torch", "sqlalchemy", "pandas")),
        ("tracker.imaging.networks", ("torch", "safetensors", "streamlit", "sqlalchemy")),
    ],
)
def test_importing_loads_nothing_unwanted(module: str, unwanted: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*[name for name in {unwanted!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.split() == []


def test_help_loads_no_torch() -> None:
    code = (
        "import sys; from tracker.cli import main\n"
        "sys.argv = ['tracker', '--help']\n"
        "try: main()\n"
        "finally: print('torch' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert "doctor" in done.stdout
    assert done.stderr.split() == ["False"]


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_torch_is_imported_by_the_networks_alone(path: Path) -> None:
    named = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    if not path.is_relative_to(PROJECT / "tracker/imaging/networks"):
        assert not named & {"torch", "safetensors"}


def test_no_path_of_a_machine_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=PROJECT, check=False).stdout.split(
        "\n"
    )
    roots = ("/" + "work/", "/" + "root/", "/" + "opt/wheels")
    for name in listed:
        path = PROJECT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".csv"} and path.is_file():
            text = path.read_text(errors="replace")
            assert not [root for root in roots if root in text], name
