#include <charconv>
#include <utility>

#include "manifest/request_option.h"
#include "manifest/stream_cursor.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStart = "start";

// Source: manifest component "IncrementingCountCursor".
class CountingCursor final : public StreamCursor {
 public:
  CountingCursor(std::string field, std::int64_t start, std::optional<RequestOption> option,
                 const CursorExtensions& extensions)
      : start_(start), option_(std::move(option)) {
    options_.field = std::move(field);
    options_.overlap = extensions.overlap;
    options_.unit = Micros(1);
    options_.takes_partitions = false;
    options_.is_time = false;
  }

  Result<Window> span() const override { return Window{instant_from_micros(start_), kEnd}; }

  Instant latest(const Window& span) const override { return span.end; }

  Result<Instant> parse(std::string_view text) const override {
    std::int64_t count = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), count);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
      return Error{ErrorCode::BadData, "no whole number: \"" + std::string(text) + "\""};
    }
    return instant_from_micros(count);
  }

  Value format(Instant value) const override { return micros_of(value); }

  // It has no upper bound.
  Map window_view(const Window& window) const override {
    return Map{{std::string(kStart), micros_of(window.start)}};
  }

  std::optional<Window> window_of(const Map&) const override { return std::nullopt; }

  Status inject(const Map& window_view, RequestDraft& draft) const override {
    const Value* start = window_view.find(kStart);
    return option_ && start != nullptr ? option_->inject(*start, draft) : Status();
  }

 private:
  static constexpr Instant kEnd = Instant::max();

  const std::int64_t start_;
  const std::optional<RequestOption> option_;
};

}  // namespace

Result<std::unique_ptr<const StreamCursor>> counting_cursor(const Node& node,
                                                            const Environment& environment,
                                                            const CursorExtensions& extensions) {
  const Value& config = environment.config;
  const Clock& clock = environment.clock;
  std::string field = TRY(evaluate_text(node, "cursor_field", config, clock));
  if (field.empty()) {
    return node.error("cursor_field is missing or empty");
  }
  const std::string text = TRY(evaluate_text(node, "start_value", config, clock));
  std::int64_t start = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), start);
  if (!text.empty() && (end.ec != std::errc() || end.ptr != text.data() + text.size())) {
    return node.find("start_value")->error("a whole number is expected here, not: " + text);
  }
  auto option = TRY(RequestOption::compile(node, "start_value_option", config, clock));
  return std::make_unique<CountingCursor>(std::move(field), start, std::move(option), extensions);
}

}  // namespace tendril
