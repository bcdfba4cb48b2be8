"""Deliveries dropped into a folder."""

from nhr_dash.registry.load.watch import watch
from tests.registry.load.made import acute, write


def test_deliveries_are_loaded_once_they_lie_still_and_put_away(load, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.csv", [acute("A1")])
    (folder / "notes.md").write_text("not a delivery")
    (folder / "bad.csv").write_text("hello\n")
    growing = folder / "growing.csv"
    sizes = iter(range(1, 9))

    def sleep(_seconds: float) -> None:
        growing.write_text("x" * next(sizes))

    reports = list(watch(folder, lambda paths: load(*paths), rounds=4, sleep=sleep))
    assert len(reports) == 1
    assert {path.name for path in folder.iterdir()} == {"notes.md", "growing.csv", "loaded", "refused"}
    assert [path.name for path in (folder / "loaded").iterdir()] == ["a.csv"]
    assert [path.name for path in (folder / "refused").iterdir()] == ["bad.csv"]


def test_a_name_that_was_used_before_is_kept_apart(load, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for key in ("A1", "A2"):
        write(folder / "a.csv", [acute(key)])
        list(watch(folder, lambda paths: load(*paths), rounds=2, sleep=lambda _: None))
    assert {path.name for path in (folder / "loaded").iterdir()} == {"a.csv", "a (2).csv"}
