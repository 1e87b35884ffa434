#!/usr/bin/env python3
"""Writes the reference pages that follow from the program itself, docs/reference/cli.md and
docs/reference/connectors.md, and docs/reference/types.md, which follows from what its tests are held against."""
import json
import os
import pathlib
import subprocess

from types_page import types_page

ROOT = pathlib.Path(__file__).resolve().parent.parent
TENDRIL = ROOT / os.environ.get("TENDRIL", "build/release/tendril")
COMMANDS = ["connectors", "check", "discover", "sync", "runs list", "runs show", "runs cancel", "runs retry",
            "state show", "state reset", "state edit", "lint", "airbyte", "debug", "reset", "fivetran serve-source",
            "fivetran serve-destination", "fivetran test-destination",
            "init", "sandbox", "version", "completion",
            "fault-points"]

ENVIRONMENT = """## Environment

| variable | what it says |
|---|---|
| `TENDRIL_CATALOGUE` | the folder of connectors, as `--catalogue` does |
| `TENDRIL_NOW` | the time that templates, windows and tokens see, for runs that have to come out the same: `2024-01-02T03:04:05Z`, or any usual spelling of an instant; without a zone it is UTC. It stands still. Waits stay real: a pause lasts as long as it says, and a moment that a server names for one is compared with the machine's clock. What is no instant is refused with exit status 2 |
| `TENDRIL_HOME` | the folder of the record of runs, `runs.db`; `$XDG_STATE_HOME/tendril` or `~/.local/state/tendril` by default |
| `TENDRIL_FAULT` | `POINT:N:ACTION` kills, stops or ends the process when a point is passed for the N-th time, for tests; see [guarantees](../guarantees.md) |
| `TENDRIL_AIRBYTE_PYTHON` | the Python that has `airbyte-cdk`, for manifests with components in Python; `python3` by default |
"""


def output_of(*arguments):
    return subprocess.run([TENDRIL, *arguments], check=True, capture_output=True, text=True).stdout


def cli_page():
    parts = ["# Command line\n\nWritten by `./dev docs` from the program's own help.\n"]
    for command in COMMANDS:
        text = output_of(*command.split(), "--help").split("\n\n\nOptions of every command:")[0]
        parts.append(f"## tendril {command}\n\n```\n{text.strip()}\n```\n")
    return "\n".join([*parts, ENVIRONMENT])


def connectors_page():
    rows = ["# Connectors\n\nWritten by `./dev docs` from the folders under `connectors/`.\n",
            "| name | title | streams | simulated vendor | what it reads |", "|---|---|---:|---|---|"]
    for each in json.loads(output_of("connectors", "--json")):
        sandbox = "yes" if each["sandbox"] else "no"
        rows.append(f"| `{each['name']}` | {each['title']} | {each['streams']} | {sandbox} | {each['description']} |")
    return "\n".join(rows) + "\n"


def main():
    folder = ROOT / "docs/reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in (("cli.md", cli_page()), ("connectors.md", connectors_page()),
                       ("types.md", types_page())):
        (folder / name).write_text(page)
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
