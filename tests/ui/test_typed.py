"""The server's half of the field that never loses words, and the merging of two texts."""

import html
import pickle
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from nhr_dash.ui import conflict
from nhr_dash.ui.typed import Typed, _Field, _standing, text

texts = st.text(alphabet="abc .\n<&", max_size=30)


def sent(words: str, count: int, version: int = 1, base: str = "", session: str = "s") -> dict[str, object]:
    return {"text": words, "number": count, "version": version, "base": base, "session": session}


class TestWhatCounts:
    def test_unsaved_until_it_stands_saved(self):
        field = _Field("s")
        assert _standing(field, sent("ny", 1), "", 1, 99) == Typed("ny", 1, "")
        assert _standing(field, sent("ny", 1), "ny", 2, 99) is None
        assert (field.seen, field.settled, field.settled_version) == (1, 1, 2)
        assert _standing(field, sent("ny", 1), "en annens", 3, 99) is None, "it stood saved once; that is over"

    def test_another_may_have_saved_since(self):
        assert _standing(_Field("s"), sent("min", 1, 1, "før"), "deres", 4, 99) == Typed("min", 1, "før")

    def test_changes_in_other_fields_of_the_record_are_no_conflict(self):
        assert _standing(_Field("s"), sent("min", 1, 1, "før"), "før", 7, 99) == Typed("min", 7, "før")

    def test_a_text_typed_while_the_one_before_was_saved_goes_on_from_that(self):
        field = _Field("s")
        _standing(field, sent("en", 1), "", 1, 99)
        _standing(field, sent("en", 1), "en", 2, 99)
        assert _standing(field, sent("en to", 2), "en", 2, 99) == Typed("en to", 2, "en")
        assert _standing(field, sent("en to", 2), "noe annet", 3, 99) == Typed("en to", 2, "en")

    def test_a_text_that_came_before_the_one_saved_was_seen_is_written_on_from_it(self):
        """A fast hand and a slow server: the run that would see the first text saved is begun anew for the second."""
        field = _Field("s")
        assert _standing(field, sent("en", 1), "", 1, 99) == Typed("en", 1, "")
        assert _standing(field, sent("en to", 2), "en", 2, 99) == Typed("en to", 2, "en")
        assert (field.settled, field.settled_version) == (1, 2)
        assert _standing(field, sent("en to tre", 3), "en annens", 3, 99) == Typed("en to tre", 2, "en")

    def test_space_at_the_ends_may_be_trimmed_by_who_saves(self):
        assert _standing(_Field("s"), sent("ny ", 1), "ny", 2, 99) is None
        assert _standing(_Field("s"), sent("ny\nlinje", 1), "ny linje", 2, 99) == Typed("ny\nlinje", 1, "")

    def test_what_was_discarded_does_not_come_back_but_what_is_typed_after_does(self):
        field = _Field("s")
        _standing(field, sent("ny", 3), "", 1, 99)
        field.forgotten = field.seen
        assert _standing(field, sent("ny", 3), "", 1, 99) is None
        assert _standing(field, sent("nyere", 4), "", 1, 99) == Typed("nyere", 1, "")

    @pytest.mark.parametrize(
        "stranger",
        [
            None,
            "tekst",
            [],
            {},
            sent("ny", 1, session="another"),
            sent("x" * 100, 1),
            sent("\0", 1),
            sent("\ud83d", 1),
            {**sent("ny", 1), "text": 7},
            {**sent("ny", 1), "number": "1"},
            {**sent("ny", 1), "version": None},
        ],
        ids=repr,
    )
    def test_a_strangers_word_counts_as_nothing(self, stranger):
        field = _Field("s")
        assert _standing(field, stranger, "", 1, 99) is None
        assert field == _Field("s")

    def test_a_key_with_a_reserved_character_is_refused(self):
        with pytest.raises(ValueError, match="#"):
            text("a#b", "x", "", 1, language="nb")


class TestDrawn:
    def test_the_field_shows_what_is_saved_and_the_session_can_be_written_down(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STORE", str(tmp_path / "record.json"))
        (tmp_path / "record.json").write_text(
            '{"version": 3, "fields": {"what": "a\\r\\nb", "who": "a\\nb"}, "who": "", "when": "2026-01-05T12:00:00"}'
        )
        app = AppTest.from_file(str(Path(__file__).parent.parent / "support" / "typed_app.py")).run()
        assert not app.exception
        drawn = [one.proto.json for one in app.get("bidi_component")]
        assert len(drawn) == 3
        assert '"saved": "a\\nb"' in drawn[0], "a browser's field knows one kind of line end"
        assert '"saved": "a b"' in drawn[1], "and a single line none"
        assert pickle.loads(pickle.dumps(app.session_state["typed"]))

    def test_both_versions_are_escaped(self):
        def script():
            from datetime import datetime

            from nhr_dash.ui import conflict

            args = ("<b>mine</b>", "<i>deres</i>", "", "<u>hvem</u>", datetime(2026, 7, 1, 12))
            conflict.merge("k", "<s>felt</s>", *args, "nb")

        app = AppTest.from_function(script).run()
        assert not app.exception
        shown = " ".join(one.proto.body for one in app.get("html"))
        for tag in ("<b>", "<i>", "<u>", "<s>"):
            assert tag not in shown
        assert "1. juli 2026 14:00" in shown, "Norwegian clock"
        assert [one.label for one in app.button] == ["Behold min", "Behold den andres", "Lagre sammenslått"]


class TestMerging:
    def test_changes_apart_from_each_other(self):
        assert conflict.merged("en to tre fire", "én to tre fire", "en to tre fem") == "én to tre fem"

    @pytest.mark.parametrize(
        ("base", "mine", "theirs"),
        [
            ("en to tre", "en 2 tre", "en II tre"),
            ("", "min", "deres"),
            ("en", "en min", "en deres"),
            ("en to", "", "en to tre"),
        ],
    )
    def test_changes_that_meet(self, base, mine, theirs):
        assert conflict.merged(base, mine, theirs) is None

    @given(texts, texts)
    def test_one_changed_nothing(self, base, other):
        assert conflict.merged(base, base, other) == other
        assert conflict.merged(base, other, base) == other
        assert conflict.merged(base, other, other) == other

    @given(texts, texts, texts)
    def test_the_order_of_the_two_does_not_matter(self, base, mine, theirs):
        assert conflict.merged(base, mine, theirs) == conflict.merged(base, theirs, mine)

    @given(texts, texts)
    def test_what_is_marked_is_the_text_with_its_marks(self, old, new):
        shown = conflict.marked(old, new, "nb")
        unheard = re.sub(r'<span class="nhr-heard">[^<]*</span>', "", shown)
        for gone, left, whole in (("del", "ins", new), ("ins", "del", old)):
            kept = re.sub(f"<{gone}>.*?</{gone}>", "", unheard, flags=re.DOTALL)
            plain = html.unescape(re.sub(f"</?{left}>", "", kept))
            assert plain in (whole, "<em>(tom)</em>")

    def test_ten_thousand_characters_are_no_wait(self):
        base = "ord og " * 1400
        started = time.process_time()
        conflict.merged(base, base.replace("ord", "tall"), "og ord " * 1400)
        conflict.marked(base, "helt annet " * 900, "nb")
        assert time.process_time() - started < 3
