// SchemaGate: lets a batch through to its table as the table's contract says: which of its columns
// the table may gain, which types may widen, and what becomes of values that have no place.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "data/batch.h"
#include "data/fitting.h"
#include "data/schema.h"
#include "sync/table_settings.h"

namespace tendril {

// What was let through of a batch.
struct Admitted {
  Batch batch;  // May have lost all rows.
  bool changed = false;
  std::vector<RejectedRow> rejected = {};
  RowMask refused = {};  // Which rows of the batch were rejected; empty: none.
  std::int64_t values_discarded = 0;
};

// A contract is about what a table has: the run that makes the table gives it what columns come,
// but holds declared ones to their types.
// Calls: inform, then the others.
// Threads: one at a time.
class SchemaGate {
 public:
  // `declared` is the table as the catalog says. `rules` must outlive the gate.
  SchemaGate(TableSchema declared, const TableRules& rules);

  // Says what the destination holds of the table; nothing: there is none yet.
  void inform(const std::optional<TableSchema>& stored);
  bool informed() const { return informed_; }

  // The columns with which the table is made ready: those declared that may come to it.
  const TableSchema& prepared() const { return prepared_; }

  // Errors: BadData when the contract is to freeze, naming table, column and both types;
  // Unsupported
  //   when the source has a column with the name of a variant.
  Result<Admitted> admit(Batch batch);

 private:
  struct Passage;

  Status admit_column(Passage& passage, std::size_t position);
  Status admit_new(Passage& passage, const Column& column, std::size_t position);
  Status admit_other_type(Passage& passage, const Column& column, std::size_t position);
  Status divert(Passage& passage, const Column& column, FittedColumn fitted, std::size_t position);
  ContractRule rule_of_type(const Column& column) const;
  ContractRule rule_of_new(const Column& column) const;
  bool is_key(std::string_view column) const;
  Type* known_type(std::string_view column);
  Error frozen(const std::string& what) const;

  const TableSchema declared_;
  const TableRules& rules_;
  TableSchema prepared_;
  bool informed_ = false;
  bool making_ = false;                             // The table did not exist when the run began.
  std::map<std::string, Type, std::less<>> known_;  // The columns of the table.
  std::set<std::string, std::less<>> learnt_;  // Those it got from rows of the run that makes it.
  std::shared_ptr<const TableSchema> unopposed_;  // The last schema that passed as it is.
};

// True where a value of `from` in a column of `to` would make texts of all its values.
bool would_become_text(Type from, Type to);

// "amount__string"
std::string variant_name(std::string_view column, Type type);

}  // namespace tendril
