"""nginx as the project ships it: deploy/nginx with this machine's ports and folders put in."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.server import ROOT

MISSING = "no nginx was found (on Debian: apt install nginx-light)"
SHIPPED = ROOT / "deploy" / "nginx"

_AROUND = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 512; }}
http {{
    include {folder}/mime.types; default_type application/octet-stream;
    {temporary}
    include {folder}/nodes.conf; include {folder}/nhr-dash.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def find() -> str | None:
    """The path of nginx, or None. (Debian keeps it where only root's shell looks.)"""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Proxy:
    """A running nginx. ``port``: with TLS; ``plain``: the one that only redirects."""

    port: int
    plain: int
    folder: Path

    @property
    def url(self) -> str:
        """The address people use."""
        return f"https://localhost:{self.port}"

    def log(self) -> str:
        """What it wrote of every request."""
        return (self.folder / "nhr-dash.log").read_text(encoding="utf-8")


def written(folder: Path, ports: Mapping[str, int]) -> Path:
    """The shipped files in a folder with our ports (``a``, ``b``, ``tls``, ``plain``); the file to start nginx with.

    Raises AssertionError where something that should be put in isn't there any more.
    """
    ours = {
        "127.0.0.1:8601": f"127.0.0.1:{ports['a']}",
        "127.0.0.1:8602": f"127.0.0.1:{ports['b']}",
        "~:8601$": f"~:{ports['a']}$",
        "~:8602$": f"~:{ports['b']}$",
        "listen 443 ssl": f"listen 127.0.0.1:{ports['tls']} ssl",
        "listen 80;": f"listen 127.0.0.1:{ports['plain']};",
        "nhr.example.no": "localhost",
        "/etc/nhr-dash/tls/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
        "root /etc/nhr-dash;": f"root {SHIPPED};",
    }
    texts = {name: (SHIPPED / name).read_text(encoding="utf-8") for name in ("nodes.conf", "nhr-dash.conf")}
    for shipped, here in ours.items():
        assert any(shipped in text for text in texts.values()), f"{shipped} is not in deploy/nginx"
        texts = {name: text.replace(shipped, here) for name, text in texts.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "mime.types").write_text("types { text/html html; }", encoding="utf-8")
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    user = "user root;" if os.geteuid() == 0 else ""  # its folders here are this user's alone
    main = folder / "nginx.conf"
    main.write_text(_AROUND.format(folder=folder, temporary=temporary, user=user), encoding="utf-8")
    return main


def certificate(folder: Path) -> None:
    """A certificate for ``localhost`` that nobody vouches for, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))


@contextmanager
def proxy(folder: Path, ports: Mapping[str, int]) -> Iterator[Proxy]:
    """Run the shipped proxy, and stop it at the end. Raises RuntimeError with what nginx said if it doesn't start."""
    certificate(folder)
    command = [str(find()), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(written(folder, ports))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        _wait(process, ports["tls"])
        yield Proxy(ports["tls"], ports["plain"], folder)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stderr.close()


def _wait(process: subprocess.Popen[str], port: int) -> None:
    for _ in range(100):
        if process.poll() is not None:
            break
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    process.terminate()
    assert process.stderr
    raise RuntimeError(f"nginx did not start:\n{process.stderr.read()}")
