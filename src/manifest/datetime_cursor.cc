#include "manifest/datetime_cursor.h"

#include <algorithm>
#include <utility>

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

}  // namespace

Result<DatetimeCursor> DatetimeCursor::compile(const Node& node, const Environment& environment) {
  if (node.type() != "DatetimeBasedCursor") {
    return node.error("incremental sync is not supported: " + std::string(node.type()),
                      ErrorCode::Unsupported);
  }
  if (const Node* clamping = node.find("clamping")) {
    return clamping->error("clamping is not supported", ErrorCode::Unsupported);
  }
  DatetimeCursor cursor(environment);
  cursor.field_ = TRY(evaluate_text(node, "cursor_field", environment.config, environment.clock));
  if (cursor.field_.empty()) {
    return node.error("cursor_field is missing or empty");
  }
  cursor.format_ = TRY(node.text("datetime_format"));
  cursor.formats_ = TRY(node.texts("cursor_datetime_formats"));
  cursor.formats_.push_back(cursor.format_);
  cursor.reads_iso_ = std::all_of(cursor.formats_.begin(), cursor.formats_.end(), is_iso_order);
  cursor.start_ = TRY(cursor.compile_limited(node, "start_datetime"));
  if (!cursor.start_) {
    return node.error("start_datetime is missing");
  }
  cursor.end_ = TRY(cursor.compile_limited(node, "end_datetime"));
  TRY(cursor.compile_steps(node));
  TRY(cursor.compile_options(node));
  return cursor;
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

Status DatetimeCursor::compile_steps(const Node& node) {
  step_ = TRY(evaluate_duration(node, "step", *environment_));
  const auto granularity = TRY(evaluate_duration(node, "cursor_granularity", *environment_));
  const auto lookback = TRY(evaluate_duration(node, "lookback_window", *environment_));
  if (node.find("step") != nullptr && node.find("cursor_granularity") == nullptr) {
    return node.error("step needs cursor_granularity");
  }
  if (step_ && !is_positive(*step_)) {
    return node.find("step")->error("step must be longer than zero");
  }
  if (granularity && (granularity->months != 0 || granularity->exact < Micros(0))) {
    return node.find("cursor_granularity")->error("cursor_granularity must be a fixed time span");
  }
  granularity_ = granularity ? granularity->exact : Micros(0);
  if (step_ && step_->months == 0 && step_->exact < granularity_) {
    return node.find("step")->error("step is shorter than cursor_granularity");
  }
  lookback_ = lookback.value_or(Duration());
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
  is_data_feed_ = TRY(node.flag_or("is_data_feed", false));
  is_client_side_incremental_ = TRY(node.flag_or("is_client_side_incremental", false));
  is_compare_strictly_ = TRY(node.flag_or("is_compare_strictly", false));
  is_global_ = TRY(node.flag_or("global_substream_cursor", false));
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

Result<Window> DatetimeCursor::span() const {
  const Instant start = TRY(evaluate(*start_));
  if (!end_) {
    return Window{start, environment_->clock.now()};
  }
  const Instant end = TRY(evaluate(*end_));
  return Window{start, end};
}

Instant DatetimeCursor::lowest(const Window& span, std::optional<Instant> read_until) const {
  return read_until ? std::max(span.start, subtract(*read_until, lookback_)) : span.start;
}

WindowPlan DatetimeCursor::plan(const Window& span, std::optional<Instant> read_until) const {
  return WindowPlan{lowest(span, read_until), span.end, step_, granularity_, is_compare_strictly_};
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

std::string DatetimeCursor::format(Instant instant) const {
  return format_datetime(Datetime{instant}, format_);
}

Map DatetimeCursor::window_view(const Window& window) const {
  Map view;
  view.set(start_name_, format(window.start));
  view.set(end_name_, format(window.end));
  return view;
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

}  // namespace tendril
