"""The arrows of dependence between the packages hold, and a few things that no file may do are not done."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["ann", "bio", "compare", "data"]
ALLOWED = {"data": {"data"}, "ann": {"ann"}, "bio": {"bio"}, "compare": {"ann", "bio", "compare", "data"}}
FILES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def imports(node: ast.AST) -> set[str]:
    """The modules that a file imports anywhere in it, by their full names."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            assert part.level == 0, f"line {part.lineno}: imports here are absolute"
            found.add(str(part.module))
    return found


def top(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name that it is made by: `print`, `np.load`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield ast.unparse(part.func), part


def test_the_packages_have_files():
    assert {file.split("/")[0] for file in FILES} == set(PACKAGES)
    assert {"data/digits.py", "ann/mlp.py", "bio/brian.py", "compare/cli.py"} <= set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_imports_follow_the_arrows(file):
    package = file.split("/")[0]
    assert top(imports(tree(file))) & {*PACKAGES, "labs", "tests", "benchmarks"} <= ALLOWED[package]


def test_only_one_file_imports_brian2():
    assert [file for file in FILES if "brian2" in top(imports(tree(file)))] == ["bio/brian.py"]


@pytest.mark.parametrize("file", FILES)
def test_nothing_that_is_loaded_can_run_code(file):
    assert not top(imports(tree(file))) & {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
    for name, call in calls(tree(file)):
        assert name not in {"eval", "exec", "compile", "__import__"}, f"{file}:{call.lineno} calls {name}"
        assert name not in {"joblib.load", "joblib.dump"}, f"{file}:{call.lineno} calls {name}, which pickles"
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        unsaid = "unsaid" if name in {"np.load", "numpy.load", "load"} else "False"
        assert options.get("allow_pickle", unsaid) == "False", f"{file}:{call.lineno} may unpickle: allow_pickle=False"


@pytest.mark.parametrize("file", FILES)
def test_only_the_command_line_prints(file):
    written = {"print", "pprint", "sys.stdout.write", "sys.stderr.write"}
    lines = [f"{file}:{call.lineno}" for name, call in calls(tree(file)) if name in written]
    assert not lines or file == "compare/cli.py" or file.startswith("compare/commands/")


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_imports_neither_brian2_nor_matplotlib(package):
    code = f"import {package}, sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert package in loaded
    assert not loaded & {"brian2", "matplotlib"}
    assert loaded & set(PACKAGES) <= ALLOWED[package]


def test_the_citation_names_the_version_and_the_licence_of_the_code():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {project['version']}" in citation
    assert f"title: {project['name']}" in citation
    assert "license: MIT" in citation
    assert project["license"].split(" AND ")[0] == "MIT"
