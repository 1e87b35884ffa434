#include "manifest/stream_cursor.h"

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kNewestFirst = "NewestFirst";
constexpr std::string_view kAdaptive = "AdaptiveWindow";

Result<AdaptiveStep> adaptive_step(const Node& node, const Environment& environment) {
  const std::string text =
      TRY(evaluate_text(node, "min_step", environment.config, environment.clock));
  const auto step = parse_duration(text);
  if (!step.ok() || step->months != 0 || step->exact <= Micros(0)) {
    return node.error("min_step must be a fixed time span: " + text);
  }
  const std::int64_t tries = TRY(node.integer_or("max_tries", AdaptiveStep().tries_max));
  if (tries < 1 || tries > 1000) {
    return node.find("max_tries")->error("max_tries must be from 1 to 1000");
  }
  return AdaptiveStep{step->exact, static_cast<int>(tries)};
}

}  // namespace

const Node& innermost_cursor(const Node& incremental_sync) {
  const Node* cursor = &incremental_sync;
  while (cursor->type() == kNewestFirst || cursor->type() == kAdaptive) {
    const Node* below = cursor->find("cursor");
    if (below == nullptr) {
      break;
    }
    cursor = below;
  }
  return *cursor;
}

Result<std::unique_ptr<const StreamCursor>> stream_cursor(const Node& stream,
                                                          const Environment& environment) {
  const Node* node = stream.find("incremental_sync");
  if (node == nullptr) {
    return std::unique_ptr<const StreamCursor>();
  }
  CursorExtensions extensions;
  while (node->type() == kNewestFirst || node->type() == kAdaptive) {
    if (node->type() == kNewestFirst) {
      extensions.is_newest_first = true;
    } else {
      extensions.adaptive = TRY(adaptive_step(*node, environment));
    }
    node = TRY(node->required("cursor"));
  }
  if (node->type() == "DatetimeBasedCursor") {
    return datetime_cursor(*node, environment, extensions);
  }
  if (node->type() == "IncrementingCountCursor") {
    return counting_cursor(*node, environment);
  }
  if (node->type() == "IdCursor") {
    return id_cursor(*node, environment);
  }
  return node->error("incremental sync is not supported: " + std::string(node->type()),
                     ErrorCode::Unsupported);
}

}  // namespace tendril
