"""The rules of the house that no linter knows: who may know Streamlit, how a page begins, what is documented."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = sorted((ROOT / "nhr_dash").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))

the_pages = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_only_the_screen_knows_streamlit() -> None:
    screen = {ROOT / "nhr_dash" / "asgi.py", *(ROOT / "nhr_dash" / "ui").rglob("*.py")}
    knowing = {path for path in PACKAGE if any(name.split(".")[0] == "streamlit" for name in imported(path))}
    assert knowing <= screen


def test_a_page_reaches_forms_in_one_way() -> None:
    """What computes from forms is the loader's; the pages' own way opens a unit's own forms (``own_forms``)."""
    loaders = {"facts", "expected", "indicators", "pathway", "rules"}
    package = ROOT / "nhr_dash" / "registry"
    forms = {f"nhr_dash.registry.forms.{name}" for name in ("acute", "followup", "thrombectomy", "pathway_code")}
    reading = {path for path in PACKAGE if imported(path) & forms}
    pages = {path.stem for path in reading if path.parent not in {package / "load", package / "sample"}}
    assert pages - loaders == {"case_mix", "roles"}


def test_streamlit_caches_stand_in_one_file() -> None:
    caching = {
        path.relative_to(ROOT).as_posix()
        for path in [*PACKAGE, *PAGES, ROOT / "app.py"]
        if "@st.cache_data" in path.read_text(encoding="utf-8")
    }
    assert caching <= {"nhr_dash/ui/caches.py"}


@the_pages
def test_a_page_does_nothing_outside_its_guarded_frame(path: Path) -> None:
    """Imports, constants and functions; then one ``with frame.page(...)``, in which the guard stands."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    quiet = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    acting = [node for node in body[1:] if not isinstance(node, quiet)]
    assert len(acting) == 1
    frame = acting[0]
    assert isinstance(frame, ast.With)
    assert ast.unparse(frame.items[0].context_expr).startswith("frame.page(")


@the_pages
def test_a_page_is_short_and_asks_no_database(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150
    assert not {name.split(".")[0] for name in imported(path)} & {"sqlalchemy", "pandas", "numpy", "altair"}


def test_no_module_is_two_subjects_long() -> None:
    long = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE
        if "versions" not in path.parts
    }
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_every_line_of_the_streamlit_settings_is_known_to_this_streamlit() -> None:
    """A misspelt option is ignored with a line in the log that nobody reads."""
    from streamlit import config

    config.get_config_options()
    known = set(config._config_options_template)
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    chosen = {f"{section}.{name}" for section, values in tomllib.loads(text).items() for name in values}
    assert chosen <= known


def test_requirements_are_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert re.fullmatch(r"-[rc] (requirements|constraints)\.txt|[a-z0-9-]+(\[[a-z]+\])?==[0-9][^=]*|", line), (
                line
            )


def test_every_setting_is_documented() -> None:
    read = set(re.findall(r"NHR_[A-Z_]+", (ROOT / "nhr_dash" / "settings.py").read_text(encoding="utf-8")))
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert {name for name in read if name not in documented} == set()


def test_every_command_of_the_makefile_that_the_readme_names_is_there() -> None:
    commands = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= commands
    assert {"run", "test"} <= named


def test_every_download_is_kept_in_the_audit_log() -> None:
    """Each download button hands over what ``looks.exporting`` made, which notes it when it is taken."""
    for path in [*(ROOT / "nhr_dash" / "ui").rglob("*.py"), *PAGES]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("download_button"):
                made = node.args[1] if len(node.args) > 1 else node.keywords[0].value
                assert ast.unparse(made).startswith("looks.exporting("), path


def test_every_fragment_asks_anew_who_asks() -> None:
    for path in [*(ROOT / "nhr_dash" / "ui").rglob("*.py"), *PAGES]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "st.fragment" in map(ast.unparse, node.decorator_list):
                assert "frame.renewed(page)" in ast.unparse(node), f"{path}: {node.name}"


def test_nobody_reads_a_teams_text_as_html() -> None:
    """Markdown with HTML is never asked for; ``st.html`` is, with what its callers have escaped."""
    for path in [*PACKAGE, *PAGES, ROOT / "app.py"]:
        assert "unsafe_allow_html" not in path.read_text(encoding="utf-8"), path


def test_what_the_packages_bring_in_is_pinned_too() -> None:
    from tools import pins

    here, said = pins.closure(), pins.pinned()
    differing = {name: version for name, version in here.items() if said.get(name) != version}
    assert differing == {}, "python tools/pins.py writes constraints.txt anew"


def test_what_production_must_not_lose_stands_in_the_configuration() -> None:
    """Options of Streamlit that hold a door shut."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["enableXsrfProtection"] and config["server"]["enableCORS"]
    assert config["server"]["maxUploadSize"] <= 100
    assert config["client"]["disableDataExport"] and config["client"]["showErrorDetails"] == "none"


def test_every_block_of_the_style_sheet_is_closed() -> None:
    depth = 0
    for number, line in enumerate((ROOT / "nhr_dash/ui/style.css").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith((".", "@media", "[data")):
            assert depth == 0, f"a block before line {number} was never closed"
        depth += line.count("{") - line.count("}")
    assert depth == 0
