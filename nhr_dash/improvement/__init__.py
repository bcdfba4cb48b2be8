"""What teams write: events, projects, cycles. Reads and writes its own tables, asks the registry nothing back."""
