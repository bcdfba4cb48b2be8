"""The registry tables and what can be asked of them: units, indicators, facts, series (read)."""
