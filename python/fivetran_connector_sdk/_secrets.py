"""What a recording must not hold: values of the configuration that the program keeps out of its lines, and whatever
goes by a name that sounds like a secret."""
import base64
import json
import re
import threading
from urllib.parse import quote, quote_plus, unquote_plus

BLANK = "***"

_SHORTEST = 4   # Bytes, as the program's own rule has it: blanking "1" everywhere would hide more than it protects.
_LEARNT_SHORTEST = 8
_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
# Tokens that say where to go on rather than who is there, and authors.
_PLACES = re.compile(r"page|next|prev|cursor|contin|sync|delta|resume|start|skip|scroll|offset|author(?!i)|type|expir")
# In answers only names that leave no doubt: the rest are rows.
_ANSWERS = re.compile(r"^token$|(access|refresh|id|auth|session|bearer|csrf)_?token$|secret|passw|passphrase|api_?key"
                      r"|access_?key|private_?key")
_JSON_TEXT = r'"((?:[^"\\]|\\.)*)"'
_JSON_MEMBER = re.compile(_JSON_TEXT + r"(\s*:\s*)" + _JSON_TEXT)


def _plain(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")


class Secrets:
    def __init__(self, values, words):
        self._words = tuple(words)
        self._lock = threading.Lock()
        self._spellings = []
        for value in values:
            self.learn(value, _SHORTEST)

    def learn(self, text, shortest=_LEARNT_SHORTEST):
        """From now on `text` is blanked wherever it is, as it is and as URLs, JSON and Base64 spell it."""
        if len(text.encode()) < shortest or BLANK in text:
            return
        spellings = {text, quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1],
                     base64.b64encode(text.encode()).decode()}
        with self._lock:
            self._spellings = sorted({*self._spellings, *spellings}, key=len, reverse=True)

    def names(self, name):
        plain = _plain(name)
        return any(word in plain for word in self._words) and not _PLACES.search(plain)

    def in_text(self, text):
        for spelling in self._spellings:
            text = text.replace(spelling, BLANK)
        return text

    def in_bytes(self, data):
        for spelling in self._spellings:
            data = data.replace(spelling.encode(), BLANK.encode())
        return data

    def in_headers(self, headers):
        return [[name, BLANK if self._is_secret_header(name) else self.in_text(value)] for name, value in headers]

    def learn_headers(self, headers):
        for name, value in headers:
            if name.lower() != "cookie" and name.lower() != "set-cookie" and self._is_secret_header(name):
                self.learn(value.split(" ", 1)[-1].strip())

    def _is_secret_header(self, name):
        return name.lower() in _HEADERS or self.names(name)

    def in_url(self, url):
        head, mark, query = url.partition("?")
        head = re.sub(r"(?<=://)[^/@]*@", BLANK + "@", head)
        return self.in_text(head + mark + (self.in_form(query) if mark else ""))

    def in_form(self, form):
        pairs = []
        for pair in form.split("&"):
            name, equals, value = pair.partition("=")
            if equals and value and self.names(unquote_plus(name)):
                self.learn(unquote_plus(value))
                value = BLANK
            pairs.append(name + equals + value)
        return "&".join(pairs)

    def in_body(self, body, content_type, is_answer):
        """Blanks members of JSON and fields of forms by their names, and what is known by its value in any bytes."""
        text = None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self.in_bytes(body)
        if "x-www-form-urlencoded" in content_type:
            text = self.in_form(text)
        elif "json" in content_type or text.lstrip()[:1] in ("{", "["):
            text = _JSON_MEMBER.sub(lambda found: self._in_member(found, is_answer), text)
        return self.in_text(text).encode()

    def _in_member(self, found, is_answer):
        name, colon, value = found.groups()
        secret = _ANSWERS.search(_plain(name)) and not _PLACES.search(_plain(name)) if is_answer else self.names(name)
        if not secret or not value:
            return found[0]
        try:
            self.learn(json.loads(f'"{value}"'))
        except ValueError:
            pass  # No JSON after all: it is blanked here, and nowhere else.
        return f'"{name}"{colon}"{BLANK}"'
