#include "bridges/partner/staged_files.h"

#include <algorithm>
#include <set>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "bridges/partner/batch_reader.h"
#include "bridges/partner/key_columns.h"
#include "data/batch.h"

namespace tendril {
namespace {

class FileStaging {
 public:
  FileStaging(SqlSession& session, const SqlTable& table, const BatchFiles& files,
              const StagingPlan& plan)
      : session_(session), table_(table), files_(files), plan_(plan) {
    for (const std::string& name : plan.columns) {
      wanted_.push_back({name, table.find(name)->type});
    }
  }

  Status open() {
    std::vector<Column> columns = wanted_;
    columns.push_back({std::string(kStagedOrder), {TypeKind::Long}});
    if (plan_.of_updates) {
      columns.push_back({std::string(kStagedMarks), {TypeKind::String}});
    }
    staged_.stage = TRY(session_.stage(columns));
    schema_ = arrow_schema({"", columns});
    return {};
  }

  Status add(const std::string& path) {
    BatchFileSource source{.path = path, .params = files_.params, .of_updates = plan_.of_updates};
    if (const auto key = files_.keys.find(path); key != files_.keys.end()) {
      source.key = key->second;
    }
    const auto reader = TRY(BatchFileReader::open(source, wanted_));
    TRY(check(path, reader->names()));
    for (;;) {
      if (files_.cancelled()) {
        return Error{ErrorCode::Cancelled, "the call was cancelled"};
      }
      auto rows = TRY(reader->next());
      if (!rows) {
        return {};
      }
      TRY(append(*rows));
    }
  }

  Result<StagedFiles> finish() {
    for (const Column& column : wanted_) {
      if (present_.count(column.name) > 0) {
        staged_.columns.push_back(column.name);
      }
    }
    TRY(staged_.stage->close());
    return std::move(staged_);
  }

 private:
  Status check(const std::string& path, const std::vector<std::string>& names) {
    for (const std::string& name : plan_.required) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        return Error{ErrorCode::BadData, fmt::format("batch file {} has no column {}", path, name)};
      }
    }
    for (const std::string& name : names) {
      const SqlColumn* const column = table_.find(name);
      if (column == nullptr && !plan_.partial) {
        return Error{ErrorCode::BadData, fmt::format("batch file {} has the column {}, which table "
                                                     "{} does not have",
                                                     path, name, shown(table_.name))};
      }
      if (column != nullptr && !column->foreign.empty() && !plan_.partial) {
        return Error{ErrorCode::InvalidConfig,
                     fmt::format("column {} of table {} is of the type {}, which no batch file can "
                                 "fill",
                                 name, shown(table_.name), column->foreign)};
      }
      present_.insert(name);
    }
    return {};
  }

  Status append(const BatchFileRows& rows) {
    arrow::ArrayVector columns = rows.values->columns();
    arrow::Int64Builder order;
    arrow::Status status = order.Reserve(rows.values->num_rows());
    for (std::int64_t row = 0; status.ok() && row < rows.values->num_rows(); ++row) {
      order.UnsafeAppend(staged_.rows++);
    }
    std::shared_ptr<arrow::Array> numbers;
    if (status.ok()) {
      status = order.Finish(&numbers);
    }
    if (!status.ok()) {
      return Error{ErrorCode::System, "no memory to stage rows: " + status.message()};
    }
    columns.push_back(std::move(numbers));
    if (rows.unmodified != nullptr) {
      columns.push_back(rows.unmodified);
    }
    return staged_.stage->append(
        *arrow::RecordBatch::Make(schema_, rows.values->num_rows(), std::move(columns)));
  }

  SqlSession& session_;
  const SqlTable& table_;
  const BatchFiles& files_;
  const StagingPlan& plan_;
  std::vector<Column> wanted_;
  std::shared_ptr<arrow::Schema> schema_;  // Shared with the batches.
  std::set<std::string> present_;
  StagedFiles staged_;
};

}  // namespace

Result<StagedFiles> stage_files(SqlSession& session, const SqlTable& table, const BatchFiles& files,
                                const std::vector<std::string>& paths, const StagingPlan& plan) {
  FileStaging staging(session, table, files, plan);
  TRY(staging.open());
  for (const std::string& path : paths) {
    TRY(staging.add(path));
  }
  return staging.finish();
}

std::vector<std::string> fillable_columns(const SqlTable& table) {
  std::vector<std::string> names;
  for (const SqlColumn& column : table.columns) {
    if (column.foreign.empty()) {
      names.push_back(column.name);
    }
  }
  return names;
}

}  // namespace tendril
