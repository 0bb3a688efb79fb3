"""The page's scripts in a real browser: Chromium, driven by Playwright, where both are installed.

Where they are not, the test is skipped and says why; with CI_BROWSER=1 in the environment it fails instead, so that no
machine that means to run these tests passes without.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[1] / "compare" / "live" / "page"


def without(reason: str) -> None:
    """Skips the test for that reason, or fails where a browser is asked for."""
    if os.environ.get("CI_BROWSER") == "1":
        pytest.fail(f"CI_BROWSER=1 asks for a browser, but {reason}")
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """A Playwright `Browser`, closed at the end."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        without("there is no Playwright: pip install playwright")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        without("there is no Chromium on the PATH: install it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_with(*scripts: str) -> Iterator[Any]:
    """A blank Playwright `Page` in which these scripts of the live page have run; a script's error fails the test."""
    with chromium() as browser:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for script in scripts:
            page.add_script_tag(content=(SCRIPTS / script).read_text(encoding="utf-8"))
        assert not errors
        yield page
        assert not errors


def called(page: Any, function: str, *arguments: Any) -> Any:
    """What a function of the page makes of these arguments. All travels as one text: Playwright packs every number on
    its own, which takes longer than most of what is asked here."""
    code = f"(text) => JSON.stringify(({function})(...JSON.parse(text)))"
    return json.loads(page.evaluate(code, json.dumps(arguments)))
