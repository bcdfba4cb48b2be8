"""*Indikatorene*: what the fagråd keeps the indicators by, and what other limits would do."""
