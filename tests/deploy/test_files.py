"""The deployment files agree with each other, with the settings that exist, and with the table that explains them."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import nginx
from tests.support.server import ROOT, free_port

DEPLOY = ROOT / "deploy"
NAME = re.compile(r"\bNHR_[A-Z_]*[A-Z]\b")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_in_the_one_table_and_none_is_there_that_is_not_read() -> None:
    rows = [line for line in read("docs/settings.md").splitlines() if line.startswith("| `NHR_")]
    assert {NAME.findall(row)[0] for row in rows} == set(NAME.findall(read("nhr_dash/settings.py")))


def test_the_example_sets_only_what_exists() -> None:
    known = set(NAME.findall(read("nhr_dash/settings.py")))
    for name in ("settings.env.example", "compose.yaml", "Containerfile", "README.md", "systemd/nhr-dash@.service"):
        assert set(NAME.findall(read(f"deploy/{name}"))) <= known, name


def test_in_containers_the_proxy_knows_the_same_nodes() -> None:
    here, there = (read(f"deploy/nginx/{name}").splitlines()[1:] for name in ("nodes.conf", "nodes-compose.conf"))
    addresses = {"127.0.0.1:8601": "10.89.64.11:8601", "127.0.0.1:8602": "10.89.64.12:8602"}
    for inside, outside in addresses.items():
        here = [line.replace(inside, outside) for line in here]
        assert f"ipv4_address: {outside.split(':')[0]}" in read("deploy/compose.yaml")
    assert [line for line in here if "#" not in line] == [line for line in there if "#" not in line]


@pytest.mark.nginx
@pytest.mark.parametrize("nodes", ["nodes.conf", "nodes-compose.conf"])
def test_nginx_takes_the_files(tmp_path: Path, nodes: str) -> None:
    nginx.certificate(tmp_path)
    main = nginx.written(tmp_path, {name: free_port() for name in ("a", "b", "tls", "plain")})
    (tmp_path / "nodes.conf").write_text(read(f"deploy/nginx/{nodes}"), encoding="utf-8")
    command = [str(nginx.find()), "-t", "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(main)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "test is successful" in said.stderr, said.stderr
    assert "[warn]" not in said.stderr


def test_what_is_taken_into_the_container_is_what_runs() -> None:
    ignored, copied = read("deploy/Containerfile.dockerignore"), read("deploy/Containerfile")
    assert ignored.startswith("*\n"), "nothing but what is named"
    for name in ("nhr_dash", "pages", "app.py", "sample_data", "requirements.txt"):
        assert f"!{name}" in ignored
        assert re.search(rf"^COPY .*\b{name}\b", copied, re.MULTILINE)
    assert "USER 10001" in copied
