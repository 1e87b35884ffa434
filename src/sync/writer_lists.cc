// The tables of lists: what the writer does for them beside the table that their rows belong to.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/fault_point.h"
#include "sync/guarded.h"
#include "sync/writer.h"

namespace tendril {

// The table of a list, which may be there from earlier runs.
Status Writer::prepare_list(Book& book, WrittenTable& of, const std::string& path) {
  const StreamPlan& plan = of.plan;
  TableSchema table = of.lists.table_of(path);
  if (of.list_rows.contains(table.name)) {
    return {};
  }
  const std::optional<TableSchema> stored = TRY(guarded("looking at table " + table.name, [&] {
    return parts_.destination.stored_table(table.name);
  }));
  if (stored.has_value()) {
    table.columns = stored->columns;
  }
  const bool resume = plan.mode == WriteMode::Replace && plan.resumed() &&
                      std::ranges::find(plan.stored.children, path) != plan.stored.children.end();
  TRY(guarded("preparing table " + table.name, [&] {
    return parts_.destination.prepare(
        {.schema = table, .mode = plan.mode, .resume = resume, .hard_deletes = plan.hard_deletes});
  }));
  of.list_rows.emplace(table.name, 0);
  if (book.is_feed()) {
    book.ledger.remember_child(of.name(), path);
  } else {
    book.ledger.remember_child(path);
  }
  return {};
}

Status Writer::stage_list(Book& book, WrittenTable& of, const event::Rows& rows) {
  TRY(prepare_list(book, of, rows.list));
  const std::string& table = rows.batch.schema->name;
  TRY(guarded("writing to table " + table, [&] { return parts_.destination.write(rows.batch); }));
  fault_point(FaultPoint::BatchStaged);
  if (rows.batch.operation == Operation::Upsert) {
    of.list_rows[table] += rows.batch.row_count();
  }
  return {};
}

// What is gone from the table takes its lists along.
Status Writer::truncate_lists(Book& book, WrittenTable& of, const Batch& unseen) {
  if (!of.lists.active()) {
    return {};
  }
  const std::vector<ListBatch> lists = TRY(of.lists.children(unseen, {}));
  for (const ListBatch& list : lists) {
    TRY(stage_list(book, of, {.batch = list.batch, .list = list.path, .list_of = of.name()}));
  }
  return {};
}

void Writer::account_lists(Book& book, WrittenTable& of,
                           const std::map<std::string_view, const TableCounts*>& counts) {
  for (auto& [table, expected] : of.list_rows) {
    const auto found = counts.find(table);
    const std::int64_t written = found == counts.end() ? 0 : found->second->rows_written;
    of.child_rows_written += written;
    if (std::exchange(expected, 0) != written && of.plan.mode != WriteMode::Merge) {
      fail(book, {.code = ErrorCode::Internal,
                  .message = "rows of table " + table + " were lost in the destination"});
    }
  }
}

}  // namespace tendril
