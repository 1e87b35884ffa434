"""A text that matches a regular expression."""
import re
import re._constants as kinds
import re._parser as parser


def sample(pattern):
    """Returns a matching text, or None when none is found."""
    try:
        text = "".join(_part(kind, argument, {}) for kind, argument in parser.parse(pattern))
        return text if re.search(pattern, text) else None
    except (re.error, ValueError, RecursionError):
        return None


def _part(kind, argument, groups):
    if kind is kinds.LITERAL:
        return chr(argument)
    if kind is kinds.NOT_LITERAL:
        return "b" if chr(argument) == "a" else "a"
    if kind is kinds.ANY:
        return "a"
    if kind is kinds.IN:
        return _member(argument)
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        least, most, body = argument
        times = max(least, 1) if most else 0
        return "".join(_sequence(body, groups) for _ in range(min(times, 4096)))
    if kind is kinds.SUBPATTERN:
        text = _sequence(argument[-1], groups)
        groups[argument[0]] = text
        return text
    if kind is kinds.BRANCH:
        return _sequence(argument[1][0], groups)
    if kind is kinds.GROUPREF:
        return groups.get(argument, "")
    if kind in (kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT):
        return ""
    raise ValueError(f"unknown part of a pattern: {kind}")


def _sequence(body, groups):
    return "".join(_part(kind, argument, groups) for kind, argument in body)


_CATEGORIES = {kinds.CATEGORY_DIGIT: str.isdigit, kinds.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
               kinds.CATEGORY_SPACE: str.isspace, kinds.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
               kinds.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
               kinds.CATEGORY_NOT_SPACE: lambda c: not c.isspace()}
_ALPHABET = "a1A_-. /" + "".join(chr(code) for code in range(33, 127))


def _member(items):
    negated = items and items[0][0] is kinds.NEGATE
    for character in _ALPHABET:
        if any(_is_in(character, *item) for item in items if item[0] is not kinds.NEGATE) != negated:
            return character
    raise ValueError("an empty set of characters")


def _is_in(character, kind, argument):
    if kind is kinds.LITERAL:
        return ord(character) == argument
    if kind is kinds.RANGE:
        return argument[0] <= ord(character) <= argument[1]
    return _CATEGORIES[argument](character)
