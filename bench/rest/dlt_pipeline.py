"""Loads the benchmark's records into DuckDB with dlt's REST source.

usage: dlt_pipeline.py BASE_URL DUCKDB_FILE WORK_FOLDER  (prints the number of rows loaded)
"""
import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main():
    base_url, database, work = sys.argv[1:]
    source = rest_api_source({
        "client": {"base_url": base_url},
        "resources": [{
            "name": "records",
            "write_disposition": "replace",
            "endpoint": {
                "path": "records",
                "paginator": {"type": "page_number", "base_page": 1, "page_param": "page",
                              "total_path": None, "stop_after_empty_page": True},
            },
        }],
    })
    pipeline = dlt.pipeline("bench", pipelines_dir=work, destination=dlt.destinations.duckdb(database),
                            dataset_name="main")
    pipeline.run(source)
    print(pipeline.last_trace.last_normalize_info.row_counts.get("records", 0))


if __name__ == "__main__":
    main()
