"""The arrows of dependence between the packages hold, and a few things that no file may do are not done."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["ann", "bio", "compare", "data"]
ALLOWED = {"data": {"data"}, "ann": {"ann"}, "bio": {"bio"}, "compare": {"ann", "bio", "compare", "data"}}
BENCHMARKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "benchmarks").rglob("*.py"))
FILES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
SCIPYS = {f"scipy.{part}" for part in ("interpolate", "ndimage", "optimize", "sparse", "special", "stats")}
SHELLS = {"os.system", "os.popen", "system", "popen", "subprocess.getoutput", "subprocess.getstatusoutput"}


def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


class Source:
    """A file, read once for all its tests: the top names of what it imports, and its calls."""

    def __init__(self, file: str) -> None:
        parsed = tree(file)
        self.file, self.imports, self.calls = file, top(imports(parsed)), list(calls(parsed))

    def at(self, call: ast.Call) -> str:
        return f"{self.file}:{call.lineno}"


@pytest.fixture(scope="module")
def source(request) -> Source:
    return Source(request.param)


def of_each(files):
    """All tests of a file come one after the other, and those that meet in one process read it once."""
    return pytest.mark.parametrize("source", files, indirect=True, scope="module")


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


@pytest.mark.parametrize("package", sorted({Path(file).parent for file in FILES}), ids=str)
def test_no_name_in_a_package_hides_a_module_of_it(package):
    modules = {Path(file).stem for file in FILES if Path(file).parent == package} - {"__init__", "__main__"}
    assert modules
    names = vars(import_module(".".join(package.parts)))
    assert not [name for name in modules & set(names) if not isinstance(names[name], ModuleType)]


@of_each(FILES)
def test_imports_follow_the_arrows(source):
    package = source.file.split("/")[0]
    assert source.imports & {*PACKAGES, "labs", "tests", "benchmarks"} <= ALLOWED[package]


def test_only_one_file_imports_brian2():
    assert [file for file in FILES if "brian2" in top(imports(tree(file)))] == ["bio/brian.py"]


@of_each(FILES)
def test_nothing_that_is_loaded_can_run_code(source):
    assert not source.imports & {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
    for name, call in source.calls:
        assert name not in {"eval", "exec", "compile", "__import__"}, f"{source.at(call)} calls {name}"
        assert name not in {"joblib.load", "joblib.dump"}, f"{source.at(call)} calls {name}, which pickles"
        assert name not in SHELLS, f"{source.at(call)} calls {name}, which starts a shell"
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert options.get("shell", "False") == "False", f"{source.at(call)} starts a shell: shell=False"
        unsaid = "unsaid" if name in {"np.load", "numpy.load", "load"} else "False"
        assert options.get("allow_pickle", unsaid) == "False", f"{source.at(call)} may unpickle: allow_pickle=False"


@of_each(FILES)
def test_only_the_command_line_prints(source):
    written = {"print", "pprint", "sys.stdout.write", "sys.stderr.write"}
    lines = [source.at(call) for name, call in source.calls if name in written]
    assert not lines or source.file == "compare/cli.py" or source.file.startswith("compare/commands/")


POSIX_ONLY = {
    *("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"),
    *("os.fork", "os.forkpty", "os.killpg", "os.setsid", "os.mkfifo", "os.chown", "os.nice", "os.wait", "os.uname"),
    *("os.getuid", "os.geteuid", "os.getgid", "os.getpgid", "os.getloadavg", "os.sysconf", "os.sched_getaffinity"),
    *("signal.SIGKILL", "signal.SIGHUP", "signal.SIGALRM", "signal.SIGUSR1", "signal.alarm", "signal.pause"),
    *("os.symlink", "os.chmod"),  # there, but need rights, or mean something else, on Windows
}


class OnWindows(ast.NodeTransformer):
    """Leaves out what stands under `if sys.platform != "win32"`."""

    def visit_If(self, node):
        elsewhere = ast.unparse(node.test).startswith("sys.platform != 'win32'")
        return [self.visit(part) for part in node.orelse] or ast.Pass() if elsewhere else self.generic_visit(node)


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("if sys.platform != 'win32' and a: b.c()\nelse: d.e()", "d.e()"),
        ("if a: b.c()", "if a:\n    b.c()"),
        ("if sys.platform != 'win32': b.c()", "pass"),
    ],
)
def test_what_is_not_for_windows_is_left_out(code, left):
    assert ast.unparse(OnWindows().visit(ast.parse(code))) == left


@of_each(FILES)
def test_nothing_is_used_that_windows_does_not_have(source):
    there = OnWindows().visit(tree(source.file))
    parts = list(ast.walk(there))
    attributes = [part for part in parts if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)]
    used = {f"{part.value.id}.{part.attr}" for part in attributes}
    called = [part.func for part in parts if isinstance(part, ast.Call)]
    methods = {getattr(function, "attr", getattr(function, "id", "")) for function in called}
    assert not (used | top(imports(there))) & POSIX_ONLY
    assert not methods & {"symlink_to", "hardlink_to", "chmod", "lchmod"}


def is_text(name: str, call: ast.Call) -> bool:
    """Whether a call reads or writes text, in whose encoding systems differ."""
    options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if name.startswith("subprocess."):
        return options.get("text", options.get("universal_newlines", "False")) == "True"
    method = name.rpartition(".")[2]
    if method in {"read_text", "write_text"}:
        return "importlib" not in name
    place = 1 if name in {"open", "gzip.open", "io.open"} else 0
    modes = [ast.unparse(argument) for argument in call.args[place : place + 1]]
    return method == "open" and name != "os.open" and "b" not in options.get("mode", *modes or ["'r'"])


@of_each([*FILES, "setup_env.py", *BENCHMARKS])
def test_text_is_read_and_written_in_an_encoding_that_is_named(source):
    for name, call in source.calls:
        named = {keyword.arg for keyword in call.keywords} & {"encoding", None}
        assert named or not is_text(name, call), f"{source.at(call)} {name} leaves the encoding to the system"


@of_each(FILES)
def test_files_that_are_written_have_the_same_ends_of_lines_everywhere(source):
    for name, call in source.calls:
        if name.rpartition(".")[2] == "write_text":
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert options.get("newline") == r"'\n'", f"{source.at(call)} writes other bytes on Windows"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("open(path)", True),
        ("open(path, 'rb')", False),
        ("path.open()", True),
        ("path.open('wb')", False),
        ("gzip.open(path, mode='rb')", False),
        ("path.read_text()", True),
        ("subprocess.run(words, text=True)", True),
        ("subprocess.run(words)", False),
    ],
)
def test_what_is_text_is_known(code, text):
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_text(ast.unparse(call.func), call) is text


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_imports_neither_brian2_nor_matplotlib_nor_a_part_of_scipy(package):
    code = f"import {package}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert package in loaded
    assert not loaded & {"brian2", "matplotlib", *SCIPYS}
    assert loaded & set(PACKAGES) <= ALLOWED[package]


def test_the_citation_names_the_version_and_the_licence_of_the_code():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {project['version']}" in citation
    assert f"title: {project['name']}" in citation
    assert "license: MIT" in citation
    assert project["license"].split(" AND ")[0] == "MIT"
