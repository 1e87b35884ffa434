// The tables of streams and feeds: how the writer opens them, makes them ready, fills and completes
// them, and what it reports of them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/fault_point.h"
#include "sync/feed_plan.h"
#include "sync/guarded.h"
#include "sync/rejected_rows.h"
#include "sync/run_plan.h"
#include "sync/writer.h"

namespace tendril {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list.empty() ? "none" : list;
}

bool is_typed(const TableSchema& table, const std::string& column) {
  const Column* const found = table.find(column);
  return found != nullptr && found->type.kind != TypeKind::Unknown;
}

bool has_typed_key(const TableSchema& table) {
  return std::ranges::all_of(table.primary_key,
                             [&](const std::string& column) { return is_typed(table, column); });
}

// The table as it is made ready: as declared, with types for its key. Columns without a type are
// learnt from the rows.
TableSchema ready_schema(const TableSchema* declared, const TableSchema& seen) {
  TableSchema schema{.name = seen.name,
                     .columns = {},
                     .primary_key = declared == nullptr ? seen.primary_key : declared->primary_key};
  for (const std::string& name : schema.primary_key) {
    const bool is_declared = declared != nullptr && is_typed(*declared, name);
    const Column* const column = is_declared ? declared->find(name) : seen.find(name);
    if (column != nullptr) {
      schema.columns.push_back(*column);
    }
  }
  for (const Column& column : declared == nullptr ? std::vector<Column>() : declared->columns) {
    if (column.type.kind != TypeKind::Unknown && schema.find(column.name) == nullptr) {
      schema.columns.push_back(column);
    }
  }
  return schema;
}

Error other_key(const TableSchema& table, const std::vector<std::string>& key) {
  return {.code = ErrorCode::BadData,
          .message = "rows of table " + table.name + " come with the primary key " + listed(key) +
                     ", it has the key " + listed(table.primary_key)};
}

}  // namespace

// Returns nullptr when the rows have no place: the stream is failed, or there is nothing of the
// table to be truncated.
Result<WrittenTable*> Writer::table_of(Book& book, const Batch& batch) {
  const TableSchema& schema = *batch.schema;
  const auto found = book.tables.find(schema.name);
  if (found == book.tables.end() && batch.operation == Operation::Truncate) {
    return open_stored_table(book, schema.name);
  }
  if (found == book.tables.end()) {
    return open_table(book, schema);
  }
  WrittenTable& table = *found->second;
  if (book.is_feed() && batch.operation != Operation::Truncate &&
      schema.primary_key != table.plan.info.schema.primary_key) {
    fail(book, other_key(table.plan.info.schema, schema.primary_key));
    return nullptr;
  }
  return &table;
}

// Opens a table of a feed. Returns nullptr when that fails the feed.
Result<WrittenTable*> Writer::open_table(Book& book, const TableSchema& seen) {
  StreamRun& feed = *book.stream;
  const StreamPlan* const declared = feed.plan.feed->find(seen.name);
  if (declared != nullptr && declared->info.schema.primary_key != seen.primary_key) {
    fail(book, other_key(declared->info.schema, seen.primary_key));
    return nullptr;
  }
  Result<StreamPlan> plan = plan_feed_table(
      feed.plan, ready_schema(declared == nullptr ? nullptr : &declared->info.schema, seen),
      parts_.options);
  if (!plan.ok()) {
    fail(book, std::move(plan).error());
    return nullptr;
  }
  std::optional<Error> refused = TRY(changed_key(*plan, parts_.destination));
  if (refused.has_value()) {
    fail(book, std::move(*refused));
    return nullptr;
  }
  auto& table = book.tables[seen.name];
  table = std::make_unique<WrittenTable>(std::move(plan).value(), feed.run_rejections);
  parts_.progress.add_table(feed.name(), seen.name);
  parts_.log.debug("table of a feed was opened", {{"connection", parts_.options.connection},
                                                  {"stream", feed.name()},
                                                  {"table", seen.name},
                                                  {"mode", to_string(table->plan.mode)}});
  if (parts_.options.observer != nullptr) {
    parts_.options.observer->stream_started(seen.name);
  }
  return table.get();
}

// Opens a table of a feed that no row came for, as the destination holds it. Returns nullptr when
// that fails the feed, or when nobody knows the table, or it does not exist.
Result<WrittenTable*> Writer::open_stored_table(Book& book, const std::string& name) {
  const StreamPlan& feed = book.stream->plan;
  const StreamPlan* const declared = feed.feed->find(name);
  const auto known = feed.stored.tables.find(name);
  if (declared == nullptr && known == feed.stored.tables.end()) {
    return nullptr;
  }
  std::optional<TableSchema> stored = TRY(
      guarded("looking at table " + name, [&] { return parts_.destination.stored_table(name); }));
  if (!stored.has_value()) {
    return nullptr;
  }
  stored->name = name;
  stored->primary_key = declared == nullptr ? known->second.key : declared->info.schema.primary_key;
  return open_table(book, *stored);
}

// Declared tables are there even if no row came. When all was read anew, those that no row came for
// have none any more.
Status Writer::open_silent_tables(Book& book) {
  if (!book.is_feed()) {
    return {};
  }
  const StreamPlan& feed = book.stream->plan;
  for (const StreamPlan& declared : feed.feed->tables) {
    const TableSchema& schema = declared.info.schema;
    const bool can_be_made =
        has_typed_key(schema) && schema.columns.size() > schema.primary_key.size();
    if (book.failed() || book.tables.contains(schema.name)) {
      continue;
    }
    if (can_be_made) {
      TRY(open_table(book, schema));
    } else if (!feed.incremental) {
      TRY(open_stored_table(book, schema.name));
    }
  }
  for (const auto& [name, table] : feed.stored.tables) {
    const bool is_gone = !feed.incremental && feed.feed->wants(name) && !book.tables.contains(name);
    if (is_gone && !book.failed()) {
      TRY(open_stored_table(book, name));
    }
  }
  return {};
}

// Asks what the destination holds of the table, where its contract makes that matter.
Status Writer::consult(WrittenTable& table) {
  if (table.gate.informed() || table.plan.rules.lets_all_pass()) {
    return {};
  }
  const std::optional<TableSchema> stored = TRY(guarded("looking at table " + table.name(), [&] {
    return parts_.destination.stored_table(table.name());
  }));
  table.gate.inform(stored);
  return {};
}

// The load may be stored from the next commit on.
Status Writer::begin(Book& book) {
  if (book.begun) {
    return {};
  }
  if (book.ledger.has_discarded()) {
    Checkpoint checkpoint;
    book.ledger.collect_discarded(checkpoint);
    TRY(commit(std::move(checkpoint)));
  }
  book.begun = true;
  book.ledger.start_writing();
  return {};
}

Status Writer::prepare(Book& book, WrittenTable& table) {
  if (table.prepared) {
    return {};
  }
  TRY(begin(book));
  TRY(consult(table));
  const StreamPlan& plan = table.plan;
  TRY(guarded("preparing table " + table.name(), [&] {
    return parts_.destination.prepare({.schema = table.gate.prepared(),
                                       .mode = plan.mode,
                                       .resume = plan.mode == WriteMode::Replace && plan.resumed(),
                                       .hard_deletes = plan.hard_deletes});
  }));
  fault_point(FaultPoint::TablePrepared);
  table.prepared = true;
  if (book.is_feed()) {
    book.ledger.remember_table(table.name());
  }
  for (const std::string& path : table.lists.known()) {
    TRY(prepare_list(book, table, path));
  }
  return {};
}

Status Writer::stage(Book& book, const SliceWork& slice, const event::Rows& rows) {
  const Batch& batch = rows.batch;
  TRY(check_intact(rows, book.stream->name(), slice.slice.id));
  WrittenTable* const table =
      rows.rejected ? nullptr : book.tables.find(rows.table())->second.get();
  if (table != nullptr) {
    TRY(prepare(book, *table));  // May commit, so it comes before the counts.
  }
  changed_ = true;
  rows_staged_ += batch.row_count();
  bytes_staged_ += batch.bytes();
  if (table == nullptr) {
    return stage_rejected(batch);
  }
  if (!rows.list.empty()) {
    return stage_list(book, *table, rows);
  }
  TRY(guarded("writing to table " + table->name(),
              [&] { return parts_.destination.write(batch); }));
  fault_point(FaultPoint::BatchStaged);
  if (table->rows_staged == 0 && table->plan.mode != WriteMode::Replace) {
    remember_key(book, *table);
  }
  table->rows_staged += batch.row_count();
  table->rows_uncommitted += batch.row_count();
  turns_staged_ += table->last_operation == batch.operation ? 0 : 1;
  table->last_operation = batch.operation;
  table->only_inserts = table->only_inserts && batch.operation == Operation::Upsert;
  return {};
}

void Writer::remember_key(Book& book, const WrittenTable& table) {
  if (book.is_feed()) {
    book.ledger.remember_key(table.name(), table.plan.info.schema.primary_key);
  } else {
    book.ledger.remember_key(table.plan.info.schema.primary_key);
  }
}

Status Writer::stage_rejected(const Batch& batch) {
  if (!rejected_prepared_) {
    TRY(guarded("preparing table " + rejected_table().name, [&] {
      return parts_.destination.prepare({.schema = rejected_table(), .mode = WriteMode::Append});
    }));
    rejected_prepared_ = true;
  }
  rejected_staged_ += batch.row_count();
  parts_.log.warning("rows were rejected",
                     {{"connection", parts_.options.connection}, {"rows", batch.row_count()}});
  return guarded("writing to table " + rejected_table().name,
                 [&] { return parts_.destination.write(batch); });
}

// After a whole read, rows that are older than it were not seen any more: they are gone at the
// source. Not so when some could not be read.
Status Writer::truncate_unseen(Book& book, WrittenTable& table) {
  const WriteMode mode = table.plan.mode;
  const bool deletes = mode == WriteMode::Merge || mode == WriteMode::History;
  if (!deletes || book.stream->plan.incremental) {
    return {};
  }
  if (book.ledger.any_rejected()) {
    parts_.log.warning("rows that were not seen stay, since some were rejected",
                       {{"stream", table.name()}});
    return {};
  }
  const Batch unseen{.operation = Operation::Truncate,
                     .schema = std::make_shared<const TableSchema>(table.gate.prepared()),
                     .rows = nullptr,
                     .truncate_before = book.ledger.attempt().started_at};
  TRY(guarded("marking deleted rows of table " + table.name(),
              [&] { return parts_.destination.write(unseen); }));
  return truncate_lists(book, table, unseen);
}

// The load of a table in mode Replace takes effect with the commit of `checkpoint`.
void Writer::complete(Book& book, const WrittenTable& table, Checkpoint& checkpoint) {
  if (table.plan.mode != WriteMode::Replace) {
    return;
  }
  remember_key(book, table);
  checkpoint.completed_tables.push_back(table.name());
  for (const auto& [list, rows] : table.list_rows) {
    checkpoint.completed_tables.push_back(list);
  }
}

// A feed has a report for each of its tables, in the order of the catalog, then of their names; and
// one of its own only where there is more to say.
std::vector<StreamReport> Writer::reports_of(const Book& book) {
  if (!book.is_feed()) {
    return {report_of(book, *book.tables.begin()->second)};
  }
  const FeedPlan& feed = *book.stream->plan.feed;
  std::vector<StreamReport> reports;
  for (const StreamPlan& declared : feed.tables) {
    const auto opened = book.tables.find(declared.info.schema.name);
    if (opened == book.tables.end()) {
      reports.push_back(book.report);
      reports.back().stream = declared.info.schema.name;
    } else {
      reports.push_back(report_of(book, *opened->second));
    }
  }
  for (const auto& [name, table] : book.tables) {
    if (feed.find(name) == nullptr) {
      reports.push_back(report_of(book, *table));
    }
  }
  const Rejections& of_source = book.stream->rejections;
  if (reports.empty() || of_source.row_count() > 0) {
    reports.push_back(book.report);
    reports.back().rows_rejected = of_source.row_count();
    reports.back().rejected = of_source.kinds();
  }
  return reports;
}

StreamReport Writer::report_of(const Book& book, const WrittenTable& table) {
  StreamReport report = book.report;
  report.stream = table.name();
  report.rows_read = book.is_feed() ? table.rows_read : book.stream->rows_read.load();
  report.rows_queued = book.is_feed() ? table.rows_read : book.stream->rows_queued.load();
  report.rows_staged = table.rows_staged;
  report.rows_written = table.rows_written;
  report.rows_deleted = table.rows_deleted;
  report.child_rows_written = table.child_rows_written;
  report.rows_rejected = table.rejections.row_count();
  report.rejected = table.rejections.kinds();
  report.values_discarded = table.values_discarded;
  return report;
}

}  // namespace tendril
