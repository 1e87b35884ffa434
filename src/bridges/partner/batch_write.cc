#include "bridges/partner/batch_write.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "bridges/partner/key_columns.h"

namespace tendril {
namespace {

class Writing {
 public:
  Writing(SqlSession& session, const SqlTable& table, const std::vector<std::string>& key,
          const BatchFiles& files)
      : session_(session),
        table_(table),
        key_(key),
        files_(files),
        columns_(fillable_columns(table)),
        name_(session.sql(table.name)) {}

  Status replace(const std::vector<std::string>& paths) {
    const StagedFiles staged =
        TRY(stage_files(session_, table_, files_, paths, {.columns = columns_, .required = key_}));
    TRY(drop_repeated(session_, *staged.stage, key_));
    TRY(session_.change(fmt::format("DELETE FROM {} AS t USING {} AS s WHERE {}", name_,
                                    staged.stage->sql(), same_keys(session_, key_, "t", "s"))));
    TRY(session_.change(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS s", name_,
                                    column_list(session_, columns_),
                                    column_list(session_, columns_, "s."), staged.stage->sql())));
    return {};
  }

  Status update(const std::vector<std::string>& paths) {
    const StagedFiles staged =
        TRY(stage_files(session_, table_, files_, paths,
                        {.columns = columns_, .required = key_, .of_updates = true}));
    const std::string assignments = assignments_of(staged.columns);
    if (assignments.empty()) {
      return {};
    }
    const std::string ranks = session_.temporary("_tendril_ranks");
    const std::int64_t highest =
        TRY(number_rows(session_, *staged.stage, key_, "", "_tendril_ranks"));
    for (std::int64_t rank = 1; rank <= highest; ++rank) {
      const std::string rows =
          highest == 1 ? staged.stage->sql()
                       : fmt::format(
                             "(SELECT a.* FROM {} AS a JOIN {} AS r ON a.{} = r.{} WHERE "
                             "r.rank = {})",
                             staged.stage->sql(), ranks, session_.column(kStagedOrder),
                             session_.column(kStagedOrder), rank);
      TRY(session_.change(fmt::format("UPDATE {} AS t SET {} FROM {} AS s WHERE {}", name_,
                                      assignments, rows, same_keys(session_, key_, "t", "s"))));
    }
    return {};
  }

  Status remove(const std::vector<std::string>& paths) {
    const StagedFiles staged = TRY(stage_files(
        session_, table_, files_, paths, {.columns = key_, .required = key_, .partial = true}));
    TRY(session_.change(fmt::format("DELETE FROM {} AS t USING {} AS s WHERE {}", name_,
                                    staged.stage->sql(), same_keys(session_, key_, "t", "s"))));
    return {};
  }

 private:
  // Of the columns that any file has, save the key.
  std::string assignments_of(const std::vector<std::string>& present) const {
    std::string assignments;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      const std::string& name = columns_[index];
      const bool in_key = std::find(key_.begin(), key_.end(), name) != key_.end();
      if (in_key || std::find(present.begin(), present.end(), name) == present.end()) {
        continue;
      }
      assignments += assignments.empty() ? "" : ", ";
      assignments += session_.column(name) + " = " + updated_value(session_, name, index, "t");
    }
    return assignments;
  }

  SqlSession& session_;
  const SqlTable& table_;
  const std::vector<std::string>& key_;
  const BatchFiles& files_;
  const std::vector<std::string> columns_;
  const std::string name_;
};

}  // namespace

Result<bool> drop_repeated(SqlSession& session, const SqlStage& stage,
                           const std::vector<std::string>& columns) {
  const std::int64_t dropped = TRY(session.change(
      fmt::format("DELETE FROM {0} AS s USING (SELECT {1}, max({2}) AS last FROM {0} GROUP BY {1} "
                  "HAVING count(*) > 1) AS d WHERE {3} AND s.{2} < d.last",
                  stage.sql(), column_list(session, columns), session.column(kStagedOrder),
                  same_keys(session, columns, "s", "d"))));
  return dropped > 0;
}

Result<std::int64_t> number_rows(SqlSession& session, const SqlStage& stage,
                                 const std::vector<std::string>& key, const std::string& by,
                                 const std::string& name) {
  const std::string numbers = session.temporary(name);
  TRY(session.change(fmt::format(
      "CREATE TEMPORARY TABLE {} AS SELECT {}, row_number() OVER (PARTITION BY {} ORDER BY {}{}) "
      "AS rank FROM {}",
      numbers, session.column(kStagedOrder), column_list(session, key),
      by.empty() ? "" : session.column(by) + ", ", session.column(kStagedOrder), stage.sql())));
  const SqlCells found =
      TRY(session.rows(fmt::format("SELECT coalesce(max(rank), 0) FROM {}", numbers)));
  return std::stoll(found.at(0).at(0).value_or("0"));
}

std::string updated_value(const SqlSession& session, const std::string& name, std::size_t index,
                          const std::string& base) {
  const std::string column = session.column(name);
  return fmt::format("CASE WHEN substr(s.{}, {}, 1) = '1' THEN {}.{} ELSE s.{} END",
                     session.column(kStagedMarks), index + 1, base, column, column);
}

Status write_batch(SqlSession& session, const SqlTable& table, const std::vector<std::string>& key,
                   const BatchFiles& files, const BatchPaths& paths) {
  if (key.empty()) {
    return Error{ErrorCode::InvalidConfig, "table has no primary key: " + shown(table.name)};
  }
  Writing writing(session, table, key, files);
  if (!paths.replacements.empty()) {
    TRY(writing.replace(paths.replacements));
  }
  if (!paths.updates.empty()) {
    TRY(writing.update(paths.updates));
  }
  if (!paths.deletions.empty()) {
    TRY(writing.remove(paths.deletions));
  }
  return {};
}

}  // namespace tendril
