"""A small app around the field that never loses words: one record in a JSON file, saved under its version.

``STORE`` names the file. The record's two fields share a version, as a row of a table does. ``?who=`` says who saves,
``?form=1`` puts a field in a form.
"""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from nhr_dash.ui import conflict, style, typed

STORE = Path(os.environ["STORE"])
WHO = st.query_params.get("who", "Sykepleier")


def read() -> dict[str, Any]:
    if not STORE.exists():
        return {"version": 1, "fields": {}, "who": "", "when": "2026-01-05T12:00:00"}
    return json.loads(STORE.read_text(encoding="utf-8"))


@st.cache_resource
def one_at_a_time() -> Any:
    return threading.Lock()


def save(name: str, text: str, version: int) -> bool:
    """Save a field of the record if nobody has since the version; say whether it was."""
    with one_at_a_time():
        record = read()
        if version != record["version"]:
            return False
        record["fields"][name] = text
        record |= {"version": version + 1, "who": WHO, "when": datetime.now(UTC).replace(tzinfo=None).isoformat()}
        half = STORE.with_suffix(".half")
        half.write_text(json.dumps(record), encoding="utf-8")
        half.replace(STORE)
        return True


def field(name: str, label: str, **options: Any) -> None:
    record = read()
    key, stands = f"cycle:1:{name}", record["fields"].get(name, "")
    wrote = typed.text(key, label, stands, record["version"], language="nb", **options)
    if wrote is None:
        return
    if not save(name, wrote.text, wrote.version):
        when = datetime.fromisoformat(record["when"])
        chosen = conflict.merge(key, label, wrote.text, stands, wrote.base, record["who"], when, "nb")
        if chosen is None:
            return
        save(name, chosen, record["version"])
        typed.discard(key)
    st.rerun()


@st.fragment
def piece() -> None:
    field("piece", "I en del som kjører alene", rows=2, longest=50)


st.set_page_config(page_title="Felt", layout="wide")
style.apply()
st.html("<script>document.documentElement.lang='nb'</script>", unsafe_allow_javascript=True)
st.title("Felt")
if st.query_params.get("form"):
    with st.form("form"):
        sent = typed.text("cycle:1:form", "I et skjema", "", 1, language="nb")
        st.form_submit_button("Send")
    st.markdown(f"Sendt: {sent.text if sent else ''}")
else:
    field("what", "Hva skal vi gjøre?", longest=10_000, help="Hvem gjør hva, hvor og når?", placeholder="Skriv her")
    field("who", "Hvem?", rows=1)
    piece()
    st.text_area("Streamlits eget felt", help="Til sammenligning")
