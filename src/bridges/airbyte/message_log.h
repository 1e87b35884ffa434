// MessageLog: log lines as LOG messages, among the others.
#pragma once

#include <string_view>

#include "bridges/airbyte/message_writer.h"
#include "core/log.h"

namespace tendril {

// Give it lines of LogFormat::Json: it puts their parts where messages have a place for them.
// Threads: safe to share.
class MessageLog final : public LogSink {
 public:
  // `writer` must outlive the log.
  explicit MessageLog(MessageWriter& writer) : writer_(writer) {}

  void line(LogLevel level, std::string_view text) override;

 private:
  MessageWriter& writer_;
};

}  // namespace tendril
