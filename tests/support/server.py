"""A Streamlit server in a process of its own, as a person would start it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running app: its address, where it writes its log, its process id."""

    port: int
    log: Path
    pid: int

    @property
    def url(self) -> str:
        """The address of the start page, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(
    log: Path,
    *,
    app: Path = ROOT / "app.py",
    environment: Mapping[str, str] | None = None,
    python: str = sys.executable,
    port: int = 0,
    shell: bool = False,
) -> Iterator[Server]:
    """Start an app in a fresh process, wait until it answers, and stop it at the end.

    ``environment`` is added to this process's; ``port`` 0 is a free one; ``shell`` starts our own app in its
    shell, as production does. Raises RuntimeError with the end of the log
    if the server dies or doesn't answer within a minute.
    """
    port = port or free_port()
    command = [python, "-m", "streamlit", "run", str(app), f"--server.port={port}", "--server.headless=true"]
    if shell:
        command = [python, "-m", "nhr_dash", "serve"]
        environment = {**(environment or {}), "STREAMLIT_SERVER_PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=app.parent,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
    try:
        _wait(process, port, log)
        yield Server(port, log, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.03)
    raise RuntimeError(f"the app did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
