"""The process that `tendril debug` starts: runs a project's connector for one order.

    python -m fivetran_connector_sdk._runner

Descriptors come in the environment: TENDRIL_ORDERS_FD, to read orders from, one JSON object a line; TENDRIL_FRAMES_FD,
to write frames to. The first order is {"do", "project", "configuration", "state", "ordered"}, and may have "profile", to
tell where the time goes, and "exchanges": {"mode": "record" or "replay", "file", "run", "secrets", "words"}. "update" sends
the schema and waits for the line "go" before it runs update(); "schema" sends it and ends; "form" and "test" answer with one
text; "describe" answers with what the tests of the form say, null without a form, and sends the schema unless one failed.
"""
import time

_STARTED = time.monotonic_ns()

import importlib.util
import json
import os
import sys
import traceback

from . import _faults, _frames, _types
from ._files import send_file
from ._link import native as _native
from ._logging import Logging


class _Refused(Exception):
    """Something that the project has to change; needs no traceback."""


def _take_descriptor(name):
    descriptor = int(os.environ.pop(name))
    os.set_inheritable(descriptor, False)
    return descriptor


def _load_connector(project):
    from ._connector import Connector

    path = os.path.join(project, "connector.py")
    if not os.path.isfile(path):
        raise _Refused(f"connector.py not found in {project}")
    sys.path.insert(0, project)
    sys.argv = [path]
    spec = importlib.util.spec_from_file_location("connector", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["connector"] = module
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as missing:
        wanted = os.path.join(project, "requirements.txt")
        how = f"-r {wanted}" if os.path.isfile(wanted) and os.path.getsize(wanted) else (missing.name or "").split(".")[0]
        missing.msg = (f"{missing.msg}: {sys.executable} does not have it; name it in requirements.txt and install it with "
                       f"{sys.executable} -m pip install {how}")
        raise
    found = getattr(module, "connector", None)
    if isinstance(found, Connector):
        return found
    others = sorted(name for name, value in vars(module).items() if isinstance(value, Connector))
    if others:
        raise _Refused(f"Connector object must be named 'connector', but found: {', '.join(others)}")
    kind = "" if found is None else f": `connector` is a {type(found).__name__}"
    raise _Refused("connector object not found in connector.py: write connector = Connector(update=update, "
                   f"schema=schema) outside of all functions{kind}")


def _schema(connector, configuration):
    declared = connector.declared_tables(configuration)
    if declared is None and connector.schema_method is None:
        _frames.send_json(_frames.SCHEMA, None)
        return
    try:
        tables = _types.read_schema(declared, Logging.warning)
    except ValueError as fault:
        raise _Refused(f"schema(): {fault}") from None
    _faults.remember(tables)
    for table in tables:
        _native.declare(table["table"], _types.type_numbers(table))
    _frames.send_json(_frames.SCHEMA, tables)


def _configuration_form(connector):
    form = connector.form()
    if form is None:
        raise _Refused("the connector has no configuration form: pass configuration_form to Connector")
    return form


class _NoProfile:
    def reach(self, moment, cpu_of=None):
        pass


def _carry_out(order, orders, profile):
    connector = _load_connector(order["project"])
    profile.reach("loaded", "load")
    configuration = order["configuration"]
    if order["do"] == "form":
        _frames.send_json(_frames.ANSWER, _configuration_form(connector).described())
        return
    if order["do"] == "test":
        _frames.send_json(_frames.ANSWER, list(_configuration_form(connector).run_tests(configuration)))
        return
    if order["do"] == "describe":
        form = connector.form()
        tests = None if form is None else list(form.run_tests(configuration))
        _frames.send_json(_frames.ANSWER, tests)
        if not all(test["succeeded"] for test in tests or ()):
            return
    _schema(connector, configuration)
    profile.reach("declared", "schema")
    if order["do"] in ("schema", "describe") or orders.readline().strip() != "go":
        return
    profile.reach("go")
    try:
        connector.run_update(configuration, order["state"])
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
        Logging.warning("update() ended by exit(), which counts as its return: write return instead")
    finally:
        profile.reach("ended", "update")


def _carry_out_with(order, orders):
    """With what the order asks for beside: the exchanges and the profile of the run."""
    exchanges = None
    profile = _NoProfile()
    if order.get("exchanges"):
        from . import _exchanges
        exchanges = _exchanges.install(order["exchanges"])
    if order.get("profile"):
        from ._profile import Profile
        profile = Profile(_STARTED)
    try:
        _carry_out(order, orders, profile)
    finally:
        if order.get("profile"):
            _frames.send_json(_frames.PROFILE, profile.told())
        if exchanges is not None:
            exchanges.close()


def _failure_of(fault):
    if isinstance(fault, _Refused):
        return {"message": str(fault), "trace": ""}
    if isinstance(fault, SystemExit):
        return {"message": f"the connector called exit({'' if fault.code is None else fault.code}): raise an exception to "
                           "fail, or return from update() to succeed",
                "trace": _trace_of(fault)}
    if type(fault).__name__ == "ReplayFault":
        return {"message": str(fault), "trace": ""}
    if isinstance(fault, KeyboardInterrupt):
        return {"message": "interrupted", "trace": ""}
    text = str(fault).strip()
    return {"message": f"{type(fault).__name__}: {text}" if text else type(fault).__name__, "trace": _trace_of(fault)}


def _trace_of(fault):
    lines = traceback.format_exception(type(fault), fault, _faults.user_frames(fault.__traceback__))
    return "".join(lines).rstrip()


def main():
    frames = _take_descriptor("TENDRIL_FRAMES_FD")
    orders = open(_take_descriptor("TENDRIL_ORDERS_FD"), encoding="utf-8")
    order = json.loads(orders.readline())
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    _native.open(frames, bool(order.get("ordered")), _faults.fault, send_file,
                 _faults.spelling, _faults.note)
    status = 0
    try:
        _frames.send_json(_frames.HELLO, {"protocol": _frames.PROTOCOL, "kit": f"Python {_faults.python_version()}"})
        _carry_out_with(order, orders)
        _frames.send_json(_frames.DONE, {"python": _faults.python_version()})
    except BaseException as fault:  # Whatever ends the connector is told to the program, which decides.
        status = 1
        try:
            _frames.send_json(_frames.FAILURE, _failure_of(fault))
        except RuntimeError:
            pass  # The program is gone, and with it whoever wanted to know.
    _native.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the connector left behind must not keep the sync from ending.
    os._exit(status)


if __name__ == "__main__":
    main()
