"""The list beside a chart of units: a row a unit with a link, tied to its point by hovering, sorted as asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import choices


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's row. ``cells``: HTML after the name; ``note``: a line under it."""

    unit: int
    name: str
    cells: tuple[str, ...]
    strong: bool = False
    note: str = ""


def ask_order(name: str, codes: Sequence[str], language: str) -> str:
    """By what the rows are sorted. ``name``: of the code in the link."""
    return choices.ask(
        st.selectbox,
        name,
        t(language, "variation.sort"),
        codes,
        codes[0],
        format_func=lambda one: t(language, f"variation.sort_{one}"),
    )


def draw(
    lines: Sequence[Line], heads: Sequence[str], caption: str, link: Callable[[int], Mapping[str, Any]], key: str = ""
) -> None:
    """The table. ``link``: the codes of a unit's run chart; ``caption``: what it holds, for a screen reader; ``key``:
    of the chart whose points are tied to the rows, if they are."""
    body = "".join(_row(line, link(line.unit)) for line in lines)
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    st.html(
        f'<div class="nhr-units"><table><caption class="nhr-heard">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if key:
        st.html(f"<style>{''.join(_tied(line, key) for line in lines)}</style>")


def _row(line: Line, codes: Mapping[str, Any]) -> str:
    name = f'<a href="seriediagram?{escape(urlencode(codes))}">{escape(line.name)}</a>'
    if line.strong:
        name = f"<strong>{name}</strong>"
    if line.note:
        name += f"<small>{escape(line.note)}</small>"
    cells = "".join(f"<td>{cell}</td>" for cell in line.cells)
    return f'<tr class="nhr-unit-{line.unit}"><th scope="row">{name}</th>{cells}</tr>'


def _tied(line: Line, key: str) -> str:
    """A pointer over a row lifts its point out, and the other way round."""
    point = f'.st-key-{key} [aria-label^="{_quoted(line.name)}:"]'
    row = f".nhr-unit-{line.unit}"
    return (
        f"body:has({row}:is(:hover, :focus-within)) {point} {{ stroke-width: 7px; }}"
        f"body:has({point}:hover) {row} {{ background: color-mix(in srgb, currentColor 12%, transparent); }}"
    )


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
