"""The page about one project, a part a file. Each part runs by itself, so that an edit redraws only what it changes."""
