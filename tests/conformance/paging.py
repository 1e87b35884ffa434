"""Pages: which page a request asks for, and what an answer says so that the manifest's own templates go on to the
next page, or stop. For templates that is found by trying: values are put where the templates look, until they give
what is wanted."""
import itertools
import re

import records
import templates

_MARK = re.compile(r"tkp(\d+)x")
_TRIES_MAX = 30000
_MISSING = object()
FULL_PAGE_MAX = 1000


def mark(page):
    return f"tkp{page}x"


def without_marks(text):
    return _MARK.sub("tkp", text)


class Pages:
    """The pages of one endpoint."""

    def __init__(self, endpoint, config):
        retriever = endpoint.component
        paginator = retriever.get("paginator") or {}
        strategy = paginator.get("pagination_strategy") or {}
        self.endpoint = endpoint
        self.config = config
        self.parameters = strategy.get("$parameters") or paginator.get("$parameters") or {}
        self.kind = {"PageIncrement": "page", "OffsetIncrement": "offset", "CursorPagination": "cursor"}.get(
            strategy.get("type"), "none")
        self.strategy = strategy
        self.option = paginator.get("page_token_option") or {}
        self.by_path = self.option.get("type") == "RequestPath"
        self.page_size = self._static_number(strategy.get("page_size"))
        self.slots = self._token_slots()
        self.known_tokens = {}
        self.plan = None

    def _static_number(self, value):
        text = templates.static_text(str(value), self.config, self.parameters) if value is not None else None
        try:
            return int(text) if text else None
        except ValueError:
            return None

    def _token_slots(self):
        """Returns the names of the request's fields that carry the page token."""
        slots = set()
        name = self.option.get("field_name") or (self.option.get("field_path") or [None])[-1]
        if name:
            slots.add(templates.static_text(str(name), self.config, self.parameters) or name)
        for place in ("request_parameters", "request_headers", "request_body_json", "request_body_data"):
            content = self.endpoint.requester.get(place)
            if isinstance(content, dict):
                slots |= {key for key, value in content.items() if "next_page_token" in str(value)}
        return slots

    def sizes(self, slice_seed):
        """Returns how many records each page has."""
        shape = self.endpoint.shape
        if not shape.is_target:
            return [2]
        if self.kind == "none":
            return [5]
        big = self.page_size is not None and self.page_size <= FULL_PAGE_MAX and (
            not shape.partitioned or records.number_of("full", slice_seed) % 4 == 0)
        if self.kind in ("page", "offset"):
            if self.page_size is None:
                return [3, 2]
            return [self.page_size, 2] if big and self.page_size > 2 else ([self.page_size, 1] if big else [1])
        return [2, 2, 1] if self.slots or self.by_path else [2]

    def page_of(self, request, values, sizes):
        """Returns the number, from 1, of the page that a request asks for."""
        if self.kind == "none":
            return 1
        found = [value for name, value in values if name in self.slots]
        if self.kind == "page":
            first = self._static_number(self.strategy.get("start_from_page")) or 0
            return _whole(found, first) - first + 1
        if self.kind == "offset":
            offset = _whole(found, 0)
            totals = list(itertools.accumulate([0] + sizes))
            return totals.index(offset) + 1 if offset in totals else len(sizes) + 1
        marks = _MARK.findall(request.url + request.body.decode("utf-8", "replace") + " ".join(found))
        if marks:
            return int(marks[-1])
        return next((self.known_tokens[value] for value in found if value in self.known_tokens), 1)

    def finish(self, build, page, sizes, url):
        """Makes an answer of a cursor's page. `build(count, drop)` returns (document, records).
        Returns (document, headers)."""
        last = page >= len(sizes)
        if self.plan is None:
            self.plan = Plan(self, build, sizes, url)
        choice = self.plan.last if last else self.plan.onward
        if choice is None:
            return build(0 if page > 1 else sizes[0], False)[0], {}
        count = choice.count if last else sizes[page - 1]
        document, made = build(count, choice.drop)
        scene = Scene(document, made)
        self.plan.fill(scene, choice.symbols, page, len(sizes), url)
        if not last:
            token = self.plan.token(scene)
            self.known_tokens.setdefault(str(token), page + 1)
        return scene.document, scene.headers


def _whole(found, otherwise):
    for value in found:
        try:
            return int(float(value))
        except ValueError:
            continue
    return otherwise


class Scene:
    """An answer in the making, as the templates of a paginator see it."""

    def __init__(self, document, made):
        self.document = document
        self.records = made
        self.headers = {}
        self.links = {}

    def context(self):
        return {"response": self.document, "headers": {**self.headers, "link": self.links},
                "last_record": self.records[-1] if self.records else None, "last_page_size": len(self.records)}


class Choice:
    def __init__(self, symbols, count, drop):
        self.symbols = symbols
        self.count = count
        self.drop = drop


class Plan:
    """What stands where the templates look, on pages that go on and on the last."""
    ONWARD = ("token", "url", "true", "next", "page", "total", "link", "hint", "links", "ones", "text", "false")
    LAST = ("null", "missing", "false", "empty", "zero", "null text", "false text", "object", "page", "total",
            "token", "url", "link", "true", "list")

    def __init__(self, pages, build, sizes, url):
        self._pages = pages
        self._cursor = str(pages.strategy.get("cursor_value") or "")
        self._stop = pages.strategy.get("stop_condition")
        self._stop = None if self._stop is None else str(self._stop)
        self._hints = templates.literals(self._cursor)
        document, made = build(sizes[0], False)
        self._variables = self._find_variables(document, made)
        cursor_paths = {path for root in ("response", "headers") for path in templates.paths(self._cursor, root)}
        self._token_varies = any(path in cursor_paths for _, path in self._variables)
        self.onward = self._search(self.ONWARD, [(sizes[0], False)], build, sizes, url, False)
        counts = [(count, drop) for drop in (False, True) for count in dict.fromkeys((sizes[-1], 0, 1))]
        self.last = self._search(self.LAST, counts, build, sizes, url, True)

    def _find_variables(self, document, made):
        found = []
        for root in ("response", "headers", "last_record"):
            paths = [path for text in (self._cursor, self._stop or "") for path in templates.paths(text, root)]
            for path in dict.fromkeys(paths):
                if any(other != path and other[:len(path)] == path for other in paths):
                    continue
                if root == "response" and _leads_to_records(document, path, made):
                    continue
                if root == "last_record" and made and path[0] in made[-1] and self._pages.endpoint.shape.needs.get(
                        path) == "id":
                    continue
                found.append((root, path))
        return found

    def _search(self, domain, variants, build, sizes, url, last):
        tries = 0
        for count, drop in variants:
            for symbols in itertools.product(domain, repeat=len(self._variables)):
                tries += 1
                if tries > _TRIES_MAX:
                    return None
                if self._fits(Choice(symbols, count, drop), build, sizes, url, last):
                    return Choice(symbols, count, drop)
        return None

    def _fits(self, choice, build, sizes, url, last):
        if last:
            scene = self._scene(choice, build, len(sizes), len(sizes), url)
            return self._stops(scene) or not templates.is_true(self.token(scene))
        tokens = []
        for page in (1, 2):
            scene = self._scene(choice, build, page, max(len(sizes), 3), url)
            token = self.token(scene)
            if self._stops(scene) or token in (None, "", 0, False, [], {}) or isinstance(token, (bool, float)):
                return False
            if self._pages.by_path and not str(token).startswith(("http", "/")):
                return False
            tokens.append(str(token))
        recognised = tokens[0] != tokens[1] or not self._token_varies
        return recognised and self._names_one_page(tokens[0])

    @staticmethod
    def _names_one_page(token):
        return "<" not in token and token not in ("None", "True")

    def _scene(self, choice, build, page, total, url):
        document, made = build(choice.count, choice.drop)
        scene = Scene(document, made)
        self.fill(scene, choice.symbols, page, total, url)
        return scene

    def _stops(self, scene):
        if self._stop is None:
            return False
        if not templates.is_template(self._stop):
            return templates.is_true(self._stop)
        return templates.is_true(templates.evaluate(self._stop, self._context(scene)))

    def token(self, scene):
        return templates.evaluate(self._cursor, self._context(scene))

    def _context(self, scene):
        return {"config": self._pages.config, "parameters": self._pages.parameters, **scene.context()}

    def fill(self, scene, symbols, page, total, url):
        for (root, path), symbol in zip(self._variables, symbols):
            value = self._value(symbol, page, total, url)
            if root == "response" and isinstance(scene.document, dict):
                _place(scene.document, path, value)
            elif root == "last_record" and scene.records:
                _place(scene.records[-1], path, value)
            elif root == "headers":
                self._place_header(scene, path, value)
        if scene.links:
            scene.headers["Link"] = ", ".join(_link_text(rel, link) for rel, link in scene.links.items())

    @staticmethod
    def _place_header(scene, path, value):
        name = str(path[0])
        if name.lower() == "link" and len(path) > 1:
            if value is not _MISSING and value is not None:
                link = scene.links.setdefault(str(path[1]), {"rel": str(path[1])})
                link[str(path[2]) if len(path) > 2 else "url"] = _header_text(value)
        elif value is not _MISSING and value is not None:
            scene.headers[name] = _header_text(value)

    def _value(self, symbol, page, total, url):
        separator = "&" if "?" in url else "?"
        next_url = f"{url}{separator}next_page_mark={mark(page + 1)}"
        simple = {"token": mark(page + 1), "url": next_url, "true": True, "false": False, "next": page + 1,
                  "page": page, "total": total, "ones": 1, "null": None, "missing": _MISSING, "empty": "", "zero": 0,
                  "null text": "null", "false text": "false", "text": "true", "object": {},
                  "link": f'<{next_url}>; rel="next"', "list": [],
                  "links": [{"rel": "next", "href": next_url, "url": next_url}]}
        if symbol in simple:
            return simple[symbol]
        return self._hinted(next_url, page)

    def _hinted(self, next_url, page):
        """A URL with the parts in it that the template cuts out."""
        for hint in self._hints:
            number = re.search(r"([\w\[\]$.%-]+=)\(\\d\+\)", hint.replace("\\$", "$"))
            plain = re.fullmatch(r"[?&]?([\w\[\]$.%-]+=)", hint)
            caught = re.search(r"([\w\[\]$.%-]+=)\(", hint.replace("\\$", "$"))
            if number:
                next_url += f"&{number.group(1)}{page + 1}"
            elif plain or caught:
                next_url += f"&{(plain or caught).group(1)}{mark(page + 1)}"
        return next_url


def _header_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _link_text(rel, link):
    rest = "".join(f'; {key}="{value}"' for key, value in link.items() if key not in ("url", "rel"))
    return f'<{link.get("url", "https://example.com/none")}>; rel="{rel}"{rest}'


def _place(target, path, value):
    if value is not _MISSING:
        records.put(target, path, value)
        return
    parent = path[:-1]
    if parent:
        records.put(target, parent, _existing(target, parent))


def _existing(target, path):
    for key in path:
        try:
            target = target[key]
        except (KeyError, IndexError, TypeError):
            return {}
    return target if isinstance(target, (dict, list)) else {}


def _leads_to_records(document, path, made):
    """Returns whether a path of the answer ends at the records or inside one."""
    node = document
    for key in path:
        if node is made or (isinstance(node, list) and node == made and made):
            return True
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(node, list) and bool(made) and node == made
