"""What a reader sees: the rows of every table as (table, key, hash of the row), read through the destination.

Our columns of time are left out; our marks of deleted rows and active versions are part of a row.
"""
import os
import pathlib
import subprocess
from collections import Counter

TIMES = ("_tendril_synced", "_tendril_start", "_tendril_end")
TABLES = ("accounts", "entries", "events", "items")
QUERY_SECONDS = 120


class ReadError(Exception):
    """The destination can not be read; its text says why."""


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _text(text):
    return "'" + str(text).replace("'", "''") + "'"


def _rows_of(text):
    return Counter(tuple(line.split("\t")) for line in text.splitlines())


def _run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=QUERY_SECONDS, check=False,
                          text=True, **options)
    if done.returncode != 0:
        raise ReadError(f"{pathlib.Path(command[0]).name}: {done.stderr.strip()[:600]}")
    return done.stdout


class DuckdbReader:
    """Tables of a DuckDB file."""

    def __init__(self, query):
        self._query = query

    def committed(self, target):
        return self.rows(target)

    def rows(self, target):
        file = target.path / "w.duckdb"
        if not file.exists():
            return Counter()
        tables = [line.split("\t") for line in _run([self._query, file, f"""
            SELECT table_name, string_agg('"' || column_name || '"', ', ' ORDER BY column_name)
            FROM information_schema.columns WHERE table_schema = 'main' AND NOT starts_with(table_name, '_tendril')
            AND column_name NOT IN {TIMES} GROUP BY 1"""]).splitlines()]
        if not tables:
            return Counter()
        return _rows_of(_run([self._query, file, " UNION ALL ".join(
            f"SELECT {_text(table)}, CAST(id AS VARCHAR), md5(CAST(row({columns}) AS VARCHAR)) FROM {_quoted(table)}"
            for table, columns in tables)]))


class PostgresReader:
    """Tables of a schema of a PostgreSQL database, by psql."""

    def committed(self, target):
        return self.rows(target)

    def rows(self, target):
        tables = self._copy(target, f"""
            SELECT tablename FROM pg_tables WHERE schemaname = {_text(target.schema)}
            AND NOT starts_with(tablename, '_tendril')""").split()
        if not tables:
            return Counter()
        times = "ARRAY[" + ", ".join(_text(name) for name in TIMES) + "]"
        return _rows_of(self._copy(target, " UNION ALL ".join(
            f"SELECT {_text(table)}, id::text, md5((to_jsonb(t) - {times})::text) "
            f"FROM {_quoted(target.schema)}.{_quoted(table)} t" for table in tables)))

    @staticmethod
    def _copy(target, sql):
        return run_psql(target, f"COPY ({sql}) TO STDOUT")


class LakeReader:
    """Files of a lake: by its manifests, and by a glob, as somebody reads who knows nothing of ours."""

    SOURCES = {"parquet": "read_parquet({0}, union_by_name = true)",
               "jsonl": "read_json({0}, format = 'newline_delimited', union_by_name = true)",
               "csv": "read_csv({0}, all_varchar = true, union_by_name = true)"}

    def __init__(self, query, kind):
        self._query, self._kind = query, kind

    def rows(self, target):
        """Both ways have to see the same when no commit is under way."""
        by_glob, by_manifest = Counter(), self.committed(target)
        for folder in sorted(target.path.iterdir()):
            pattern = folder / "**" / f"*.{self._kind}"
            if folder.is_dir() and not folder.name.startswith("_tendril") and any(folder.rglob(pattern.name)):
                by_glob += self._rows(folder.name, _text(pattern))
        if by_glob != by_manifest:
            raise ReadError(f"a glob does not see what the manifests say: {sample(by_manifest, by_glob)}")
        return by_manifest

    def committed(self, target):
        """The rows by the manifests, which are right at any time."""
        script = target.path / "_tendril/read.sql"
        seen = Counter()
        if not script.exists() or not any(target.path.glob("_tendril/connections/*/manifest-*.json")):
            return seen
        for table in TABLES:
            prepare = f"{script.read_text()}; SET VARIABLE files = tendril_files({_text(target.path)}, {_text(table)});"
            if _run([self._query, ":memory:", f"{prepare} SELECT len(getvariable('files'))"]).strip() != "0":
                seen += self._rows(table, "getvariable('files')", prepare)
        return seen

    def _rows(self, table, files, prepare=""):
        source = self.SOURCES[self._kind].format(files)
        columns = _run([self._query, ":memory:", f"""{prepare}
            SELECT string_agg('"' || column_name || '"', ', ' ORDER BY column_name)
            FROM (DESCRIBE SELECT * FROM {source}) WHERE column_name NOT IN {TIMES}"""]).strip()
        return _rows_of(_run([self._query, ":memory:", f"""{prepare}
            SELECT {_text(table)}, CAST(id AS VARCHAR), md5(CAST(row({columns}) AS VARCHAR)) FROM {source}"""]))


def run_psql(target, sql):
    """Returns what psql prints."""
    return _run(["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", target.dsn, "--command",
                 f"SET client_min_messages TO warning; {sql}"], env=os.environ | {"PGOPTIONS": ""})


def difference(expected, seen):
    """Returns (lost, duplicated): how many expected rows are missing, and how many are there that are not
    expected. A row that is wrong is both."""
    return sum((expected - seen).values()), sum((seen - expected).values())


def sample(expected, seen):
    """The first rows of a difference, for people."""
    lost, more = sorted((expected - seen).items())[:3], sorted((seen - expected).items())[:3]
    return "; ".join([f"lost {' '.join(row[:2])} x{count}" for row, count in lost]
                     + [f"more {' '.join(row[:2])} x{count}" for row, count in more])
