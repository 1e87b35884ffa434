// BatchGroup: the batch files of one call that writes to one table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bridges/partner/batch_file_writer.h"
#include "bridges/partner/batch_folder.h"
#include "bridges/partner/row_keys.h"
#include "bridges/partner/version_chain.h"
#include "bridges/partner/wire_table.h"
#include "core/result.h"
#include "data/batch.h"

namespace tendril {

// In the order in which a server applies them.
enum class BatchFileKind : std::uint8_t { EarliestStart, Replace, Update, Delete };
constexpr std::size_t kBatchFileKinds = 4;

struct FinishedBatchFile {
  std::string path;
  std::string key;
};

// Calls: any mix of rows, then finish(). The server applies the kinds one after the other, so a key
//   may be in a group only once, but for versions of one batch.
// Threads: one at a time.
class BatchGroup {
 public:
  // `folder` must outlive the group.
  BatchGroup(BatchFolder& folder, const PartnerTable& table) : folder_(folder), table_(table) {}

  // True when a row with one of these keys was written. REQUIRES: the table's rows have a key.
  bool holds_any(const std::vector<RowKey>& keys) const;
  void remember(const std::vector<RowKey>& keys) { keys_.insert(keys.begin(), keys.end()); }

  // What becomes of the rows of a batch. `versions` is for tables of versions, of these rows.
  // REQUIRES: a batch of updates or deletions has all columns of the key.
  struct Times {
    Instant synced = {};
    const VersionChain* versions = nullptr;
  };
  Status replace(const Batch& batch, const Times& times);
  Status update(const Batch& batch, const Times& times);
  Status mark_deleted(const Batch& batch, const Times& times);  // REQUIRES: marks_deleted.
  Status remove(const Batch& batch, const Times& times);  // Of versions: ends them at the start.

  bool empty() const;
  bool has_open_files() const;

  // Ends the files that are open; more rows go to new ones.
  Status close_files();

  // The files of a kind, in order. REQUIRES: they are closed.
  const std::vector<FinishedBatchFile>& files(BatchFileKind kind) const {
    return lanes_[static_cast<std::size_t>(kind)].finished;
  }
  const PartnerTable& table() const { return table_; }

 private:
  // The files of one kind.
  struct Lane {
    std::unique_ptr<BatchFileWriter> writer = nullptr;
    std::vector<FinishedBatchFile> finished = {};
  };

  Status write(BatchFileKind kind, const std::vector<FileCells>& cells, std::int64_t rows);
  Status begin_versions(const Batch& batch, const VersionChain& versions);
  Status close(Lane& lane);
  std::vector<BatchFileColumn> columns_of(BatchFileKind kind) const;
  std::vector<FileCells> data_cells(const Batch& batch, bool key_only) const;
  bool is_key(const std::string& column) const;

  BatchFolder& folder_;
  const PartnerTable table_;
  std::array<Lane, kBatchFileKinds> lanes_;
  RowKeySet keys_;
};

}  // namespace tendril
