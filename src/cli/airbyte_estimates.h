// EstimateMessages: tells a platform now and then how much there is to read, for its progress bars.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "bridges/airbyte/message_writer.h"
#include "bridges/airbyte/messages.h"
#include "core/clock.h"
#include "sync/progress.h"

namespace tendril {

// What a stream comes to when the slices that are not read yet are like those that are; nothing as
// long as it is not known how many there are.
std::optional<StreamEstimate> estimate_of(const StreamProgress& stream);

class EstimateMessages {
 public:
  // Starts a thread. All must outlive this object. `clock` dates the messages, `waits` is for
  // pauses.
  EstimateMessages(const SyncProgress& progress, MessageWriter& writer, const Clock& clock,
                   Clock& waits);

  // Ends the thread.
  ~EstimateMessages() = default;

 private:
  void run(const std::stop_token& stop);
  void send_changed();

  const SyncProgress& progress_;
  MessageWriter& writer_;
  const Clock& clock_;
  Clock& waits_;
  std::map<std::string, StreamEstimate> sent_;
  std::jthread thread_;  // Last: joined before the rest goes.
};

}  // namespace tendril
