"""The views of *Variasjon*: each module has a ``draw(page)`` that reads the choices, asks and draws."""
