#include "destinations/postgres/staging.h"

#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/stage_marks.h"

namespace tendril {

Result<std::unique_ptr<PostgresStage>> PostgresStage::open(PostgresSession& session, Kind kind,
                                                           int number,
                                                           std::vector<PostgresColumn> columns) {
  std::unique_ptr<PostgresStage> stage(new PostgresStage(kind));
  stage->table_ = {"", fmt::format("_tendril_stage_{}", number)};
  stage->columns_ = std::move(columns);
  std::string definitions;
  std::vector<std::string> names;
  for (const PostgresColumn& column : stage->columns_) {
    definitions += postgres_name(column.name) + " " + postgres_type(column.type) + ", ";
    names.push_back(column.name);
  }
  TRY(session.run(fmt::format(
      "CREATE TEMPORARY TABLE {} ({}{} timestamptz, {} bigint, {} smallint) ON COMMIT DROP",
      stage->table_.sql(), definitions, postgres_name(kSyncedColumn), postgres_name(kOrderMark),
      postgres_name(kOperationMark))));
  for (const std::string_view mark : {kSyncedColumn, kOrderMark, kOperationMark}) {
    names.emplace_back(mark);
  }
  stage->copier_ = std::make_unique<RowCopier>(session, stage->table_, names);
  return stage;
}

std::unique_ptr<PostgresStage> PostgresStage::truncation(Instant before, Instant now) {
  std::unique_ptr<PostgresStage> stage(new PostgresStage(Kind::Truncate));
  stage->truncate_before_ = before;
  stage->written_at_ = now;
  return stage;
}

Status PostgresStage::append(const Batch& batch, const PostgresRowLayout& layout, Instant now) {
  const bool deletes = batch.operation == Operation::Delete;
  auto columns = TRY(layout.columns(*batch.rows));
  columns.push_back(instant_copy_column(now));
  columns.push_back(counting_copy_column(rows_));
  columns.push_back(short_copy_column(deletes ? 1 : 0));
  TRY(copier_->append(columns, batch.row_count()));
  rows_ += batch.row_count();
  has_deletes_ = has_deletes_ || deletes;
  written_at_ = now;
  return {};
}

Status PostgresStage::seal() {
  TRY(flush());
  copier_.reset();
  return {};
}

}  // namespace tendril
