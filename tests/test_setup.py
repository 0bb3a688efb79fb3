"""setup_env.py decides rightly when the environment serves and when it must be made again. No test needs a network."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "setup_env.py"
needs_posix = pytest.mark.skipif(os.name == "nt", reason="uses shell scripts in the place of programs")


@pytest.fixture
def setup():
    """The script as a module of its own for each test."""
    spec = importlib.util.spec_from_file_location("setup_env_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Checkout:
    """A checkout in which making an environment is a link and installing is a line in `done`."""

    def __init__(self, root: Path, setup, monkeypatch):
        self.root, self.env, self.setup = root, root / ".venv", setup
        self.done: list[str] = []
        self.interrupted = False
        self.failure: Callable[[Path], object] | None = None  # what pip does to site-packages before it fails
        root.mkdir()
        shutil.copy(ROOT / "pyproject.toml", root)
        monkeypatch.setattr(setup, "create", self.create)
        monkeypatch.setattr(setup, "install", self.install)

    def create(self, env: Path, lock: tuple) -> None:
        shutil.rmtree(env, ignore_errors=True)
        python = self.setup.env_python(env)
        python.parent.mkdir(parents=True)
        python.symlink_to(self.interpreter())
        (self.setup.site_packages(env) / "numpy-2.dist-info").mkdir(parents=True)
        self.done.append("create")

    def interpreter(self) -> Path:
        return Path(sys.executable).resolve()

    def install(self, root: Path, env: Path, extras: list, lock: tuple) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        if self.failure:
            self.failure(self.setup.site_packages(env))
            raise self.setup.SetupError("pip fails")
        self.done.append(f"install {','.join(extras)}".strip())

    def prepare(self, *extras: str) -> list[str]:
        """What a setup with these extras does."""
        self.done.clear()
        self.setup.prepare(self.root, list(extras))
        return self.done[:]


@pytest.fixture
def checkout(tmp_path, setup, monkeypatch):
    return Checkout(tmp_path / "check out", setup, monkeypatch)


ANEW = ["create", "install"]


def test_the_second_setup_does_nothing(checkout):
    assert checkout.prepare() == ANEW
    assert checkout.prepare() == []


def test_an_interrupted_install_is_redone(checkout):
    checkout.prepare()
    (checkout.env / checkout.setup.STAMP).unlink()
    checkout.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        checkout.prepare()
    checkout.interrupted = False
    assert checkout.prepare() == ANEW
    assert checkout.prepare() == []


def test_an_interrupted_addition_is_redone_from_the_start(checkout):
    checkout.prepare()
    checkout.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        checkout.prepare("dev")
    checkout.interrupted = False
    assert checkout.prepare() == ANEW


def test_development_tools_are_added_once_and_serve_both(checkout):
    assert checkout.prepare() == ANEW
    assert checkout.prepare("dev") == ["install dev"]
    assert [checkout.prepare(), checkout.prepare("dev"), checkout.prepare()] == [[], [], []]


def test_development_tools_stay_when_the_environment_is_redone(checkout, monkeypatch):
    checkout.prepare("dev")
    add_dependency(checkout.root)
    assert checkout.prepare() == ["install dev"]
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "elsewhere")
    assert checkout.prepare() == ["create", "install dev"]


def add_dependency(root: Path) -> None:
    pyproject = root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("dependencies = [", 'dependencies = ["idna",', 1))


def test_changed_dependencies_are_installed_into_what_is_there(checkout, capsys):
    checkout.prepare()
    add_dependency(checkout.root)
    assert checkout.prepare() == ["install"]
    assert "up to date, because pyproject.toml has changed" in capsys.readouterr().err
    assert checkout.prepare() == []


def fail(checkout, failure: Callable[[Path], object], *extras: str) -> str:
    """What a setup says where pip does this to site-packages and then fails."""
    checkout.failure = failure
    with pytest.raises(checkout.setup.SetupError, match="pip fails") as caught:
        checkout.prepare(*extras)
    checkout.failure = None
    assert checkout.done == []
    return str(caught.value)


def test_an_addition_that_fails_before_it_touches_a_package_leaves_the_environment_in_use(checkout):
    checkout.prepare()
    assert ".venv is as it was" in fail(checkout, lambda _: None, "dev")
    assert checkout.prepare() == []
    assert checkout.prepare("dev") == ["install dev"]


def test_changed_dependencies_that_do_not_come_wipe_nothing(checkout):
    checkout.prepare("dev")
    add_dependency(checkout.root)
    for _ in range(2):
        assert ".venv is as it was" in fail(checkout, lambda _: None)
    assert checkout.prepare() == ["install dev"]
    assert checkout.prepare() == []


def reinstall(folder: Path) -> None:
    (folder / "numpy-2.dist-info").rename(folder / "~umpy-2.dist-info")
    (folder / "numpy-2.dist-info").mkdir()
    shutil.rmtree(folder / "~umpy-2.dist-info")
    os.utime(folder / "numpy-2.dist-info", ns=(0, 1))


@pytest.mark.parametrize(
    "failure",
    [
        lambda folder: (folder / "scipy-1.dist-info").mkdir(),
        lambda folder: (folder / "scipy").mkdir(),
        lambda folder: (folder / "numpy-2.dist-info").rmdir(),
        reinstall,
    ],
    ids=["one more", "half of one", "one less", "one again"],
)
def test_an_addition_that_fails_among_the_packages_is_redone_from_the_start(checkout, failure):
    checkout.prepare()
    assert fail(checkout, failure, "dev") == "pip fails"
    assert checkout.prepare() == ANEW


def test_settings_of_the_checks_do_not_redo_it(checkout):
    checkout.prepare()
    pyproject = checkout.root / "pyproject.toml"
    text = pyproject.read_text().replace("line-length = 120", "line-length = 119")
    assert text != pyproject.read_text()
    pyproject.write_text("# a comment\n" + text)
    assert checkout.prepare() == []


def test_another_python_redoes_it(checkout, monkeypatch, capsys):
    checkout.prepare()
    other = (3, 11 if sys.version_info[1] != 11 else 12, 0, "final", 0)
    monkeypatch.setattr(sys, "version_info", other)
    assert checkout.prepare() == ANEW
    assert f"and this is {sys.implementation.name} 3.{other[1]} " in capsys.readouterr().err
    assert checkout.prepare() == []


def test_a_newer_patch_release_does_not_redo_it(checkout, monkeypatch):
    checkout.prepare()
    monkeypatch.setattr(sys, "version_info", (*sys.version_info[:2], sys.version_info[2] + 1, "final", 0))
    assert checkout.prepare() == []


def test_an_interpreter_that_is_gone_redoes_it(checkout, tmp_path, capsys):
    here = tmp_path / "python-that-goes"
    shutil.copy(sys.executable, here)
    checkout.interpreter = lambda: here
    checkout.prepare()
    assert checkout.prepare() == []
    here.unlink()
    checkout.interpreter = lambda: Path(sys.executable).resolve()
    assert checkout.prepare() == ANEW
    assert "because its Python is gone" in capsys.readouterr().err


def test_a_moved_checkout_redoes_it(checkout, tmp_path, capsys):
    checkout.prepare()
    checkout.root = (tmp_path / "check out").rename(tmp_path / "elsewhere")
    assert checkout.prepare() == ANEW
    assert "because the checkout has moved" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"path": 3}', "\x00"])
def test_an_unreadable_stamp_redoes_it(checkout, content):
    checkout.prepare()
    (checkout.env / checkout.setup.STAMP).write_text(content)
    assert checkout.prepare() == ANEW


def test_the_stamp_is_absent_until_the_install_has_ended(checkout, monkeypatch):
    seen = []
    monkeypatch.setattr(checkout.setup, "install", lambda root, env, *_: seen.append(sorted(os.listdir(env))))
    checkout.prepare()
    library = checkout.setup.site_packages(checkout.env).relative_to(checkout.env).parts[0]
    assert seen == [sorted([checkout.setup.SCRIPTS, library])]
    assert sorted(os.listdir(checkout.env)) == sorted([checkout.setup.SCRIPTS, library, checkout.setup.STAMP])
    assert json.loads((checkout.env / checkout.setup.STAMP).read_text())["path"] == str(checkout.env)


@needs_posix
def test_a_second_setup_waits_for_the_first(checkout, capsys):
    at_work, go_on = threading.Event(), threading.Event()

    def slow_install(*_):
        at_work.set()
        assert go_on.wait(10)
        checkout.done.append("install")

    checkout.setup.install = slow_install
    setups = [threading.Thread(target=checkout.setup.prepare, args=(checkout.root, [])) for _ in range(2)]
    setups[0].start()
    assert at_work.wait(10)
    setups[1].start()
    deadline = time.monotonic() + 10
    said = ""
    while "waiting for it" not in said and time.monotonic() < deadline:
        time.sleep(0.01)
        said += capsys.readouterr().err
    go_on.set()
    for one in setups:
        one.join(10)
    assert "waiting for it" in said
    assert checkout.done == ANEW


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_says_what_to_install_and_breaks_nothing(checkout, monkeypatch, module):
    checkout.prepare()
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "elsewhere")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else find(name))
    with pytest.raises(checkout.setup.SetupError) as caught:
        checkout.prepare()
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in str(caught.value)
    assert checkout.done == []
    assert (checkout.env / checkout.setup.STAMP).exists()


def test_a_broken_pyproject_is_named(checkout):
    (checkout.root / "pyproject.toml").write_text("<<<<<<< HEAD\n")
    with pytest.raises(checkout.setup.SetupError, match=r"pyproject\.toml: is not valid TOML .*line 1.*: put it right"):
        checkout.prepare()


@pytest.fixture
def no_index(monkeypatch):
    """Sends a real pip to a port of this machine where nobody listens."""
    for name in [name for name in os.environ if name.upper().startswith("PIP_") or name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")


@pytest.mark.usefixtures("no_index")
def test_without_an_index_pip_ends_in_a_sentence_after_which_nothing_has_a_stamp_or_all_is_as_it_was(
    tmp_path, setup, monkeypatch
):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with pytest.raises(setup.SetupError) as caught:
        setup.prepare(tmp_path, [])
    assert str(caught.value).startswith("pip does not reach the package index")
    assert "\n" not in str(caught.value)
    env = tmp_path / ".venv"
    assert "127.0.0.1" in (env / setup.LOG).read_text()
    assert setup.missing(env, setup.describe(tmp_path, env, [])) == "it has no stamp of a finished installation"
    asked = [str(setup.env_python(env)), "-c", "import sys; print(sys.prefix, sys.version_info[:2])"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert answer.strip() == f"{env} {sys.version_info[:2]}"

    with monkeypatch.context() as finished:  # as if pip had reached it
        finished.setattr(setup, "create", lambda *_: None)
        finished.setattr(setup, "install", lambda *_: None)
        assert setup.prepare(tmp_path, []) == env
    stamp, packages = (env / setup.STAMP).read_text(), setup.packages(env)
    assert any(name.startswith("pip-") for name in packages)
    with pytest.raises(setup.SetupError, match=r"^pip does not reach the package index, .*; \.venv is as it was"):
        setup.prepare(tmp_path, ["dev"])
    assert ((env / setup.STAMP).read_text(), setup.packages(env)) == (stamp, packages)
    assert setup.prepare(tmp_path, []) == env


def test_other_failures_of_pip_show_its_last_error(setup):
    output = "WARNING: something\nERROR: first\nERROR: [Errno 28] No space left on device\n\nhint: see above\n"
    assert "(ERROR: [Errno 28] No space left on device)" in setup.pip_problem(output, 1, "pip.log")
    conflict = "ERROR: ResolutionImpossible: for help visit the page on dependency-resolution"
    assert f"({conflict})" in setup.pip_problem(conflict, 1, "pip.log")
    assert "(stopped by signal 9)" in setup.pip_problem("", -9, "pip.log")


def test_its_versions_are_those_of_the_project(setup):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    allowed = SpecifierSet(project["requires-python"])
    for minor in range(30):
        assert (setup.version_problem((3, minor)) == "") == (f"3.{minor}.0" in allowed), minor
    bounds = f"{setup.OLDEST} <= sys.version_info[:2] < {setup.TOO_NEW}"
    for file in filter(Path.exists, [ROOT / "Makefile", ROOT / ".ci" / "run"]):  # the latter is not in an sdist
        assert bounds in file.read_text()


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 14), (4, 0)])
def test_an_unsuitable_python_hears_it_in_one_sentence(setup, monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setattr(setup, "prepare", lambda *_: pytest.fail("must not be reached"))
    assert setup.main(["--dev", "run", "pytest"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert f"needs Python 3.11, 3.12 or 3.13, but {sys.executable} is Python {version[0]}.{version[1]}:" in lines[0]


def test_its_syntax_is_that_of_python_3_6_and_its_imports_the_standard_library(setup):
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    since_3_7 = {"annotations"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module.split(".")[0] in sys.stdlib_module_names
            assert not since_3_7 & {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ([], [])),
        (["--dev"], (["dev"], [])),
        (["--extra", "lab", "run", "jupyter", "lab"], (["lab"], ["jupyter", "lab"])),
        (["--extra", "lab", "--dev"], (["lab", "dev"], [])),
        (["run", "analogy", "compare", "--digits", "1000"], ([], ["analogy", "compare", "--digits", "1000"])),
        (["--dev", "run", "pytest", "-x"], (["dev"], ["pytest", "-x"])),
        (["run", "tool", "--dev", "--help"], ([], ["tool", "--dev", "--help"])),
    ],
)
def test_what_follows_run_is_the_command(setup, arguments, expected):
    assert setup.parse(arguments) == expected


def test_an_extra_that_is_not_there_is_refused_before_anything_is_made(setup, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project.optional-dependencies]\nlab = []\ndev = []\n")
    with pytest.raises(setup.SetupError, match="there is no extra `labs`: choose from dev, lab"):
        setup.prepare(tmp_path, ["labs"])
    assert sorted(os.listdir(tmp_path)) == ["pyproject.toml"]


@pytest.mark.parametrize("arguments", [["run"], ["compare"], ["--tests"]])
def test_other_arguments_are_refused_with_an_example(setup, capsys, arguments):
    with pytest.raises(SystemExit, match="2"):
        setup.parse(arguments)
    assert "run COMMAND" in capsys.readouterr().err


@needs_posix
def test_a_command_runs_in_the_environment_and_its_exit_code_comes_back(tmp_path):
    scripts = tmp_path / "env" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "tool").write_text('#!/bin/sh\necho "$VIRTUAL_ENV|${PATH%%:*}|$PYTHONPATH|$2"\nexit 7\n')
    (scripts / "tool").chmod(0o755)
    code = f"import setup_env, pathlib; setup_env.run(pathlib.Path({str(tmp_path / 'env')!r}), ['tool', '-x', 'a b'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 7
    assert done.stdout == f"{tmp_path / 'env'}|{scripts}||a b\n"


def test_a_command_that_is_not_there_is_named(tmp_path, setup):
    with pytest.raises(setup.SetupError, match=r"has no command `pytest`: .* come with --dev"):
        setup.run(tmp_path, ["pytest"])


@needs_posix
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("suitable", "expected"),
    [
        ({"python3", "python3.13"}, "python3"),
        ({"python3.12", "python3.13"}, "python3.13"),
        ({"python3.12"}, "python3.12"),
        ({"python3.11"}, "python3.11"),
        (set(), "python3"),  # which then says that it does not do
    ],
)
def test_make_takes_the_first_python_that_does(tmp_path, suitable, expected):
    for name in ["python3", "python3.13", "python3.12", "python3.11"]:
        fake = tmp_path / name
        fake.write_text(f'#!/bin/sh\n[ "$1" = -SE ] && exit {int(name not in suitable)}\necho {name} "$@"\n')
        fake.chmod(0o755)
    run = f"{expected} setup_env.py run analogy compare --report --digits 5\n"
    assert run_make(tmp_path, "compare", "ARGS=--digits 5") == run
    assert run_make(tmp_path, "test", "PYTHON=python3.12") == "python3.12 setup_env.py --dev run pytest\n"


def run_make(path: Path, *arguments: str) -> str:
    command = [shutil.which("make"), "-s", "-C", str(ROOT), *arguments]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=True).stdout


def test_make_helps_by_default_and_names_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    assert targets[0] == "help"
    assert targets == re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    assert {target for target in targets if f"'make {target} " in makefile} == set(targets)
