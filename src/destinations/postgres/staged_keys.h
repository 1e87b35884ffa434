// StagedKeys: the distinct keys of a stage, and the conditions by which their rows are found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "destinations/postgres/postgres_table.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/staging.h"

namespace tendril {

// In the table of keys: the place of the last upsert and the last delete of the key, and the time
// of its first row.
constexpr std::string_view kUpsertedMark = "_tendril_upserted";
constexpr std::string_view kRemovedMark = "_tendril_removed";
constexpr std::string_view kFirstSyncedMark = "_tendril_first";

// A staged value with the type that the table's column has by now. `alias` is "s.".
std::string staged_value(const PostgresStage& stage, const PostgresTable& table,
                         std::string_view alias, const std::string& name);

class StagedKeys {
 public:
  // Makes the table of keys from a sealed stage. `key` are columns that the stage has.
  static Result<StagedKeys> collect(PostgresSession& session, const PostgresStage& stage,
                                    const PostgresTable& table, std::vector<std::string> key);

  // As SQL names it.
  std::string table() const;
  std::int64_t count() const { return count_; }

  // Conditions, one of which holds for rows of the same key in "t" and "k": null equals null. Each
  // compares by "=" and IS NULL only, which indexes and hashes can answer; no two hold for the same
  // row.
  std::vector<std::string> matches() const;
  // The same with the staged values under "s" in the place of "k".
  std::vector<std::string> staged_matches(const PostgresStage& stage,
                                          const PostgresTable& table) const;

  Status drop(PostgresSession& session) const;

 private:
  using NullPattern = std::vector<bool>;  // Which columns of the key are null.

  explicit StagedKeys(std::vector<std::string> key) : key_(std::move(key)) {}

  template <class ValueOf>
  std::vector<std::string> conditions(ValueOf value_of) const;

  std::vector<std::string> key_;
  std::vector<NullPattern> patterns_;  // Those that occur.
  std::int64_t count_ = 0;
};

}  // namespace tendril
