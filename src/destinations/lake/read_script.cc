#include "destinations/lake/read_script.h"

#include <fmt/format.h>

namespace tendril {

std::string read_script(LakeFormat format) {
  return fmt::format(R"sql(-- Reading this lake by its manifests, with DuckDB 1.3 or later:
--
--   .read DIR/_tendril/read.sql
--   SET VARIABLE files = tendril_files('DIR', 'TABLE');
--   SELECT * FROM {1}(getvariable('files'), union_by_name = true);
--
-- What the list names is the table after one commit, also while the next is under way. The files
-- themselves say less: {1}('DIR/TABLE/**/*.{0}', union_by_name = true)
-- reads all that is in place, which during a commit can be a part of it.
CREATE OR REPLACE MACRO tendril_files(lake, tbl) AS (
  WITH manifests AS (
    SELECT parse_path(filename)[-2] AS chain, CAST(json ->> 'number' AS BIGINT) AS number,
           CAST(json ->> 'snapshot' AS BOOLEAN) AS is_snapshot, json
    FROM (SELECT filename, CAST(content AS JSON) AS json
          FROM read_text(lake || '/_tendril/connections/*/manifest-*.json'))),
  snapshots AS (
    SELECT chain, max(number) AS number FROM manifests WHERE is_snapshot GROUP BY chain),
  changes AS (
    SELECT m.chain, m.number, unnest(CAST(m.json -> 'tables' AS JSON[])) AS changed
    FROM manifests AS m JOIN snapshots AS s ON m.chain = s.chain AND m.number >= s.number),
  sets AS (
    SELECT chain, number, changed -> 'rows' AS rows FROM changes WHERE changed ->> 'name' = tbl),
  added AS (
    SELECT chain, unnest(CAST(rows -> 'added' AS JSON[])) ->> 'path' AS path FROM sets),
  removed AS (
    SELECT unnest(CAST(rows -> 'removed' AS VARCHAR[])) AS path FROM sets),
  live AS (
    SELECT DISTINCT path, parse_filename(path) AS name FROM added
    WHERE path NOT IN (SELECT path FROM removed WHERE path IS NOT NULL)),
  present AS (
    SELECT file, parse_filename(file) AS name, 1 AS place
    FROM glob(lake || '/_tendril/staging/*.{0}')
    UNION ALL
    SELECT file, parse_filename(file) AS name, 0 AS place FROM glob(lake || '/*/**/*.{0}')
    WHERE NOT contains(file, '/_tendril/')),
  found AS (
    SELECT l.name, arg_min(p.file, p.place) AS file
    FROM live AS l LEFT JOIN present AS p ON l.name = p.name GROUP BY l.name)
  SELECT CASE WHEN count(*) > count(file)
         THEN error('a commit is under way, or data files are missing: ask again')
         ELSE coalesce(list(file ORDER BY name), []) END
  FROM found);
)sql",
                     to_string(format),
                     format == LakeFormat::Parquet ? "read_parquet"
                     : format == LakeFormat::Csv   ? "read_csv"
                                                   : "read_json");
}

}  // namespace tendril
