#include "manifest/stream_choice.h"

#include <utility>

#include "manifest/read_spans.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kWhole = "full_refresh_stream";
constexpr std::string_view kIncremental = "incremental_stream";
constexpr std::string_view kIsComplete = "__ab_full_refresh_sync_complete";
constexpr std::string_view kDelegating = "StateDelegatingStream";

bool is_empty(const Value& state) {
  const Map* members = state.as_map();
  return members == nullptr || members->empty();
}

// The time that a state holds for the whole stream; nullopt when it has none that can be read.
std::optional<Instant> time_of(const Value& state, const DeclarativeStream& stream,
                               const Clock& clock) {
  if (stream.cursor == nullptr) {
    const Value* is_complete = state.find(kIsComplete);
    return is_complete != nullptr && is_truthy(*is_complete) ? std::optional(clock.now())
                                                             : std::nullopt;
  }
  const Value* global = stream.router == nullptr ? &state : state.find("state");
  if (global == nullptr || is_empty(*global)) {
    return std::nullopt;
  }
  const auto spans = ReadSpans::parse(*global, *stream.cursor, {Instant::min(), Instant::max()});
  if (!spans.ok() || spans->complete_until() == Instant::min()) {
    return std::nullopt;
  }
  return spans->complete_until();
}

Result<std::shared_ptr<const DeclarativeStream>> compile_one(const Node& node, std::string_view key,
                                                             const std::string& name,
                                                             const Environment& environment) {
  const Node* stream = TRY(node.required(key));
  auto compiled = TRY(compile_stream(*stream, environment));
  if (compiled->name != name) {
    return stream->error("name must be that of the StateDelegatingStream: " + name);
  }
  compiled->role = key;
  return std::shared_ptr<const DeclarativeStream>(std::move(compiled));
}

}  // namespace

Value whole_stream_state() { return Map{{std::string(kIsComplete), true}}; }

const Node& representative(const Node& stream) {
  const Node* whole = stream.type() == kDelegating ? stream.find(kWhole) : nullptr;
  return whole == nullptr ? stream : *whole;
}

Result<StreamChoice> StreamChoice::compile(const Node& node, const Environment& environment) {
  StreamChoice choice(environment);
  if (node.type() != kDelegating) {
    choice.whole_ = TRY(compile_stream(node, environment));
    return choice;
  }
  const std::string name = TRY(evaluate_text(node, "name", environment.config, environment.clock));
  choice.whole_ = TRY(compile_one(node, kWhole, name, environment));
  choice.incremental_ = TRY(compile_one(node, kIncremental, name, environment));
  const std::string retention =
      TRY(evaluate_text(node, "api_retention_period", environment.config, environment.clock));
  if (retention.empty()) {
    return choice;
  }
  const auto duration = parse_duration(retention);
  if (!duration.ok()) {
    return node.find("api_retention_period")->error(duration.error().message);
  }
  for (const auto* stream : {choice.whole_.get(), choice.incremental_.get()}) {
    if (stream->cursor != nullptr && !stream->cursor->options().is_time) {
      return node.error("api_retention_period needs cursors that hold times");
    }
  }
  choice.retention_ = *duration;
  return choice;
}

Result<bool> StreamChoice::is_forgotten(const Value& state) const {
  if (!retention_) {
    return false;
  }
  const Clock& clock = environment_->clock;
  std::optional<Instant> time = time_of(state, *whole_, clock);
  if (!time) {
    time = time_of(state, *incremental_, clock);
  }
  const bool forgotten = !time || *time < subtract(clock.now(), *retention_);
  if (forgotten) {
    environment_->log.warning("state is older than the API remembers, the stream is read anew",
                              {{"stream", whole_->name}});
  }
  return forgotten;
}

Result<StreamChoice::Chosen> StreamChoice::choose(const Value& state, const Value& plan) const {
  if (incremental_ == nullptr) {
    return Chosen{whole_, state};
  }
  const Value* planned = plan.find("stream");
  if (planned != nullptr && *planned == Value(kIncremental)) {
    return Chosen{incremental_, state};
  }
  if (planned != nullptr || is_empty(state)) {
    return Chosen{whole_, Value()};
  }
  const bool forgotten = TRY(is_forgotten(state));
  return forgotten ? Chosen{whole_, Value()} : Chosen{incremental_, state};
}

}  // namespace tendril
