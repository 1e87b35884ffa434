#!/usr/bin/env python3
"""Checks that docs/reference/events.md lists exactly the events that the program logs.

An event is a constant message with named fields; see core/log.h. Every call of a log in src/
is compared with the page's tables: message, level and names of fields. Prints one line per
difference and exits with 1 if there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "events.md"
CALL = re.compile(r"\blog(?:_|\(\))?\s*\.\s*(debug|info|warning|error)\(")
LITERAL = re.compile(r'\s*((?:"(?:\\.|[^"\\])*"\s*)+)')
FIELD = re.compile(r'\{\s*"(\w+)"\s*,')
REPORT = re.compile(r'\{"message", Value\("([^"]+)"\)\}')
# These hand on the lines of other programs as they are, or write those that a partner's host reads.
PASSED_ON = {"src/bridges/airbyte/program_run.cc", "src/bridges/fivetran/project_source.cc",
             "src/bridges/partner/destination_service.cc", "src/bridges/partner/partner_log.cc",
             "src/bridges/partner/partner_source.cc"}
ROW = re.compile(r"^\| `([^`]+)` \| (\w+) \|([^|]*)\|")


def arguments(text, start):
    """Returns the text up to the parenthesis that closes the one before `start`."""
    depth, at, in_string = 1, start, False
    while depth and at < len(text):
        if text[at] == "\\" and in_string:
            at += 1
        elif text[at] == '"':
            in_string = not in_string
        elif not in_string:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[start:at - 1]


def emitted():
    """Returns {message: (level, fields, where)} and what is wrong with the calls themselves."""
    events, offences = {}, []
    for path in sorted((ROOT / "src").rglob("*.cc")):
        place = path.relative_to(ROOT)
        if path.stem.endswith("_test") or place.parts[1] == "testing" or place.as_posix() in PASSED_ON:
            continue
        text = path.read_text()
        for call in CALL.finditer(text):
            where = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, call.start()) + 1}"
            inside = arguments(text, call.end())
            literal = LITERAL.match(inside)
            if not literal:
                offences.append(f"{where}: the message of an event is a constant text")
                continue
            message = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', literal[1]))
            level, fields, first = events.get(message, (call[1], frozenset(), where))
            if level != call[1]:
                offences.append(f"{where}: \"{message}\" has another level than at {first}")
            events[message] = (level, fields | frozenset(FIELD.findall(inside)), first)
        for report in REPORT.finditer(text):
            events[report[1]] = ("info", frozenset(["connection", "report"]), str(path.relative_to(ROOT)))
    return events, offences


def documented():
    """Returns {message: (level, fields)} of the page's tables."""
    events = {}
    for line in PAGE.read_text().splitlines():
        row = ROW.match(line)
        if row:
            events[row[1]] = (row[2], frozenset(name for name in re.split(r"[,\s]+", row[3].strip()) if name))
    return events


def main():
    events, offences = emitted()
    if sys.argv[1:] == ["--list"]:
        for message, (level, fields, _) in sorted(events.items()):
            print(f"| `{message}` | {level} | {', '.join(sorted(fields))} | |")
        return 0
    page = documented()
    for message, (level, fields, where) in sorted(events.items()):
        if message not in page:
            offences.append(f"{where}: event is not in {PAGE.relative_to(ROOT)}: {message}")
        elif page[message] != (level, fields):
            offences.append(f"{where}: event is listed with another level or other fields: {message}: "
                            f"{level}, {', '.join(sorted(fields))}")
    offences += [f"{PAGE.relative_to(ROOT)}: nobody logs this event: {message}" for message in page if message not in events]
    print("\n".join(offences) or f"{len(events)} events are documented")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
