"""``python -m bench [part …]``: measure, print, and fail where a bar is passed.

The parts are statistics, load, data, rerun, load100 and start; all of them where none is named.
"""

import importlib
import platform
import sys
import tempfile
from pathlib import Path

from tests.support import sample

PARTS = ("statistics", "load", "data", "rerun", "load100", "start")
NO_DATABASE = ("statistics", "load")


def main(asked: list[str]) -> int:
    """Run the parts asked for (all by default); 1 if a bar isn't held."""
    unknown = set(asked) - set(PARTS)
    if unknown:
        print(f"Unknown part {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
        return 2
    print(f"Python {platform.python_version()}, {platform.platform()}")
    held = True
    with tempfile.TemporaryDirectory() as folder:
        for part in asked or PARTS:
            module = importlib.import_module(f"bench.{part}")
            database = Path() if part in NO_DATABASE else sample.database()
            print(f"\n{part}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
            for reading in module.measure(database, Path(folder)):
                print(reading.line(), flush=True)
                held = held and reading.held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
