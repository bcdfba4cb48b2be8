import re
from pathlib import Path

import pytest

import nhr_dash.registry
from nhr_dash.text.catalog import t

KEYS = {
    key
    for path in Path(nhr_dash.registry.__file__).parent.glob("*.py")
    for key in re.findall(r'"(footnote\.\w+)"', path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_footnote_has_a_sentence(language):
    assert len(KEYS) == 4
    for key in KEYS:
        sentence = t(language, key, names="Hamar")
        assert sentence.endswith(".")
        assert "Hamar" in sentence
