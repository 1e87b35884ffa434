// TableSettings: what a user says of single tables: how they are written, what a change of their
// columns may do, what becomes of rows that can not be stored.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/destination.h"

namespace tendril {

// What becomes of a value that the table has no place for: in a column that it lacks, or of a type
// that its column can not hold.
enum class ContractRule {
  Evolve,        // The table gains the column, or its type widens.
  Freeze,        // The stream fails, and nothing of the batch is stored.
  DiscardRow,    // The row goes to `_tendril_rejected`, the others are stored.
  DiscardValue,  // The value becomes NULL; in a column of the key the row is rejected.
};

// Freeze: of the columns, or of the types.
struct Contract {
  ContractRule columns = ContractRule::Evolve;
  ContractRule types = ContractRule::Evolve;

  friend bool operator==(const Contract&, const Contract&) = default;
};

enum class OnRejected {
  Continue,  // Up to the limits.
  Stop,      // The first rejected row fails the stream.
};

// Which lists become tables of their own.
struct Normalization {
  bool all = false;
  std::vector<std::string> paths = {};  // "lines", "lines.taxes"; where not all.

  bool empty() const { return !all && paths.empty(); }
  friend bool operator==(const Normalization&, const Normalization&) = default;
};

// Of one table, or of all that say nothing of their own.
struct TableSettings {
  std::optional<WriteMode> mode = std::nullopt;
  std::optional<bool> hard_deletes = std::nullopt;
  std::optional<ContractRule> new_columns = std::nullopt;
  std::optional<ContractRule> new_types = std::nullopt;
  std::map<std::string, ContractRule> columns = {};  // By column, in the place of both.
  std::optional<bool> variants = std::nullopt;
  std::optional<Normalization> normalize = std::nullopt;
  std::optional<int> normalize_depth = std::nullopt;
  std::optional<OnRejected> on_error = std::nullopt;
  std::optional<std::int64_t> rejected_max = std::nullopt;
  std::optional<std::string> cursor_field = std::nullopt;

  friend bool operator==(const TableSettings&, const TableSettings&) = default;
};

// How many levels of lists become tables where the user says nothing.
inline constexpr int kNormalizeDepth = 3;

// What holds for one table, every question answered. `mode` and the like are in StreamPlan.
struct TableRules {
  Contract contract = {};
  std::map<std::string, ContractRule, std::less<>> columns = {};
  // A value of another kind than its column's gets a column of its own, `amount__string`, where
  // the type of `amount` would have to become STRING.
  bool variants = false;
  Normalization normalize = {};
  int normalize_depth = kNormalizeDepth;
  OnRejected on_error = OnRejected::Continue;
  std::int64_t rejected_max = 0;

  // What holds for values of `column` that are new to the table.
  ContractRule on_new_column(std::string_view column) const;
  ContractRule on_new_type(std::string_view column) const;

  // True when a table takes whatever comes, its columns widening as they must.
  bool lets_all_pass() const;
};

// `own` over `general`: what `own` leaves open is as `general` says.
TableSettings merged(const TableSettings& own, const TableSettings& general);

// `settings` with an answer to what they leave open.
TableRules rules_of(const TableSettings& settings, std::int64_t rejected_max);

// "evolve", "freeze", "discard-row", "discard-value"
std::string_view to_string(ContractRule rule);

}  // namespace tendril
