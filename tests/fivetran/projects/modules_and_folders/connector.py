"""A project has modules, packages in folders, and files that it reads by its own place or the working directory."""
from fivetran_connector_sdk import Connector, Operations as op


import csv
import pathlib

from names import TABLE
from shapes.circle import area
from shapes.inner.square import side

HERE = pathlib.Path(__file__).resolve().parent


def update(configuration: dict, state: dict):
    with open(HERE / "data" / "radii.csv", newline="") as rows:
        for row in csv.DictReader(rows):
            op.upsert(TABLE, {"name": row["name"], "area": area(int(row["radius"])), "side": side(4)})
    op.upsert(TABLE, {"name": pathlib.Path("data/radii.csv").read_text().splitlines()[0], "area": 0, "side": 0})
    op.checkpoint({})


connector = Connector(update=update, schema=lambda configuration: [
    {"table": TABLE, "primary_key": ["name"], "columns": {"name": "STRING", "area": "INT", "side": "INT"}}])
