#include "manifest/stream_cursor.h"

namespace tendril {

Result<std::unique_ptr<const StreamCursor>> stream_cursor(const Node& stream,
                                                          const Environment& environment) {
  const Node* node = stream.find("incremental_sync");
  if (node == nullptr) {
    return std::unique_ptr<const StreamCursor>();
  }
  if (node->type() == "DatetimeBasedCursor") {
    return datetime_cursor(*node, environment);
  }
  if (node->type() == "IncrementingCountCursor") {
    return counting_cursor(*node, environment);
  }
  return node->error("incremental sync is not supported: " + std::string(node->type()),
                     ErrorCode::Unsupported);
}

}  // namespace tendril
