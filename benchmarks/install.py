"""Makes the environment of `make bench`: the project, and each library of requirements.txt that installs.

    python3 benchmarks/install.py .venv-bench

What is installed stays as it is, what failed is tried at each call; to begin afresh, remove the folder. Norse needs
PyTorch to be built, which is why builds see what is installed already (--no-build-isolation), and all are held to the
version of PyTorch in requirements.txt.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DONE = "libraries-installed"


def main() -> None:
    """Makes it, or tries what it lacks."""
    folder = Path(sys.argv[1]).resolve()
    mark = folder / DONE
    text = (HERE / "requirements.txt").read_text(encoding="utf-8")
    wanted = [line for line in text.splitlines() if line and not line.startswith("#")]
    installed = mark.read_text(encoding="utf-8").splitlines() if mark.exists() else []
    lacking = [library for library in wanted if library not in installed]
    if not lacking:
        return
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not mark.exists():
        print(f"Installing the project and {len(wanted)} libraries in {folder} (some minutes, once) …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([*pip, "setuptools", "wheel", "--editable", str(HERE.parent)], check=True)
    held = folder / "held.txt"
    held.write_text("\n".join(line for line in wanted if "==" in line) + "\n", encoding="utf-8")
    pip += ["--no-build-isolation", "--constraint", str(held)]
    failed = [library for library in lacking if not installs(pip, library)]
    mark.write_text("".join(f"{library}\n" for library in wanted if library not in failed), encoding="utf-8")


def installs(pip: list[str], library: str) -> bool:
    """Whether a library installs; says in a line why not."""
    done = subprocess.run([*pip, library], capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        why = (done.stderr.strip() or "pip failed").splitlines()[-1]
        print(f"{library} is left out until the next call, which tries it again: {why}", flush=True)
    return not done.returncode


if __name__ == "__main__":
    main()
