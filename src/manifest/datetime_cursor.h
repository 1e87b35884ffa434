// DatetimeCursor: reads a stream by the time its records were made or changed: what windows to ask
// for, what time a record carries, and how far the stream has been read.
// Source: manifest component "DatetimeBasedCursor".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/request_option.h"
#include "manifest/template_field.h"
#include "manifest/window.h"

namespace tendril {

// Threads: safe to share.
class DatetimeCursor {
 public:
  // `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<DatetimeCursor> compile(const Node& node, const Environment& environment);

  const std::string& field() const { return field_; }
  bool is_data_feed() const { return is_data_feed_; }
  bool is_client_side_incremental() const { return is_client_side_incremental_; }
  // The manifest says when the last span ends; else that is now.
  bool has_end() const { return end_.has_value(); }
  // All partitions share one state.
  bool is_global() const { return is_global_; }

  // The span that a run reads when nothing was read before. Evaluated anew at each call, since it
  // may depend on the clock.
  // Errors: InvalidConfig naming the template and what it came to.
  Result<Window> span() const;

  // What is to be read of `span` when everything up to `read_until` was read before.
  WindowPlan plan(const Window& span, std::optional<Instant> read_until) const;

  // The earliest time that a record may carry to be of interest.
  Instant lowest(const Window& span, std::optional<Instant> read_until) const;

  // Reads a record's or a state's time: by the manifest's formats, or any usual spelling.
  Result<Instant> parse(std::string_view text) const;
  std::string format(Instant instant) const;

  // {"start_time": …, "end_time": …}, under the names the manifest gives them.
  Map window_view(const Window& window) const;
  Status inject(const Map& window_view, RequestDraft& draft) const;

 private:
  // A time with limits. Source: manifest component "MinMaxDatetime".
  struct Limited {
    TemplateField datetime;
    std::optional<TemplateField> min;
    std::optional<TemplateField> max;
    std::string format;
    Position position;
  };

  explicit DatetimeCursor(const Environment& environment) : environment_(&environment) {}
  Result<std::optional<Limited>> compile_limited(const Node& node, std::string_view key) const;
  Status compile_steps(const Node& node);
  Status compile_options(const Node& node);
  Result<Instant> evaluate(const Limited& limited) const;
  Result<Instant> evaluate(const TemplateField& expression, const Limited& limited) const;

  const Environment* environment_;
  std::string field_;
  std::string format_;                // For requests and state.
  std::vector<std::string> formats_;  // That records may use; format_ is the last.
  bool reads_iso_ = false;            // ISO 8601 can be read without asking the formats.
  std::optional<Limited> start_;      // Always there once compiled.
  std::optional<Limited> end_;        // Nothing: now.
  std::optional<Duration> step_;
  Micros granularity_{0};
  Duration lookback_;
  std::string start_name_;
  std::string end_name_;
  std::optional<RequestOption> start_option_;
  std::optional<RequestOption> end_option_;
  bool is_data_feed_ = false;
  bool is_client_side_incremental_ = false;
  bool is_compare_strictly_ = false;
  bool is_global_ = false;
};

}  // namespace tendril
