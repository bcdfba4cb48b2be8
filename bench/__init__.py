"""The speed bars, each measured beside a bare Streamlit app in the same run: ``make bench``."""
