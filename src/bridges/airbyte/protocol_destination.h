// ProtocolDestination: takes the rows and the state of a run and sends them as messages of the
// Airbyte protocol. What a commit makes durable elsewhere is what a STATE message covers here: all
// RECORDs of the stream before it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/airbyte/message_writer.h"
#include "bridges/airbyte/messages.h"
#include "bridges/airbyte/protocol_state.h"
#include "bridges/airbyte/record_lines.h"
#include "connector/destination.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// What messages need; all must outlive the destination.
struct ProtocolOutlet {
  MessageWriter& writer;
  const Clock& clock;
  Log& log;
  const Redactor& redactor;
};

// Takes tables in mode Append only. Rows of tables whose name begins with "_tendril" are no stream
// of the source; they are logged as warnings. Threads: one at a time.
class ProtocolDestination final : public Destination {
 public:
  ProtocolDestination(ProtocolOutlet outlet, ProtocolState state)
      : outlet_(outlet), state_(std::move(state)) {}

  Status open(const std::string& /*connection*/) override { return {}; }
  Status open_to_look(const std::string& /*connection*/) override { return {}; }
  std::int64_t epoch() const override { return 1; }
  Result<std::optional<TableSchema>> stored_table(const std::string& /*table*/) override {
    return std::optional<TableSchema>();
  }
  Result<std::vector<StateEntry>> load_state() override { return state_.entries(); }
  Status prepare(const TablePlan& plan) override;
  Status write(const Batch& batch) override;
  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override;

  // Send the status of a stream; `fault` is what kept it from its end. That messages could not be
  // sent shows in the next commit.
  void start_stream(const std::string& stream);
  void complete_stream(const std::string& stream);
  void leave_stream_incomplete(const std::string& stream, const std::optional<Error>& fault);

  // Of all RECORDs sent so far.
  std::int64_t record_count() const { return record_count_; }

 private:
  struct Table {
    std::int64_t uncommitted = 0;  // Rows since the last commit.
    std::int64_t uncovered = 0;    // RECORDs since the last STATE.
    bool running = false;
  };

  void send_status(std::string_view stream, StreamStatus status);

  const ProtocolOutlet outlet_;
  ProtocolState state_;
  RecordLines lines_;
  std::map<std::string, Table, std::less<>> tables_;
  std::int64_t record_count_ = 0;
};

}  // namespace tendril
