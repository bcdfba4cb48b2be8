"""Loading a delivery in the app: the same loader as on the command line, in two steps."""

import tempfile
from pathlib import Path

import pandas
import streamlit as st
from sqlalchemy import Connection, select

from nhr_dash.registry import load
from nhr_dash.registry.tables import delivery
from nhr_dash.settings import settings
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, number
from nhr_dash.ui import caches
from nhr_dash.ui.frame import Frame

SHOWN_FINDINGS = 500


def rows(connection: Connection, language: str) -> pandas.DataFrame:
    """Every delivery, newest first, as text under headings in the language."""
    c = delivery.c
    found = connection.execute(select(delivery).order_by(c.extract_date.desc(), c.id.desc())).mappings()
    return pandas.DataFrame(
        [
            {
                t(language, "delivery.column_extract"): day(row["extract_date"], language),
                t(language, "delivery.column_form"): row["form"],
                t(language, "delivery.column_file"): row["file"],
                t(language, "delivery.column_read"): number(row["rows_read"], language),
                t(language, "delivery.column_new"): number(row["rows_new"], language),
                t(language, "delivery.column_changed"): number(row["rows_changed"], language),
                t(language, "delivery.column_rejected"): number(row["rows_rejected"], language),
                t(language, "delivery.column_newest"): day(row["newest_admission"], language),
            }
            for row in found
        ]
    )


def next_week(page: Frame) -> None:
    """Demo: load the week after the newest delivery of the sample registry."""
    from nhr_dash.registry import sample

    lang = page.language
    if not st.button(t(lang, "delivery.next_week"), help=t(lang, "delivery.next_week_help")):
        return
    with st.spinner(t(lang, "delivery.loading")):
        report = sample.next_week(caches.loader(settings().loader_url), page.scope)
    if report is None:
        st.info(t(lang, "delivery.no_more_weeks"))
    else:
        st.session_state["delivery_told"] = _summary(report, lang)
        st.rerun()


def upload(page: Frame) -> None:
    """Upload, findings as a table, confirm. Nothing is written before the confirmation."""
    lang = page.language
    told = st.session_state.pop("delivery_told", None)
    if told:
        st.success(told)
    # A new key empties the uploader after a load; nothing else does.
    turn = st.session_state.setdefault("delivery_turn", 0)
    files = st.file_uploader(
        t(lang, "delivery.upload"),
        type=["csv", "txt", "xlsx"],
        accept_multiple_files=True,
        key=f"delivery_files_{turn}",
    )
    if not files:
        return
    extract_date = st.date_input(t(lang, "delivery.extract_date"), value=None, format="DD.MM.YYYY")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for file in files:
            path = Path(folder) / Path(file.name).name
            path.write_bytes(file.getvalue())
            paths.append(path)
        confirmed = st.session_state.get("delivery_confirm", False)
        bar = st.progress(0.0, text=t(lang, "delivery.loading" if confirmed else "delivery.checking"))

        def step(done: float, key: str) -> None:
            bar.progress(min(max(done, 0.0), 1.0), text=t(lang, key))

        try:
            report = load.load_files(
                caches.loader(settings().loader_url),
                page.scope,
                paths,
                extract_date=extract_date,
                dry_run=not confirmed,
                language=lang,
                progress=step,
            )
        except load.Refused as refused:
            st.error(t(lang, refused.reason_key, **refused.params))
            return
        finally:
            bar.empty()
    if confirmed:
        st.session_state["delivery_told"] = _summary(report, lang)
        st.session_state["delivery_turn"] = turn + 1
        st.rerun()
    _findings(report, lang)
    if any(one.refused is None for one in report.files):
        st.button(t(lang, "delivery.confirm"), type="primary", key="delivery_confirm")


def _summary(report: load.LoadReport, language: str) -> str:
    """One line a file: what was read, new, changed and rejected, or why it was refused."""
    lines = []
    for one in report.files:
        if one.refused is not None:
            lines.append(f"{one.file}: {one.refusal(language)}")
        elif one.already_loaded:
            lines.append(t(language, "delivery.already", file=one.file))
        else:
            lines.append(
                t(
                    language,
                    "delivery.summary",
                    file=one.file,
                    read=number(one.rows_read, language),
                    new=number(one.rows_new, language),
                    changed=number(one.rows_changed, language),
                    rejected=number(one.rows_rejected, language),
                )
            )
    return "  \n".join(lines)


def _findings(report: load.LoadReport, language: str) -> None:
    st.markdown(_summary(report, language))
    findings = [finding for one in report.files for finding in one.findings]
    if not findings:
        if not report.refused:
            st.success(t(language, "delivery.no_findings"))
        return
    told = t(language, "delivery.findings", count=number(sum(one.findings_count for one in report.files), language))
    st.warning(told)
    st.dataframe(
        pandas.DataFrame(
            [
                {
                    t(language, "delivery.column_file"): finding.file,
                    t(language, "delivery.column_line"): "" if finding.line is None else number(finding.line, language),
                    t(language, "delivery.column_column"): finding.column,
                    t(language, "delivery.column_value"): finding.value,
                    t(language, "delivery.column_reason"): finding.sentence(language),
                }
                for finding in findings[:SHOWN_FINDINGS]
            ]
        ),
        hide_index=True,
        alt=told,
    )
