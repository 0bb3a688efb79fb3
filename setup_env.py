"""Makes the environment `.venv`, installs the project in it, and runs commands there; what is done is not redone.

    python3 setup_env.py                          makes or repairs the environment
    python3 setup_env.py --dev                    the same, with the tools for tests and checks
    python3 setup_env.py run analogy compare      makes sure of the environment, then runs a command in it
    python3 setup_env.py --dev run pytest -x
    python3 setup_env.py --extra lab run jupyter lab

A stamp in the environment, written last, says what it was made from. Where the stamp is missing or says something else
(an interrupted install, a moved checkout, another Python), the environment is made afresh. Extras and changed
dependencies are installed into the one that is there; where pip fails before it touches any package, as without a
network, the stamp comes back. This file needs the standard library only and keeps to the syntax of Python 3.6, so that
an old Python can say it is old.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)  # both bounds are those of `requires-python` in pyproject.toml
TOO_NEW = (3, 14)
ROOT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
SCRIPTS = "Scripts" if WINDOWS else "bin"
STAMP = "neural-analogy.json"
LOG = "pip.log"
NO_NETWORK = ("connection", "nameresolution", "timeout", "timed out", "proxy", "certificate")  # in pip's words


class SetupError(Exception):
    """Says in one line what stands in the way, and what to do about it."""


def main(arguments: list) -> int:
    """The exit code: that of the command where one was given, 1 where the environment could not be made."""
    try:
        problem = version_problem(sys.version_info[:2])
        if problem:
            raise SetupError(problem)
        extras, command = parse(arguments)
        env = prepare(ROOT, extras)
        if command:
            return run(env, command)
        python = "py" if WINDOWS else Path(sys.executable).name
        say(f"The environment is ready. Next: {python} setup_env.py run analogy --help")
        return 0
    except (SetupError, OSError) as error:
        say(f"setup_env.py: {error}")
        return 1
    except KeyboardInterrupt:
        say("setup_env.py: interrupted: run the same command again, it takes care of what is unfinished")
        return 130


def version_problem(version: tuple) -> str:
    """Why a Python of that version, (major, minor), does not do; empty if it does."""
    if OLDEST <= tuple(version) < TOO_NEW:
        return ""
    known = [f"{OLDEST[0]}.{minor}" for minor in range(OLDEST[1], TOO_NEW[1])]
    return (
        f"neural-analogy needs Python {', '.join(known[:-1])} or {known[-1]}, but {sys.executable or 'this'} is Python "
        f"{version[0]}.{version[1]}: install one of those and name it, as in `python{known[1]} setup_env.py` or "
        f"`make compare PYTHON=python{known[1]}`"
    )


def parse(arguments: list) -> tuple:
    """(the extras that were asked for, the command after `run`: a list, empty if there is none)."""
    parser = argparse.ArgumentParser(
        prog="setup_env.py",
        description="Makes the environment .venv, installs the project in it, and runs commands there.",
        usage="%(prog)s [-h] [--dev] [--extra NAME] [run COMMAND [ARGUMENT ...]]",
    )
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks: --extra dev")
    parser.add_argument("--extra", action="append", default=[], metavar="NAME", help="with an extra of pyproject.toml")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="run COMMAND", help="run this in the environment")
    found = parser.parse_args(arguments)
    if found.rest and (found.rest[0] != "run" or len(found.rest) == 1):
        parser.error(f"expected `run COMMAND`, got `{' '.join(found.rest)}`: for example `run analogy compare`")
    return found.extra + ["dev"] * found.dev, found.rest[1:]


def prepare(root: Path, extras: list) -> Path:
    """The folder of an environment in which the project with these extras is installed. Raises SetupError."""
    check_extras(root, extras)
    env = root / ".venv"
    wanted = describe(root, env, extras)
    if not missing(env, wanted):
        return env
    with only_one_at_a_time(root) as lock:
        reason = missing(env, wanted)  # again, since another setup may have done it while this one waited
        if reason:
            make(root, env, wanted, reason, lock)
    return env


def describe(root: Path, env: Path, extras: list) -> dict:
    """What an environment made now is made from: the content of its stamp."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
    return {
        "path": str(env),
        "python": f"{sys.implementation.name} {version} {sysconfig.get_platform()}",
        "project": fingerprint(root / "pyproject.toml"),
        "extras": sorted(extras),
    }


def check_extras(root: Path, extras: list) -> None:
    """Raises SetupError for an extra that pyproject.toml does not have."""
    known = tables_of(root / "pyproject.toml").get("project", {}).get("optional-dependencies", {})
    for name in extras:
        if name not in known:
            raise SetupError(f"there is no extra `{name}`: choose from {', '.join(sorted(known))}")


def tables_of(pyproject: Path) -> dict:
    """What pyproject.toml says. Raises SetupError where it is not valid."""
    import tomllib  # new in Python 3.11, so only once the version is known to do

    try:
        return tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SetupError(f"{pyproject}: is not valid TOML ({error}): put it right") from None


def fingerprint(pyproject: Path) -> str:
    """The SHA-256 of what an install depends on in pyproject.toml: settings of pytest, ruff and mypy do not count."""
    tables = tables_of(pyproject)
    counted = [tables.get("build-system"), tables.get("project"), tables.get("tool", {}).get("hatch")]
    return hashlib.sha256(json.dumps(counted, sort_keys=True, default=str).encode()).hexdigest()


def missing(env: Path, wanted: dict) -> str:
    """Why the environment has to be made or added to, to go after "because"; empty if it serves as it is."""
    if not env.is_dir():
        return "there is none"
    stamp = read_stamp(env)
    if not stamp:
        return "it has no stamp of a finished installation"
    if stamp.get("path") != wanted["path"]:
        return "the checkout has moved"
    if stamp.get("python") != wanted["python"]:
        return f"it was made for {stamp.get('python')}, and this is {wanted['python']}"
    if stamp.get("interpreter") != interpreter(env) or not os.path.lexists(str(stamp.get("base"))):
        return "its Python is gone"
    if stamp.get("project") != wanted["project"]:
        return "pyproject.toml has changed"
    lacking = set(wanted["extras"]) - set(stamp.get("extras", []))
    return f"it lacks {named(lacking)}" if lacking else ""


def named(extras: set) -> str:
    """What extras are called in messages."""
    return ", ".join("the development tools" if name == "dev" else f"the extra {name}" for name in sorted(extras))


def read_stamp(env: Path) -> dict:
    """The stamp's content; empty if there is no stamp, or none that can be read."""
    try:
        stamp = json.loads((env / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def interpreter(env: Path) -> str:
    """The file that the environment's Python leads to in the end; empty if there is none any more."""
    python = env_python(env)
    return os.path.realpath(str(python)) if python.exists() else ""


def make(root: Path, env: Path, wanted: dict, reason: str, lock: tuple) -> None:
    """Makes the environment, or installs what is new into one that is sound, and stamps it at the end."""
    stamp = read_stamp(env)
    extras = sorted(set(wanted["extras"]) | set(stamp.get("extras", [])))
    sound = not missing(env, dict(wanted, extras=[], project=stamp.get("project")))
    lacking = set(wanted["extras"]) - set(stamp.get("extras", []))
    if sound and stamp.get("project") == wanted["project"]:
        say(f"Adding {named(lacking)} to .venv (some seconds, once) …")
    elif sound:
        say(f"Bringing the environment in .venv up to date, because {reason} (some seconds, once) …")
    elif reason == "there is none":
        say("Setting up the environment in .venv (about a minute, once) …")
    else:
        say(f"Setting up the environment in .venv again, because {reason} (about a minute, once) …")
    problem = "" if sound else venv_problem()
    if problem:
        raise SetupError(problem)
    with contextlib.suppress(FileNotFoundError):
        (env / STAMP).unlink()
    if sound:
        install_or_leave(root, env, extras, stamp, lock)
    else:
        create(env, lock)
        install(root, env, extras, lock)
    found = {"interpreter": interpreter(env), "base": os.path.realpath(base_executable())}
    write_stamp(env, dict(wanted, extras=extras, **found))


def install_or_leave(root: Path, env: Path, extras: list, stamp: dict, lock: tuple) -> None:
    """Installs into a sound environment. Where pip fails without having touched a package, puts the old stamp back."""
    before = packages(env)
    try:
        install(root, env, extras, lock)
    except SetupError as error:
        if packages(env) != before:
            raise
        write_stamp(env, stamp)
        raise SetupError(f"{error}; .venv is as it was (to begin it afresh, with a network, remove it)") from None


def packages(env: Path) -> dict:
    """What is installed: each name in site-packages, those of metadata with the time at which they were written."""
    folder = site_packages(env)
    found = os.scandir(str(folder)) if folder.is_dir() else ()
    return {
        entry.name: entry.stat().st_mtime_ns if entry.name.endswith(".dist-info") else 0
        for entry in found
        if entry.name != "__pycache__"
    }


def site_packages(env: Path) -> Path:
    """The folder of the environment's packages."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(env)}))


def create(env: Path, lock: tuple) -> None:
    """An empty environment with pip in it, in the place of whatever was there. Raises SetupError."""
    code, output = call([base_executable(), "-I", "-m", "venv", "--clear", str(env)], env.parent, lock)
    if code:
        raise SetupError(
            f"{env}: cannot be made ({last_line(output, code)}): close the programs that use this folder, "
            "or remove it, and run the same command again"
        )


def venv_problem() -> str:
    """Why this Python cannot make environments, as Debian's cannot without a package of its own; empty if it can."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return ""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return (
        f"{base_executable()} has no venv with pip, which the environment is made with: install it (on Debian and "
        f"Ubuntu `sudo apt install {package}`) and run the same command again"
    )


def install(root: Path, env: Path, extras: list, lock: tuple) -> None:
    """Installs the project, editable, with its dependencies and those of the extras. Raises SetupError."""
    what = f".[{','.join(extras)}]" if extras else "."
    pip = [str(env_python(env)), "-I", "-m", "pip", "install", "--quiet", "--editable", what]
    code, output = call(pip, root, lock)
    if code:
        (env / LOG).write_text(output, encoding="utf-8")
        raise SetupError(pip_problem(output, code, str(env / LOG)))


def pip_problem(output: str, code: int, log: str) -> str:
    """What pip's messages come down to, and what to do about it."""
    if any(word in output.lower() for word in NO_NETWORK):
        return (
            "pip does not reach the package index, which this setup needs: connect this computer to the network "
            f"(behind a proxy, set HTTPS_PROXY) and run the same command again; {log} has the details"
        )
    return f"pip cannot install the project ({last_line(output, code)}): {log} has the details; then run the same again"


def last_line(output: str, code: int) -> str:
    """The last line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    ending = f"exit code {code}" if code >= 0 else f"stopped by signal {-code}"
    return (errors or lines or [ending])[-1]


def call(command: list, folder: Path, lock: tuple) -> tuple:
    """Runs a program to its end: (its exit code, all that it printed). It holds the lock for as long as it lives."""
    settings = {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command,
        cwd=str(folder),
        env=dict(clean_environment(), **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=lock,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def write_stamp(env: Path, stamp: dict) -> None:
    """Puts the stamp in its place in one step: it is there and whole, or not there."""
    unfinished = env / (STAMP + ".new")
    unfinished.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(str(unfinished), str(env / STAMP))


def run(env: Path, command: list) -> int:
    """Runs a command of the environment, with `python` and the like being the environment's own: its exit code."""
    scripts = str(env / SCRIPTS)
    program = shutil.which(command[0], path=scripts)
    if program is None:
        raise SetupError(
            f"{scripts} has no command `{command[0]}`: pytest, ruff and mypy come with --dev, "
            "JupyterLab with --extra lab"
        )
    environment = clean_environment()
    environment["VIRTUAL_ENV"] = str(env)
    environment["PATH"] = os.pathsep.join([scripts, environment.get("PATH", os.defpath)])
    if not WINDOWS:
        os.execve(program, [program, *command[1:]], environment)  # takes the place of this process and does not return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's, which hears it too
    return subprocess.call([program, *command[1:]], env=environment)


def clean_environment() -> dict:
    """The environment variables without those that lend a Python the packages of another."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}


def env_python(env: Path) -> Path:
    """The environment's interpreter."""
    return env / SCRIPTS / ("python.exe" if WINDOWS else "python")


def base_executable() -> str:
    """The interpreter that runs this, or where that is an environment's (perhaps the one to be redone), its base."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


@contextlib.contextmanager
def only_one_at_a_time(root: Path) -> Iterator:
    """Lets one setup of a checkout work while others wait. Gives the lock's file descriptors, for programs that are
    started meanwhile to hold on to. Windows, and network drives that know no locks, get none."""
    try:
        import fcntl
    except ImportError:
        yield ()
        return
    folder = os.open(str(root), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another setup of this environment is at work: waiting for it …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass
        yield (folder,)
    finally:
        os.close(folder)


def say(message: str) -> None:
    """A line for the person at the terminal, kept apart from the output of the command that runs next."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
