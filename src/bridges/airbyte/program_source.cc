#include "bridges/airbyte/program_source.h"

#include <chrono>
#include <mutex>
#include <optional>

#include "bridges/airbyte/program_catalog.h"
#include "bridges/airbyte/program_run.h"
#include "connector/document.h"
#include "data/batch_builder.h"

namespace tendril {
namespace {

// A batch goes out when it has reached one of these, or a state covers it.
constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;
constexpr std::int64_t kBatchRows = 16 * 1024;

constexpr std::string_view kState = "state";

// What the readers of a source share.
class ProgramHost {
 public:
  ProgramHost(AirbyteProgram program, Value config, ConfigSaver save, Log& log)
      : program_(std::move(program)),
        config_(std::move(config)),
        save_(std::move(save)),
        log_(log) {}

  Result<ProgramRun> start(const std::string& verb, Value catalog = {}, Value state = {}) {
    ProgramInput input{.config = {}, .catalog = std::move(catalog), .state = std::move(state)};
    {
      const std::lock_guard lock(mutex_);
      input.config = config_;
    }
    return ProgramRun::start(program_, verb, input, log_);
  }

  // Keeps what the program changed in its configuration.
  Status take(const message::Configuration& changed) {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, value] : changed.config.as_map()->members()) {
      const Value* known = config_.find(name);
      // The manifest travels in the configuration of the reference; it is none of the user's.
      if ((known != nullptr && *known == value) || name.starts_with("__")) {
        continue;
      }
      if (save_) {
        TRY(save_("/" + name, value));
      }
      config_.as_map()->set(name, value);
    }
    return {};
  }

  Log& log() { return log_; }

 private:
  const AirbyteProgram program_;
  std::mutex mutex_;
  Value config_;  // Guarded by mutex_.
  const ConfigSaver save_;
  Log& log_;
};

// Turns the messages of one stream into batches and checkpoints.
class StreamMessages {
 public:
  StreamMessages(TableSchema schema, Value state, SliceSink& sink)
      : stream_(schema.name),
        documents_(holds_documents(schema)),
        rows_(std::move(schema)),
        state_(std::move(state)),
        sink_(sink) {}

  Status take(message::Record record) {
    if (record.stream != stream_) {
      return Error{.code = ErrorCode::BadData,
                   .message = "the program sent a record of another stream: " + record.stream};
    }
    if (documents_) {
      add_document(rows_, record.data);
    } else {
      rows_.add_row(record.data);
    }
    return rows_.bytes() >= kBatchBytes || rows_.row_count() >= kBatchRows ? flush() : Status();
  }

  Status take(message::State state) {
    if (state.stream != stream_) {
      return Error{.code = ErrorCode::Unsupported,
                   .message = "the program sent a state that is not the stream's own"};
    }
    state_ = std::move(state.state);
    TRY(flush());
    return sink_.checkpoint(result());
  }

  Status take(const message::StreamPhase& phase) {
    incomplete_ = incomplete_ || (phase.stream == stream_ && phase.status == "INCOMPLETE");
    return {};
  }

  // Hands over what is left. Errors: Internal when the program said that there should be more.
  Result<Value> finish() {
    if (incomplete_) {
      return Error{.code = ErrorCode::Internal,
                   .message = "the program left the stream incomplete without saying why"};
    }
    TRY(flush());
    return result();
  }

 private:
  Status flush() {
    if (rows_.row_count() == 0) {
      return {};
    }
    Batch batch = TRY(rows_.take());
    return sink_.write(std::move(batch));
  }

  Value result() const { return Map{{std::string(kState), state_}}; }

  const std::string stream_;
  const bool documents_;
  BatchBuilder rows_;
  Value state_;
  SliceSink& sink_;
  bool incomplete_ = false;
};

class ProgramReader final : public StreamReader {
 public:
  ProgramReader(ProgramHost& host, TableSchema schema, Value configured, Value state)
      : host_(host),
        stream_(schema.name),
        schema_(std::move(schema)),
        configured_(std::move(configured)),
        state_(std::move(state)) {}

  Value plan() const override { return {}; }

  Result<std::optional<Slice>> next_slice(std::stop_token) override {
    return std::exchange(planned_, true) ? std::optional<Slice>() : std::optional(Slice{"all"});
  }

  Result<Value> read(const Slice&, const Value& progress, SliceSink& sink,
                     std::stop_token stop) override {
    const Value* reached = progress.find(kState);
    const Value& state = reached == nullptr ? state_ : *reached;
    ProgramRun run = TRY(host_.start("read", configured_, state_input(state)));
    StreamMessages messages(schema_, state, sink);
    const auto take = [&](ProtocolMessage message) -> Status {
      if (auto* record = std::get_if<message::Record>(&message)) {
        return messages.take(std::move(*record));
      }
      if (auto* next = std::get_if<message::State>(&message)) {
        return messages.take(std::move(*next));
      }
      if (const auto* phase = std::get_if<message::StreamPhase>(&message)) {
        return messages.take(*phase);
      }
      if (const auto* changed = std::get_if<message::Configuration>(&message)) {
        return host_.take(*changed);
      }
      return {};
    };
    TRY(run.messages(take, stop));
    return messages.finish();
  }

  Value finish(std::span<const SliceResult> results) override {
    const Value* state = results.empty() ? nullptr : results.back().result.find(kState);
    return state == nullptr ? Value() : *state;
  }

 private:
  // The state as the protocol hands it over; null for none.
  Value state_input(const Value& state) const {
    if (state.is_null()) {
      return {};
    }
    return List{Value(Map{{"type", Value("STREAM")},
                          {"stream", Map{{"stream_descriptor", Map{{"name", Value(stream_)}}},
                                         {"stream_state", state}}}})};
  }

  ProgramHost& host_;
  const std::string stream_;
  const TableSchema schema_;
  const Value configured_;
  const Value state_;
  bool planned_ = false;
};

class ProgramSource final : public Source {
 public:
  ProgramSource(AirbyteProgram program, Value config, ConfigSaver save, Log& log)
      : host_(std::move(program), std::move(config), std::move(save), log) {}

  Status check(std::stop_token stop) override {
    ProgramRun run = TRY(host_.start("check"));
    std::optional<message::ConnectionStatus> answer;
    TRY(run.messages(
        [&](ProtocolMessage message) -> Status {
          if (auto* status = std::get_if<message::ConnectionStatus>(&message)) {
            answer = std::move(*status);
          } else if (const auto* changed = std::get_if<message::Configuration>(&message)) {
            return host_.take(*changed);
          }
          return {};
        },
        stop));
    if (!answer) {
      return Error{.code = ErrorCode::BadData,
                   .message = "the program did not say whether the connection works"};
    }
    return answer->succeeded
               ? Status()
               : Status(Error{.code = ErrorCode::InvalidConfig,
                              .message = "the connection does not work: " + answer->text});
  }

  Result<Catalog> discover(std::stop_token stop) override {
    const std::shared_ptr<const ProgramCatalog> known = TRY(catalog(stop));
    return known->catalog();
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token stop) override {
    const std::shared_ptr<const ProgramCatalog> known = TRY(catalog(stop));
    const StreamInfo* info = known->catalog().find(request.stream);
    if (info == nullptr) {
      return Error{.code = ErrorCode::NotFound,
                   .message = "stream does not exist: " + request.stream};
    }
    return std::make_unique<ProgramReader>(
        host_, request.documents ? document_schema(info->schema) : info->schema,
        known->configured(request), request.incremental ? request.state : Value());
  }

 private:
  // Asks the program once. Shared by whoever still works with it.
  Result<std::shared_ptr<const ProgramCatalog>> catalog(std::stop_token stop) {
    const std::lock_guard lock(mutex_);
    if (catalog_ != nullptr) {
      return catalog_;
    }
    ProgramRun run = TRY(host_.start("discover"));
    std::optional<Value> said;
    TRY(run.messages(
        [&](ProtocolMessage message) -> Status {
          if (auto* answer = std::get_if<message::Catalog>(&message)) {
            said = std::move(answer->catalog);
          }
          return {};
        },
        stop));
    if (!said) {
      return Error{.code = ErrorCode::BadData, .message = "the program named no streams"};
    }
    ProgramCatalog parsed = TRY(ProgramCatalog::parse(std::move(*said)));
    catalog_ = std::make_shared<const ProgramCatalog>(std::move(parsed));
    return catalog_;
  }

  ProgramHost host_;
  std::mutex mutex_;
  std::shared_ptr<const ProgramCatalog> catalog_;  // Guarded by mutex_.
};

}  // namespace

Result<std::unique_ptr<Source>> airbyte_program_source(AirbyteProgram program, Value config,
                                                       ConfigSaver save, Log& log) {
  if (!config.is_map()) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "the configuration must be an object"};
  }
  return std::make_unique<ProgramSource>(std::move(program), std::move(config), std::move(save),
                                         log);
}

}  // namespace tendril
