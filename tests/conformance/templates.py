"""Templates as the imposter needs them: which values they read, and what they give for made-up ones."""
import ast
import base64
import functools
import hashlib
import json
import re

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import SandboxedEnvironment

# Names that a template may read and that are known before any request is sent.
STATIC_NAMES = {"config", "parameters"}


def _regex_search(value, pattern):
    found = re.search(pattern, str(value))
    return found.group(1) if found and found.groups() else ""


def _environment():
    environment = SandboxedEnvironment()
    environment.filters.update(
        regex_search=_regex_search,
        hash=lambda value, kind="md5", salt=None: hashlib.new(
            kind, (str(value) + (salt or "")).encode()).hexdigest(),
        base64encode=lambda value: base64.b64encode(str(value).encode()).decode(),
        base64decode=lambda value: base64.b64decode(str(value)).decode(),
        string=lambda value: value if isinstance(value, str) else json.dumps(value))
    environment.globals.clear()
    return environment


_ENVIRONMENT = _environment()


def is_template(text):
    return isinstance(text, str) and ("{{" in text or "{%" in text)


@functools.lru_cache(maxsize=None)
def parse(text):
    """Returns the syntax tree, or None for what is no template."""
    try:
        return _ENVIRONMENT.parse(text)
    except jinja2.TemplateSyntaxError:
        return None


@functools.lru_cache(maxsize=None)
def _compiled(text):
    return _ENVIRONMENT.from_string(text)


@functools.lru_cache(maxsize=None)
def names(text):
    """Returns the names that a template reads from outside."""
    tree = parse(text)
    return frozenset(meta.find_undeclared_variables(tree)) if tree else frozenset()


def evaluate(text, context):
    """Returns the template's value with Python literals converted; None when it has none."""
    if not isinstance(text, str):
        return text
    try:
        result = _compiled(text).render(context)
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, AttributeError, IndexError):
        return None
    if not result:
        return None
    try:
        return ast.literal_eval(result)
    except (ValueError, SyntaxError, TypeError, MemoryError):
        return result


def is_true(value):
    return value not in (None, "", False, 0, "False", "false", "{}", "[]", "()", "0", "0.0") and bool(value)


def static_text(text, config, parameters=None):
    """Returns what a template gives that reads the configuration only; None for all others."""
    if not is_template(text):
        return text
    if not names(text) <= STATIC_NAMES:
        return None
    try:
        return _compiled(text).render({"config": config, "parameters": parameters or {}})
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, AttributeError):
        return None


def paths(text, root):
    """Returns the paths ("a", "b", 0) that a template reads below the name `root`, longest forms only."""
    tree = parse(text) if isinstance(text, str) else None
    found = []
    if tree is not None:
        _collect(tree, root, found)
    return list(dict.fromkeys(found))


def _collect(node, root, found):
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and _chain(node, root) is None:
        for part in [node.node.node, *node.args, *(k.value for k in node.kwargs)]:
            _collect(part, root, found)
        return
    path = _chain(node, root)
    if path is None:
        for child in node.iter_child_nodes():
            _collect(child, root, found)
        return
    if path:
        found.append(path)
    _collect_arguments(node, root, found)


def _collect_arguments(node, root, found):
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Or):
            node = node.left
            continue
        if isinstance(node, nodes.Call):
            for argument in node.args[1:]:
                _collect(argument, root, found)
            node = node.node
        node = node.node


def _chain(node, root):
    if isinstance(node, nodes.Name):
        return () if node.name == root else None
    if isinstance(node, nodes.Getattr):
        return _longer(_chain(node.node, root), node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return _longer(_chain(node.node, root), node.arg.value)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Neg) and isinstance(node.arg.node, nodes.Const):
        return _longer(_chain(node.node, root), -node.arg.node.value)
    if isinstance(node, nodes.Or) and _is_empty(node.right):
        return _chain(node.left, root)
    if isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None:
        return _chain(node.node, root)
    if (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr == "get"
            and node.args and isinstance(node.args[0], nodes.Const)):
        return _longer(_chain(node.node.node, root), node.args[0].value)
    return None


def _is_empty(node):
    if isinstance(node, (nodes.Dict, nodes.List)):
        return not node.items
    return isinstance(node, nodes.Const) and not node.value


def _longer(path, key):
    return None if path is None else path + (key,)


def literals(text, kinds=(str,)):
    """Returns the constants of a template: hints at what its values look like."""
    tree = parse(text) if isinstance(text, str) else None
    if tree is None:
        return []
    return list(dict.fromkeys(c.value for c in tree.find_all(nodes.Const) if type(c.value) in kinds))
