"""The kinds of frames that carry single texts, as python/native/frames.h numbers them."""
import json

from ._link import native as _native

CHECKPOINT = 2
SCHEMA = 4
ANSWER = 5
FAILURE = 6
DONE = 7
WARNING = 8
TASK = 9
HELLO = 11
PROFILE = 12

# What frames and orders are: the number that the program has in src/bridges/fivetran/connector_process.h.
PROTOCOL = 1


def send_text(kind, text):
    _native.send(kind, text.encode("utf-8", "surrogatepass"))


def send_json(kind, value):
    send_text(kind, json.dumps(value))
