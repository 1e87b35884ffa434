"""Reads the benchmark's records with the Airbyte CDK, as the declarative source it is made for.

usage: cdk_source.py MANIFEST BASE_URL STREAM  (records go to stdout)
"""
import json
import pathlib
import sys
import tempfile

import yaml
from airbyte_cdk.entrypoint import launch
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource


def main():
    manifest = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
    config = {"base_url": sys.argv[2]}
    schema = manifest["definitions"]["schema"]
    catalog = {"streams": [{
        "stream": {"name": sys.argv[3], "json_schema": schema, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh",
        "destination_sync_mode": "overwrite",
    }]}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "catalog.json").write_text(json.dumps(catalog))
        arguments = ["read", "--config", str(folder / "config.json"), "--catalog", str(folder / "catalog.json")]
        source = ConcurrentDeclarativeSource(
            catalog=None, config=config, state=None, source_config=manifest)
        launch(source, arguments)


if __name__ == "__main__":
    main()
