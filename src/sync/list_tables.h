// ListTables: takes the lists out of a stream's rows and makes rows of tables of their own of them.
// The rows of a list belong to the row that held it: when that comes again, they are replaced, and
// when it is deleted, so are they.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/batch.h"
#include "data/fitting.h"
#include "data/list_rows.h"
#include "data/schema.h"
#include "sync/stream_plan.h"

namespace tendril {

// Rows for the table of the list at `path`, or what is to be deleted there.
struct ListBatch {
  std::string path;
  Batch batch;
};

// Threads: one at a time.
class ListTables {
 public:
  // `plan` must outlive it.
  explicit ListTables(const StreamPlan& plan);

  // Some lists become tables.
  bool active() const { return !plan_.rules.normalize.empty(); }

  // The declared columns, without those whose lists become tables.
  TableSchema remaining(const TableSchema& declared) const;

  // Returns the rows without their lists; nullopt when they have none. What is no list in a column
  // of lists stays in it.
  Result<std::optional<Batch>> without_lists(const Batch& rows) const;

  // Returns what the rows and their lists mean for the tables of lists, in order: first what goes,
  // then what comes. `left_out` names rows that are not stored; it may be empty.
  // Errors: BadData when a list is no JSON.
  Result<std::vector<ListBatch>> children(const Batch& rows, const RowMask& left_out);

  // Tables of lists that there are, by path.
  const std::set<std::string>& known() const { return known_; }

  // The table of the list at `path`: its name, its key and the columns of that.
  TableSchema table_of(const std::string& path) const;

 private:
  bool is_list_column(const Column& column) const;
  void begin(const TableSchema& keys);
  Status add_lists(const Batch& rows, const RowMask& skipped);
  std::vector<ListBatch> truncations(const Batch& truncation) const;
  Batch removal(const std::string& path, const Batch& keys) const;
  RowMask superseded(const Batch& keys, const RowMask& left_out) const;

  const StreamPlan& plan_;
  TableSchema parent_;  // With the types that the columns of the key have in rows.
  std::unique_ptr<ListRows> rows_;
  std::set<std::string> known_;
};

}  // namespace tendril
