"""Connector: what a project defines, and the ways to run it."""
import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile

from ._link import native as _native
from ._logging import Logging


def _check_arity(name, function, arguments):
    """Says what is wrong rather than that some argument is."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as fault:
        raise TypeError(f"{name}() must take {len(arguments)} argument{'s' * (len(arguments) > 1)}, "
                        f"{name}({', '.join(arguments)}): {fault}") from None
    except ValueError:
        pass  # Not a function that can say what it takes; the call will.


class Connector:
    """`update(configuration, state)` sends the data; `schema(configuration)` says what tables there are."""

    def __init__(self, update, schema=None, configuration_form=None, *, configuration_form_fn=None):
        configuration_form = configuration_form or configuration_form_fn  # As some public projects spell it.
        for name, function in (("update", update), ("schema", schema), ("configuration_form", configuration_form)):
            if function is not None and not callable(function) or name == "update" and function is None:
                raise TypeError(f"Connector: {name} must be a function, not {type(function).__name__}")
        self.update_method = update
        self.schema_method = schema
        self.configuration_form_method = configuration_form

    def declared_tables(self, configuration):
        """What schema() returns; None without one."""
        if self.schema_method is None:
            return None
        _check_arity("schema", self.schema_method, ("configuration",))
        return self.schema_method(configuration)

    def run_update(self, configuration, state):
        """Runs update() to its end, whether it calls its operations or yields them."""
        _check_arity("update", self.update_method, ("configuration", "state"))
        result = self.update_method(configuration, state)
        if inspect.isgenerator(result) or hasattr(result, "__next__"):
            for _ in result:
                pass
        elif inspect.iscoroutine(result):
            result.close()
            raise TypeError("update() is async: it must be a plain function or a generator")

    def form(self):
        """The configuration form; None without one."""
        return None if self.configuration_form_method is None else self.configuration_form_method()

    def debug(self, project_path=None, configuration=None, state=None, naming=None,
              log_level=Logging.Level.DEBUG):
        """Runs the project by `tendril debug`; for `python connector.py`. Exits with its status when it fails."""
        if _native.is_open():
            raise RuntimeError("connector.debug() was called while a sync runs: put it below "
                               "`if __name__ == \"__main__\":`")
        project = os.path.abspath(project_path or os.path.dirname(os.path.abspath(sys.argv[0] or ".")))
        program = os.environ.get("TENDRIL") or shutil.which("tendril")
        if program is None:
            raise RuntimeError("tendril is not on the PATH: install it, or name it in the variable TENDRIL")
        command = [program, "debug", project, "--python", sys.executable]
        with tempfile.TemporaryDirectory() as folder:
            for option, value in (("configuration", configuration), ("state", state)):
                if value is not None:
                    path = os.path.join(folder, option + ".json")
                    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                        json.dump(value, file)
                    command += ["--" + option, path]
            if naming is not None:
                command += ["--naming", naming]
            status = subprocess.run(command, check=False).returncode
        if status != 0:
            sys.exit(status if status > 0 else 1)

    def run(self, *_, **__):
        raise RuntimeError("connector.run() starts a server for Fivetran's platform, which only their own package "
                           "has; locally run the project with `tendril debug`")

    def deploy(self, *_, **__):
        raise RuntimeError("connector.deploy() talks to Fivetran's platform, which only their own package does")
