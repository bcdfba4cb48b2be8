"""Where this machine's Chromium is, and how it is started in tests."""

import os
import shutil
from pathlib import Path

MISSING = (
    "no Chromium, Chrome or Edge was found"
    " (on Debian: apt install chromium-headless-shell; or set NHR_CHROMIUM to its path)"
)

# Without a window it draws a page with half the processor time of the whole browser: it comes first.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_PLACES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

# Without these a browser on a closed network spends its start on refused connections;
# no sandbox because containers run as root.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find() -> str | None:
    """The path of a browser that the tests can drive, or None."""
    chosen = os.environ.get("NHR_CHROMIUM")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    return next((place for place in _PLACES if Path(place).is_file()), None)
