"""The kinds of frames that carry single texts, as python/native/frames.h numbers them."""
import json

try:
    from . import _native
except ImportError as missing:
    raise ImportError(
        "the native part of fivetran_connector_sdk is missing: it is built with tendril and lies beside this package; "
        f"run the project with `tendril debug` ({missing})") from missing

CHECKPOINT = 2
SCHEMA = 4
ANSWER = 5
FAILURE = 6
DONE = 7
WARNING = 8
TASK = 9


def send_text(kind, text):
    _native.send(kind, text.encode("utf-8", "surrogatepass"))


def send_json(kind, value):
    send_text(kind, json.dumps(value))
