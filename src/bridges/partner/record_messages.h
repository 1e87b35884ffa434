// RecordMessages: batches as messages of the partner protocol, many rows in each.
// Source: the partner SDK's development guide: at most 100 records of together 100 kB.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridges/partner/table_choice.h"
#include "bridges/partner/update_outlet.h"
#include "core/result.h"
#include "data/batch.h"

namespace tendril {

inline constexpr int kRecordsOfMessageMax = 100;
inline constexpr std::size_t kRecordBytesOfMessageMax = 100'000;

// Threads: one at a time.
class RecordMessages {
 public:
  // `outlet` and `choice` must outlive it.
  RecordMessages(UpdateOutlet& outlet, const TableChoice& choice)
      : outlet_(outlet), choice_(choice) {}

  // Sends the rows, with the columns that are chosen and the key. A Truncate is one record.
  // A value that the protocol has no place for is sent as NULL, with one warning of its column.
  // Errors: those of the outlet; BadData for such a value in the key, and for a row that is larger
  // than a message can be.
  Status write(const Batch& batch);

  // Sends that all rows of the table that came before are to be marked as deleted.
  Status truncate(const std::string& table);

 private:
  struct SentColumn;

  std::vector<SentColumn> columns_of(const Batch& batch) const;
  Status warn_of(const SentColumn& column, const std::string& table, std::string_view misfit);

  UpdateOutlet& outlet_;
  const TableChoice& choice_;
  std::set<std::pair<std::string, std::string>> warned_;  // Tables and columns.
};

}  // namespace tendril
