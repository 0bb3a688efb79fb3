"""Makes the environment of `make bench`: the project, and each library of requirements.txt that installs.

    python3 benchmarks/install.py .venv-bench

What is done is not redone; to begin afresh, remove the folder. Norse needs PyTorch to be built, which is why builds see
what is installed already (--no-build-isolation), and all are held to the version of PyTorch in requirements.txt.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DONE = "libraries-installed"


def main() -> None:
    """Makes it."""
    folder = Path(sys.argv[1]).resolve()
    if (folder / DONE).exists():
        return
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lines = [line for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines() if line]
    wanted = [line for line in lines if not line.startswith("#")]
    held = folder / "held.txt"
    held.write_text("\n".join(line for line in wanted if "==" in line) + "\n", encoding="utf-8")
    print(f"Installing the project and {len(wanted)} libraries in {folder} (some minutes, once) …", flush=True)
    subprocess.run([*pip, "setuptools", "wheel", "--editable", str(HERE.parent)], check=True)
    for library in wanted:
        command = [*pip, "--no-build-isolation", "--constraint", str(held), library]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        if done.returncode:
            why = (done.stderr.strip() or "pip failed").splitlines()[-1]
            print(f"{library} is left out: {why}", flush=True)
    (folder / DONE).touch()


if __name__ == "__main__":
    main()
