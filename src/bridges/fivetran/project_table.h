// ProjectTable: one table of a project's sync: brings the rows that a connector sends for it under
// the rules of the warehouse, and into batches.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/fivetran/frame.h"
#include "bridges/fivetran/naming.h"
#include "bridges/fivetran/project_report.h"
#include "bridges/fivetran/row_identity.h"
#include "core/result.h"
#include "data/batch.h"
#include "data/batch_builder.h"
#include "data/schema.h"

namespace tendril {

struct ProjectRules {
  ProjectNaming naming = ProjectNaming::Fivetran;
  bool json_as_text = true;  // JSON is stored as a text rather than as a type of its own.
  // Told what was changed on the way; never the same twice.
  std::function<void(const std::string& warning)> warn = nullptr;
};

// Threads: one at a time.
class ProjectTable {
 public:
  // `declared` is what warehouse_schema() returned, or only a name.
  ProjectTable(TableSchema declared, ProjectRules rules);

  const std::string& name() const { return name_; }

  // Returns the batches for the rows of a frame, in their order; none of operations that can not
  // meet a row. Errors: BadData and InvalidConfig, naming table, row and column.
  Result<std::vector<Batch>> take(const RowsFrame& frame);

  // The columns known so far, and the key.
  TableSchema schema() const;

  // What came so far.
  TableSummary summary() const;

  // The order in which a new table has its columns, system columns among them.
  std::vector<std::string> column_order() const;

 private:
  struct Source {  // A column of the frame under way.
    std::string name;
    bool known = false;
    std::optional<Type> declared = std::nullopt;
  };

  void count(const RowsFrame& frame);
  void count_values(const Batch& batch);
  std::string row_name(const RowsFrame& frame, std::size_t row) const;
  Error fault(const RowsFrame& frame, std::size_t row, const std::string& problem) const;
  void warn_once(const std::string& column, std::string_view kind, const std::string& text);

  void tell_capitals(std::string_view spelling, const std::string& name);
  Result<std::vector<Source>> sources_of(const RowsFrame& frame);
  Status check_key(const RowsFrame& frame, const std::vector<Source>& sources) const;
  void meet_first_row(const RowsFrame& frame, const std::vector<Source>& sources);
  Result<std::vector<Batch>> upserts(const RowsFrame& frame, std::vector<Source>& sources);
  Result<std::vector<Batch>> changes(const RowsFrame& frame, const std::vector<Source>& sources);
  Status append(ColumnBuilder& column, const FrameCell& cell, const Source& source);
  Status append_decimal(ColumnBuilder& column, const FrameCell& cell, const Source& source);
  void append_float(ColumnBuilder& column, double value, const Source& source);
  void append_text(ColumnBuilder& column, std::string_view text, const Source& source);
  bool is_key(const std::string& column) const;

  const std::string name_;
  const ProjectRules rules_;
  const bool has_key_;
  const std::vector<std::string> key_;
  std::map<std::string, Type, std::less<>> declared_;  // By the names in the warehouse.
  BatchBuilder rows_;                                  // Of upserts; knows all columns.
  std::map<std::string, std::string> folded_;          // Names by folded_name().
  std::vector<std::string> first_names_;  // Of the first row, when nothing is declared.
  std::set<std::string> first_nulls_;     // Those of them that had no value.
  bool met_first_row_ = false;
  std::int64_t rows_taken_ = 0;       // In frames before the one under way.
  const RowsFrame* frame_ = nullptr;  // Under way,
  std::size_t row_ = 0;               // with this row; for warnings.
  std::set<std::pair<std::string, std::string>> warned_;
  TableSummary counts_;                         // Without columns.
  std::map<std::string, std::int64_t> values_;  // That upserts gave, by column.
  std::map<std::string, Type> only_updated_;    // Columns that no upsert has mentioned.
};

}  // namespace tendril
