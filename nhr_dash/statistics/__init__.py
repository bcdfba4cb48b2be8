"""Numbers in, numbers out: knows no table, no screen and no stroke."""
