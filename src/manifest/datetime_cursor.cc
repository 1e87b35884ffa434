
#include <algorithm>
#include <utility>
#include <vector>

#include "manifest/request_option.h"
#include "manifest/stream_cursor.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// An ISO 8601 duration in a member, which may be a template; nullopt when it is absent or empty.
Result<std::optional<Duration>> evaluate_duration(const Node& node, std::string_view key,
                                                  const Environment& environment) {
  const std::string text = TRY(evaluate_text(node, key, environment.config, environment.clock));
  if (text.empty()) {
    return std::optional<Duration>();
  }
  auto duration = parse_duration(text);
  if (!duration.ok()) {
    return node.find(key)->error(duration.error().message);
  }
  return std::optional(*duration);
}

// A format in whose order a date and time of ISO 8601 means the same.
bool is_iso_order(const std::string& format) {
  return format.starts_with("%Y-%m-%d") || format.starts_with("%s");
}

bool is_positive(const Duration& duration) {
  return duration.months >= 0 && duration.exact >= Micros(0) &&
         (duration.months > 0 || duration.exact > Micros(0));
}

// Source: manifest component "DatetimeBasedCursor".
class DatetimeCursor final : public StreamCursor {
 public:
  static Result<std::unique_ptr<const StreamCursor>> compile(const Node& node,
                                                             const Environment& environment,
                                                             const CursorExtensions& extensions);

  Result<Window> span() const override;
  Instant latest(const Window& span) const override;
  Result<Instant> parse(std::string_view text) const override;
  Value format(Instant value) const override;
  Map window_view(const Window& window) const override;
  std::optional<Window> window_of(const Map& window_view) const override;
  Status inject(const Map& window_view, RequestDraft& draft) const override;

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
  Status compile_formats(const Node& node);
  Status compile_rules(const Node& node);
  Status compile_options(const Node& node);
  Result<Instant> evaluate(const Limited& limited) const;
  Result<Instant> evaluate(const TemplateField& expression, const Limited& limited) const;
  Instant clamped_end(Instant end) const;

  const Environment* environment_;
  std::string format_;                // For requests and state.
  std::vector<std::string> formats_;  // That records may use; format_ is the last.
  bool reads_iso_ = false;            // ISO 8601 can be read without asking the formats.
  std::optional<Limited> start_;      // Always there once compiled.
  std::optional<Limited> end_;        // Nothing: now.
  std::string start_name_;
  std::string end_name_;
  std::optional<RequestOption> start_option_;
  std::optional<RequestOption> end_option_;
};

Result<std::unique_ptr<const StreamCursor>> DatetimeCursor::compile(
    const Node& node, const Environment& environment, const CursorExtensions& extensions) {
  auto cursor = std::unique_ptr<DatetimeCursor>(new DatetimeCursor(environment));
  cursor->options_.is_newest_first = extensions.is_newest_first;
  cursor->options_.adaptive = extensions.adaptive;
  cursor->options_.windows_per_run = extensions.windows_per_run;
  cursor->options_.overlap = extensions.overlap;
  cursor->options_.field =
      TRY(evaluate_text(node, "cursor_field", environment.config, environment.clock));
  if (cursor->options_.field.empty()) {
    return node.error("cursor_field is missing or empty");
  }
  TRY(cursor->compile_formats(node));
  cursor->start_ = TRY(cursor->compile_limited(node, "start_datetime"));
  if (!cursor->start_) {
    return node.error("start_datetime is missing");
  }
  cursor->end_ = TRY(cursor->compile_limited(node, "end_datetime"));
  TRY(cursor->compile_rules(node));
  TRY(cursor->compile_options(node));
  return std::unique_ptr<const StreamCursor>(std::move(cursor));
}

Status DatetimeCursor::compile_formats(const Node& node) {
  format_ = TRY(node.text("datetime_format"));
  formats_ = TRY(node.texts("cursor_datetime_formats"));
  formats_.push_back(format_);
  reads_iso_ = std::all_of(formats_.begin(), formats_.end(), is_iso_order);
  return {};
}

Result<std::optional<DatetimeCursor::Limited>> DatetimeCursor::compile_limited(
    const Node& node, std::string_view key) const {
  const Node* field = node.find(key);
  if (field == nullptr) {
    return std::optional<Limited>();
  }
  const bool is_component = field->kind == Node::Kind::Mapping;
  const Node& owner = is_component ? *field : node;
  const Node* datetime = field;
  if (is_component) {
    datetime = TRY(field->required("datetime"));
  }
  TemplateField expression = TRY(TemplateField::compile(owner, *datetime));
  Limited limited{std::move(expression), std::nullopt, std::nullopt, format_, field->position};
  if (is_component) {
    limited.min = TRY(TemplateField::compile(owner, "min_datetime"));
    limited.max = TRY(TemplateField::compile(owner, "max_datetime"));
    limited.format = TRY(owner.text_or("datetime_format", format_));
    limited.format = limited.format.empty() ? format_ : limited.format;
  }
  return std::optional(std::move(limited));
}

Status DatetimeCursor::compile_rules(const Node& node) {
  WindowRules& rules = options_.rules;
  rules.step = TRY(evaluate_duration(node, "step", *environment_));
  const auto granularity = TRY(evaluate_duration(node, "cursor_granularity", *environment_));
  const auto lookback = TRY(evaluate_duration(node, "lookback_window", *environment_));
  if (node.find("step") != nullptr && node.find("cursor_granularity") == nullptr) {
    return node.error("step needs cursor_granularity");
  }
  if (rules.step && !is_positive(*rules.step)) {
    return node.find("step")->error("step must be longer than zero");
  }
  if (granularity && (granularity->months != 0 || granularity->exact < Micros(0))) {
    return node.find("cursor_granularity")->error("cursor_granularity must be a fixed time span");
  }
  rules.granularity = granularity ? granularity->exact : Micros(0);
  if (rules.step && rules.step->months == 0 && rules.step->exact < rules.granularity) {
    return node.find("step")->error("step is shorter than cursor_granularity");
  }
  if (rules.granularity > Micros(0)) {
    options_.unit = rules.granularity;
  }
  options_.lookback = lookback.value_or(Duration());
  rules.strictly_increasing = TRY(node.flag_or("is_compare_strictly", false));
  if (const Node* clamping = node.find("clamping")) {
    rules.clamping = TRY(Clamping::compile(*clamping, *environment_));
  }
  return {};
}

Status DatetimeCursor::compile_options(const Node& node) {
  const Value& config = environment_->config;
  const Clock& clock = environment_->clock;
  start_name_ = TRY(evaluate_text(node, "partition_field_start", config, clock));
  start_name_ = start_name_.empty() ? "start_time" : start_name_;
  end_name_ = TRY(evaluate_text(node, "partition_field_end", config, clock));
  end_name_ = end_name_.empty() ? "end_time" : end_name_;
  start_option_ = TRY(RequestOption::compile(node, "start_time_option", config, clock));
  end_option_ = TRY(RequestOption::compile(node, "end_time_option", config, clock));
  options_.is_data_feed = TRY(node.flag_or("is_data_feed", false));
  options_.is_client_side_incremental = TRY(node.flag_or("is_client_side_incremental", false));
  options_.is_global = TRY(node.flag_or("global_substream_cursor", false));
  return {};
}

Result<Instant> DatetimeCursor::evaluate(const TemplateField& expression,
                                         const Limited& limited) const {
  Context context = context_with(environment_->config, environment_->clock);
  const std::string text = TRY(expression.text(context));
  auto datetime = parse_datetime(text, limited.format);
  if (!datetime.ok()) {
    datetime = parse_datetime(text);  // Users write dates as they are used to.
  }
  if (!datetime.ok()) {
    return Error{ErrorCode::InvalidConfig, to_string(limited.position) +
                                               ": date can not be read: \"" + text +
                                               "\" is not in the format " + limited.format +
                                               ", from " + std::string(expression.source())};
  }
  return datetime->instant;
}

Result<Instant> DatetimeCursor::evaluate(const Limited& limited) const {
  Instant instant = TRY(evaluate(limited.datetime, limited));
  Context context = context_with(environment_->config, environment_->clock);
  for (const bool is_min : {true, false}) {
    const std::optional<TemplateField>& limit = is_min ? limited.min : limited.max;
    std::string text;
    if (limit) {
      text = TRY(limit->text(context));
    }
    if (!text.empty()) {
      const Instant bound = TRY(evaluate(*limit, limited));
      instant = is_min ? std::max(instant, bound) : std::min(instant, bound);
    }
  }
  return instant;
}

// With clamping a run ends with the last whole period.
Instant DatetimeCursor::clamped_end(Instant end) const {
  const auto& clamping = options_.rules.clamping;
  if (!clamping) {
    return end;
  }
  const bool by_days = clamping->period == Clamping::Period::Day;
  const Micros unit = by_days ? Micros(std::chrono::seconds(1)) : Micros(std::chrono::hours(24));
  const Micros granularity = options_.rules.granularity;
  return clamping->floor(end) - (granularity > Micros(0) ? granularity : unit);
}

Result<Window> DatetimeCursor::span() const {
  const Instant start = TRY(evaluate(*start_));
  if (!end_) {
    return Window{start, clamped_end(environment_->clock.now())};
  }
  const Instant end = TRY(evaluate(*end_));
  return Window{start, clamped_end(end)};
}

Instant DatetimeCursor::latest(const Window& span) const {
  return end_ ? span.end : clamped_end(environment_->clock.now());
}

Result<Instant> DatetimeCursor::parse(std::string_view text) const {
  if (reads_iso_) {
    if (const auto datetime = parse_iso_datetime(text)) {
      return datetime->instant;
    }
  }
  for (const std::string& format : formats_) {
    if (const auto parsed = parse_datetime(text, format); parsed.ok()) {
      return parsed->instant;
    }
  }
  const Datetime datetime = TRY(parse_datetime(text));
  return datetime.instant;
}

Value DatetimeCursor::format(Instant value) const {
  return format_datetime(Datetime{value}, format_);
}

Map DatetimeCursor::window_view(const Window& window) const {
  Map view;
  view.set(start_name_, format(window.start));
  view.set(end_name_, format(window.end));
  return view;
}

// What the texts say counts, which may be less exact than the window was.
std::optional<Window> DatetimeCursor::window_of(const Map& window_view) const {
  const Value* start = window_view.find(start_name_);
  const Value* end = window_view.find(end_name_);
  if (start == nullptr || end == nullptr) {
    return std::nullopt;
  }
  const auto from = parse(plain_text(*start));
  const auto until = parse(plain_text(*end));
  return from.ok() && until.ok() ? std::optional(Window{*from, *until}) : std::nullopt;
}

Status DatetimeCursor::inject(const Map& window_view, RequestDraft& draft) const {
  const Value* start = window_view.find(start_name_);
  const Value* end = window_view.find(end_name_);
  if (start_option_ && start != nullptr) {
    TRY(start_option_->inject(*start, draft));
  }
  if (end_option_ && end != nullptr) {
    TRY(end_option_->inject(*end, draft));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<const StreamCursor>> datetime_cursor(const Node& node,
                                                            const Environment& environment,
                                                            const CursorExtensions& extensions) {
  return DatetimeCursor::compile(node, environment, extensions);
}

}  // namespace tendril
