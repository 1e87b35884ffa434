#include "state/run_rows.h"

#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

Error damaged(std::string what) {
  return {.code = ErrorCode::BadData, .message = "the record of a run is damaged: " + what};
}

std::string arguments_text(const std::vector<std::string>& arguments) {
  List list;
  for (const std::string& argument : arguments) {
    list.emplace_back(argument);
  }
  return to_json(Value(std::move(list)));
}

Result<std::vector<std::string>> parse_arguments(const std::string& text) {
  const Value value = TRY(parse_json(text));
  std::vector<std::string> arguments;
  if (const List* list = value.as_list()) {
    for (const Value& argument : *list) {
      if (const std::string* word = argument.as_string()) {
        arguments.push_back(*word);
      }
    }
    return arguments;
  }
  return damaged("arguments are no list");
}

// Takes the columns of a row one after the other.
class RowReader {
 public:
  explicit RowReader(const SqliteRow& row) : row_(row) {}

  std::string text() { return std::get<std::string>(row_.at(at_++)); }
  std::int64_t number() { return std::get<std::int64_t>(row_.at(at_++)); }
  Instant instant() { return instant_from_micros(number()); }

  std::optional<std::int64_t> optional_number() {
    const auto* value = std::get_if<std::int64_t>(&row_.at(at_++));
    return value == nullptr ? std::nullopt : std::optional(*value);
  }

 private:
  const SqliteRow& row_;
  std::size_t at_ = 0;
};

}  // namespace

const std::string_view kRunColumns =
    "id, connection, source, destination, exclusive, arguments, folder, state, reason, epoch, "
    "started, ended, host, pid, boot, process_start, lease_expires, progressed, rows_read, "
    "rows_committed, bytes_read, slices_done, requests, exit_code, report";

std::vector<SqliteValue> run_values(const RunRecord& run) {
  return {run.id,
          run.connection,
          run.source,
          run.destination,
          std::int64_t{run.exclusive ? 1 : 0},
          arguments_text(run.arguments),
          run.folder,
          std::string(to_string(run.state)),
          run.reason,
          run.epoch,
          micros_of(run.started),
          run.ended ? SqliteValue(micros_of(*run.ended)) : SqliteValue(),
          run.holder.host,
          run.holder.pid,
          run.holder.boot,
          run.holder.process_start,
          micros_of(run.lease_expires),
          micros_of(run.progressed),
          run.counts.rows_read,
          run.counts.rows_committed,
          run.counts.bytes_read,
          run.counts.slices_done,
          run.counts.requests,
          run.exit_code ? SqliteValue(std::int64_t{*run.exit_code}) : SqliteValue(),
          run.report};
}

Result<RunRecord> parse_run(const SqliteRow& row) {
  RowReader reader(row);
  RunRecord run;
  run.id = reader.text();
  run.connection = reader.text();
  run.source = reader.text();
  run.destination = reader.text();
  run.exclusive = reader.number() != 0;
  const std::string arguments = reader.text();
  run.arguments = TRY(parse_arguments(arguments));
  run.folder = reader.text();
  const std::string state = reader.text();
  const std::optional<RunState> known = parse_run_state(state);
  if (!known) {
    return damaged("state is unknown: " + state);
  }
  run.state = *known;
  run.reason = reader.text();
  run.epoch = reader.number();
  run.started = reader.instant();
  if (const auto ended = reader.optional_number()) {
    run.ended = instant_from_micros(*ended);
  }
  run.holder.host = reader.text();
  run.holder.pid = reader.number();
  run.holder.boot = reader.text();
  run.holder.process_start = reader.number();
  run.lease_expires = reader.instant();
  run.progressed = reader.instant();
  run.counts.rows_read = reader.number();
  run.counts.rows_committed = reader.number();
  run.counts.bytes_read = reader.number();
  run.counts.slices_done = reader.number();
  run.counts.requests = reader.number();
  if (const auto exit_code = reader.optional_number()) {
    run.exit_code = static_cast<int>(*exit_code);
  }
  run.report = reader.text();
  return run;
}

StreamRecord parse_stream(const SqliteRow& row) {
  RowReader reader(row);
  StreamRecord stream;
  stream.stream = reader.text();
  stream.state = reader.text();
  stream.rows_read = reader.number();
  stream.rows_committed = reader.number();
  stream.slices_done = reader.number();
  stream.slices_planned = reader.number();
  stream.error = reader.text();
  return stream;
}

Result<SliceRecord> parse_slice(const SqliteRow& row) {
  RowReader reader(row);
  SliceRecord slice;
  slice.stream = reader.text();
  slice.slice = reader.text();
  const std::string stage = reader.text();
  const std::optional<SliceStage> known = parse_slice_stage(stage);
  if (!known) {
    return damaged("state of a slice is unknown: " + stage);
  }
  slice.stage = *known;
  slice.attempts = reader.number();
  slice.rows = reader.number();
  slice.checksum = reader.text();
  slice.epoch = reader.number();
  slice.error = reader.text();
  return slice;
}

}  // namespace tendril
