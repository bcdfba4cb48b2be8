"""One PDSA cycle on a telephone: four cards, each a module of its own."""
