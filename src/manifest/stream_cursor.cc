#include "manifest/stream_cursor.h"

#include <charconv>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kNewestFirst = "NewestFirst";
constexpr std::string_view kAdaptive = "AdaptiveWindow";
constexpr std::string_view kOverlap = "Overlap";
constexpr std::string_view kDatetime = "DatetimeBasedCursor";

// As late as servers with clocks and replicas of their own usually show a record.
constexpr Micros kOverlapOfTimes = std::chrono::minutes(5);
constexpr std::int64_t kOverlapOfNumbers = 1'000;
constexpr std::int64_t kRememberedMax = 1'000'000;

bool is_around(const Node& node) {
  return node.type() == kNewestFirst || node.type() == kAdaptive || node.type() == kOverlap;
}

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

// A fixed time span, or how many numbers.
Result<Micros> overlap_span(const Node& node, const Environment& environment) {
  const std::string text =
      TRY(evaluate_text(node, "overlap", environment.config, environment.clock));
  const bool is_time = innermost_cursor(node).type() == kDatetime;
  if (text.empty()) {
    return is_time ? kOverlapOfTimes : Micros(kOverlapOfNumbers);
  }
  if (is_time) {
    const auto span = parse_duration(text);
    if (!span.ok() || span->months != 0 || span->exact < Micros(0)) {
      return node.find("overlap")->error("overlap must be a fixed time span: " + text);
    }
    return span->exact;
  }
  std::int64_t count = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), count);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || count < 0) {
    return node.find("overlap")->error("overlap must be a whole number: " + text);
  }
  return Micros(count);
}

Result<OverlapRules> overlap_rules(const Node& node, const Environment& environment) {
  OverlapRules rules;
  rules.span = TRY(overlap_span(node, environment));
  const auto remembered = static_cast<std::int64_t>(rules.remembered_max);
  const std::int64_t records = TRY(node.integer_or("max_remembered", remembered));
  if (records < 0 || records > kRememberedMax) {
    return node.find("max_remembered")->error("max_remembered must be from 0 to 1000000");
  }
  rules.remembered_max = static_cast<std::size_t>(records);
  return rules;
}

Status read_extension(const Node& node, const Environment& environment,
                      CursorExtensions& extensions) {
  if (node.type() == kAdaptive) {
    extensions.adaptive = TRY(adaptive_step(node, environment));
    return {};
  }
  if (node.type() == kOverlap) {
    extensions.overlap = TRY(overlap_rules(node, environment));
    return {};
  }
  extensions.is_newest_first = true;
  if (node.find("windows_per_run") != nullptr) {
    const std::int64_t windows = TRY(node.integer_or("windows_per_run", 0));
    if (windows < 1) {
      return node.find("windows_per_run")->error("windows_per_run must be at least 1");
    }
    extensions.windows_per_run = windows;
  }
  return {};
}

Status check_extensions(const Node& cursor, const CursorExtensions& extensions) {
  const bool cuts_windows = extensions.is_newest_first || extensions.adaptive;
  if (cuts_windows && cursor.type() != kDatetime) {
    return cursor.error("only windows of a DatetimeBasedCursor can be cut, or read in reverse");
  }
  if (extensions.is_newest_first && cursor.find("step") == nullptr) {
    return cursor.error("reading in reverse needs a step, or there is one window only");
  }
  return {};
}

}  // namespace

Result<LoadMode> load_mode(const Node& stream) {
  const std::string mode = TRY(stream.text_or("load_mode", "incremental"));
  if (mode == "full") {
    return LoadMode::Full;
  }
  if (mode == "reverse") {
    return LoadMode::Reverse;
  }
  if (mode != "incremental") {
    return stream.find("load_mode")
        ->error("load_mode must be full, incremental or reverse, not: " + mode);
  }
  return LoadMode::Incremental;
}

const Node& innermost_cursor(const Node& incremental_sync) {
  const Node* cursor = &incremental_sync;
  while (is_around(*cursor)) {
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
  const LoadMode mode = TRY(load_mode(stream));
  const Node* node = stream.find("incremental_sync");
  if (node == nullptr) {
    if (mode == LoadMode::Reverse) {
      return stream.find("load_mode")->error("reading in reverse needs a cursor");
    }
    return std::unique_ptr<const StreamCursor>();
  }
  CursorExtensions extensions;
  extensions.is_newest_first = mode == LoadMode::Reverse;
  while (is_around(*node)) {
    TRY(read_extension(*node, environment, extensions));
    node = TRY(node->required("cursor"));
  }
  TRY(check_extensions(*node, extensions));
  if (node->type() == kDatetime) {
    return datetime_cursor(*node, environment, extensions);
  }
  if (node->type() == "IncrementingCountCursor") {
    return counting_cursor(*node, environment, extensions);
  }
  if (node->type() == "IdCursor") {
    return id_cursor(*node, environment, extensions);
  }
  return node->error("incremental sync is not supported: " + std::string(node->type()),
                     ErrorCode::Unsupported);
}

}  // namespace tendril
