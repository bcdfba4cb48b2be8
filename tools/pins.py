"""Writes constraints.txt: the exact version of every package that the pinned ones bring in, as they are installed here.

python tools/pins.py      (after a change of a requirements file, once its packages are installed)
"""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")


def named(file: str) -> list[str]:
    """What a requirements file asks for, with its extras."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line.partition("==")[0] for line in lines if line and not line.startswith(("-", "#"))]


def closure() -> dict[str, str]:
    """Name and version of everything that is brought in here, by the names' common spelling."""
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = [Requirement(name) for file in FILES for name in named(file)]
    while waiting:
        asked = waiting.pop()
        key = f"{common(asked.name)} {sorted(asked.extras)}"
        if key in seen:
            continue
        seen.add(key)
        try:
            here = distribution(asked.name)
        except PackageNotFoundError:  # of another system
            continue
        found[common(asked.name)] = here.version
        for text in here.requires or ():
            one = Requirement(text)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *asked.extras)):
                waiting.append(one)
    return dict(sorted(found.items()))


def common(name: str) -> str:
    """A package's name as every index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    """What constraints.txt says now."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {common(name): version for name, version in pairs}


if __name__ == "__main__":
    head = "# Every package that is brought in, exactly. Written by tools/pins.py, used by requirements.txt.\n"
    pins = "".join(f"{name}=={version}\n" for name, version in closure().items())
    (ROOT / "constraints.txt").write_text(head + pins, encoding="utf-8")
