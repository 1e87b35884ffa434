"""What is wrong with a row, said so that its author finds it."""
import sys
import unicodedata

from ._link import native as _native

OPERATIONS = ("upsert", "update", "delete", "truncate")
_SHOWN_MAX = 80
_WARNING = 4  # As Logging.Level has it.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
                          "ŋ": "n", "ŧ": "t", "ĸ": "k"})

_keys = {}   # Of tables: names of the key's columns.
_types = {}  # Of tables: declared types by name.


def remember(tables):
    for table in tables:
        _keys[table["table"]] = table["primary_key"]
        _types[table["table"]] = {column["name"]: column["type"] for column in table["columns"]}


def shown(value):
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX - 3] + "..."


def row_name(table, number, data):
    """"row id=7" where the table has a key, else "row 12", counted from the sync's first operation on the table."""
    key = [name for name in _keys.get(table, ()) if name in data]
    if not key:
        return f"row {number}"
    return "row " + ", ".join(f"{name}={shown(data[name])}" for name in key)


def fault(table, operation, number, data, column, value, problem):
    """Makes the exception that an operation raises for a value that can not be stored as declared."""
    kind = _types.get(table, {}).get(column)
    declared = f"is declared {kind} and " if kind else ""
    return ValueError(f"table {table}, {row_name(table, number, data)}: column {column} {declared}{problem}; "
                      f"{OPERATIONS[operation]}() got the {type(value).__name__} {shown(value)}")


def spelling(table):
    """The same text for all names that the naming rules may make one; for some others too."""
    plain = unicodedata.normalize("NFKD", table.casefold().translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def note(table, operation, number, data, column, value):
    """Warns of a list or dict in a column that is declared STRING."""
    _native.log(_WARNING, (f"table {table}, {row_name(table, number, data)}: column {column} is declared STRING and got a "
                           f"{type(value).__name__}, which is stored as Python writes it: {shown(value)}; declare it JSON "
                           "to keep what it holds. Further ones are not told").encode("utf-8", "backslashreplace"))


def user_frames(trace):
    """Drops the frames of this package from the front of a traceback: they are no news to the author."""
    here = __file__.rsplit("/", 1)[0]
    while trace is not None and trace.tb_next is not None and trace.tb_frame.f_code.co_filename.startswith((here, "<frozen")):
        trace = trace.tb_next
    return trace


def python_version():
    return ".".join(str(part) for part in sys.version_info[:3])
