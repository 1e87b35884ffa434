#!/usr/bin/env python3
"""Writes docs/reference/types.md from tests/types.json, or with --check says whether it is up to date."""
import json
import pathlib
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/types.md"
SHOWN_MAX = 60

INTRODUCTION = """# Types

Written by `./dev docs` from `tests/types.json`, which the contract tests of all destinations are held against: each value
below is written and read back from the destination's own storage, and so is null.

Sources have these types. A column whose values no longer fit grows along
SHORT → INT → LONG → DOUBLE, LONG → DECIMAL, FLOAT → DOUBLE, DECIMAL to more digits, NAIVE_DATE → NAIVE_DATETIME,
and anything → STRING; a value never loses anything on that way.

## How columns are stored
"""

VALUES = """
## Values that are kept

Texts are shown as JSON, bytes as Base64. They are read back as they were, but for the differences below.
"""

DIFFERENCES = """
## Differences

What a destination can not hold, what it has instead, and why.
"""


def text_of(value):
    return value if isinstance(value, str) else value["text"] * value["times"]


def visible(sign):
    return sign == " " or unicodedata.category(sign)[0] not in "CZM"


def escaped(sign):
    """A sign as JSON has it, where it can not be seen."""
    return json.dumps(sign)[1:-1] if sign in '"\\' or not visible(sign) else sign


def shown(text, type_name):
    """A value as a code span within a table; texts as JSON, the long ones cut."""
    if text is None:
        return "NULL"
    code = text[:SHOWN_MAX]
    if type_name in ("STRING", "XML") or not text or not all(map(visible, code)):
        code = '"' + "".join(map(escaped, code)) + '"'
    size = f" … ({len(text.encode()):,} bytes)" if len(text) > SHOWN_MAX else ""
    fence = "``" if "`" in code else "`"
    return fence + code.replace("|", "\\|") + fence + size


def row(cells):
    return "| " + " | ".join(cells) + " |"


def stored_table(types, destinations):
    names = list(destinations)
    lines = [row(["type", *(destinations[name]["title"] for name in names)]), "|" + "---|" * (len(names) + 1)]
    for each in types:
        lines.append(row([f"`{each}`", *(f"`{destinations[name]['types'][each]}`" for name in names)]))
    return lines


def values_table(types):
    lines = ["", row(["type", "value", ""]), "|---|---|---|"]
    for each, values in types.items():
        for value in values:
            lines.append(row([f"`{each}`", value["name"], shown(text_of(value["value"]), each)]))
    return lines


def differences_table(destinations):
    lines = ["", row(["destination", "type", "value", "read back", "why"]), "|---|---|---|---|---|"]
    for destination in destinations.values():
        for each in destination["differences"]:
            read_back = shown(each["stored"], each["type"])
            lines.append(row([destination["title"], f"`{each['type']}`", each["value"], read_back, each["why"]]))
    exact = [each["title"] for each in destinations.values() if not each["differences"]]
    return (lines if len(lines) > 3 else []) + (["", "None: " + ", ".join(exact) + "."] if exact else [])


def types_page():
    table = json.loads((ROOT / "tests/types.json").read_text())
    types, destinations = table["types"], table["destinations"]
    return "\n".join([INTRODUCTION, *stored_table(types, destinations), VALUES.rstrip("\n"), *values_table(types),
                      DIFFERENCES.rstrip("\n"), *differences_table(destinations)]) + "\n"


def main():
    page = types_page()
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or PAGE.read_text() != page:
            print("docs/reference/types.md is not what tests/types.json says: run tools/types_page.py")
            return 1
        return 0
    PAGE.write_text(page)
    print("wrote docs/reference/types.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
