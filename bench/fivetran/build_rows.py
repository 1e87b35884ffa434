"""Builds a project's rows and drops them: build_rows.py FOLDER COUNT. The limit of what any engine can do with it."""
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

from rows import rows  # noqa: E402

for _ in rows(int(sys.argv[2])):
    pass
