"""Team texts as they were typed: never markup, wherever a Streamlit element would read Markdown."""

import re

# Every sign that begins something in Markdown, Streamlit's own directives (:red[…], :material/…:) and math included.
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=^])")


def plain(text: str) -> str:
    """The text with every sign of Markdown escaped; line breaks become spaces. For titles, labels and links."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
