#include "cli/run_text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/amounts.h"
#include "cli/text_table.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr std::size_t kReasonWidth = 60;
constexpr std::size_t kSlicesShown = 20;

std::string elapsed_text(const RunRecord& run, Instant now) {
  const Instant until = run.ended.value_or(now);
  return duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(until - run.started));
}

std::string cut(const std::string& text, std::size_t width) {
  return display_width(text) <= width ? text : std::string(display_prefix(text, width - 1)) + "…";
}

bool is_in_trouble(const SliceRecord& slice) {
  return slice.attempts > 1 || !slice.error.empty() || slice.stage == SliceStage::Failed;
}

void add_line(std::string& text, std::string_view name, const std::string& value) {
  if (!value.empty()) {
    text += fmt::format("{:<13}{}\n", name, value);
  }
}

std::string facts_text(const RunRecord& run, Instant now) {
  std::string text;
  add_line(text, "run", run.id);
  add_line(text, "connection", run.connection);
  add_line(text, "source", run.source);
  add_line(text, "destination", run.destination);
  add_line(text, "state",
           std::string(to_string(run.state)) + (run.reason.empty() ? "" : ": " + run.reason));
  add_line(text, "began", to_iso(run.started));
  add_line(text, "ended", run.ended ? to_iso(*run.ended) : "");
  add_line(text, "took", elapsed_text(run, now));
  add_line(text, "process", fmt::format("{} on {}", run.holder.pid, run.holder.host));
  add_line(text, "epoch", run.epoch == 0 ? "" : std::to_string(run.epoch));
  add_line(text, "progress",
           fmt::format("{} rows read, {} committed, {} slices, {} requests, last moved {}",
                       count_text(run.counts.rows_read), count_text(run.counts.rows_committed),
                       count_text(run.counts.slices_done), count_text(run.counts.requests),
                       to_iso(run.progressed)));
  add_line(text, "exit status", run.exit_code ? std::to_string(*run.exit_code) : "");
  return text;
}

std::string streams_text(std::span<const StreamRecord> streams) {
  if (streams.empty()) {
    return "";
  }
  TextTable table({{"stream"}, {"read", true}, {"committed", true}, {"slices", true}, {"state"}});
  for (const StreamRecord& stream : streams) {
    table.add({stream.stream, count_text(stream.rows_read), count_text(stream.rows_committed),
               fmt::format("{}/{}", stream.slices_done, stream.slices_planned), stream.state});
  }
  return "\n" + table.text();
}

std::string slices_text(std::span<const SliceRecord> slices) {
  TextTable table(
      {{"slice in trouble"}, {"attempts", true}, {"rows", true}, {"state"}, {"last error"}});
  std::size_t shown = 0;
  for (const SliceRecord& slice : slices) {
    if (is_in_trouble(slice) && shown < kSlicesShown) {
      ++shown;
      table.add({slice.stream + " " + slice.slice, count_text(slice.attempts),
                 count_text(slice.rows), std::string(to_string(slice.stage)), slice.error});
    }
  }
  return shown == 0 ? "" : "\n" + table.text();
}

std::string member_text(const Value& map, std::string_view name) {
  const Value* member = map.find(name);
  if (member == nullptr || member->is_null()) {
    return "";
  }
  const std::string* text = member->as_string();
  return text != nullptr ? *text : to_json(*member);
}

// What the report says of each stream that failed, and the first row of each kind that was
// rejected.
std::string report_text(const std::string& report) {
  const Result<Value> parsed = report.empty() ? Result<Value>(Value()) : parse_json(report);
  const Value* streams = parsed.ok() ? parsed->find("streams") : nullptr;
  if (streams == nullptr || streams->as_list() == nullptr) {
    return "";
  }
  std::string text;
  for (const Value& stream : *streams->as_list()) {
    const std::string name = member_text(stream, "stream");
    if (const Value* error = stream.find("error"); error != nullptr && error->is_map()) {
      text += fmt::format("{} failed: {}\n", name, member_text(*error, "message"));
    }
    const Value* rejected = stream.find("rejected");
    if (rejected == nullptr || rejected->as_list() == nullptr) {
      continue;
    }
    for (const Value& kind : *rejected->as_list()) {
      text +=
          fmt::format("{} rejected {} rows, the first at {}: {}\n", name, member_text(kind, "rows"),
                      member_text(kind, "position"), member_text(kind, "reason"));
    }
  }
  return text.empty() ? "" : "\n" + text;
}

std::string events_text(std::span<const RunEvent> events) {
  std::string text;
  for (const RunEvent& event : events) {
    text += fmt::format("{}  {}\n", to_iso(event.at), event.what);
  }
  return text.empty() ? "" : "\n" + text;
}

Value count(std::int64_t number) { return Value(number); }

Map run_map(const RunRecord& run) {
  Map map{{"id", Value(run.id)},
          {"connection", Value(run.connection)},
          {"source", Value(run.source)},
          {"destination", Value(run.destination)},
          {"state", Value(to_string(run.state))},
          {"reason", Value(run.reason)},
          {"epoch", count(run.epoch)},
          {"started", Value(to_iso(run.started))},
          {"ended", run.ended ? Value(to_iso(*run.ended)) : Value()},
          {"host", Value(run.holder.host)},
          {"pid", count(run.holder.pid)},
          {"lease_expires", Value(to_iso(run.lease_expires))},
          {"progressed", Value(to_iso(run.progressed))}};
  map.append("rows_read", count(run.counts.rows_read));
  map.append("rows_committed", count(run.counts.rows_committed));
  map.append("bytes_read", count(run.counts.bytes_read));
  map.append("slices_done", count(run.counts.slices_done));
  map.append("requests", count(run.counts.requests));
  map.append("exit_code", run.exit_code ? Value(std::int64_t{*run.exit_code}) : Value());
  return map;
}

Value stream_value(const StreamRecord& stream) {
  return Map{
      {"stream", Value(stream.stream)},           {"state", Value(stream.state)},
      {"rows_read", count(stream.rows_read)},     {"rows_committed", count(stream.rows_committed)},
      {"slices_done", count(stream.slices_done)}, {"slices_planned", count(stream.slices_planned)}};
}

Value slice_value(const SliceRecord& slice) {
  Map map{{"stream", Value(slice.stream)},
          {"slice", Value(slice.slice)},
          {"state", Value(to_string(slice.stage))},
          {"attempts", count(slice.attempts)},
          {"rows", count(slice.rows)},
          {"epoch", count(slice.epoch)},
          {"error", Value(slice.error)}};
  if (!slice.checksum.empty()) {
    map.append("checksum", Value(slice.checksum));
  }
  return map;
}

template <class Records, class Convert>
Value list_of(const Records& records, Convert convert) {
  List list;
  for (const auto& record : records) {
    list.push_back(convert(record));
  }
  return list;
}

}  // namespace

std::string runs_table(std::span<const RunRecord> runs, Instant now) {
  TextTable table({{"run"},
                   {"connection"},
                   {"state"},
                   {"began"},
                   {"took", true},
                   {"committed", true},
                   {"reason"}});
  for (const RunRecord& run : runs) {
    table.add({run.id, run.connection, std::string(to_string(run.state)), to_iso(run.started),
               elapsed_text(run, now), count_text(run.counts.rows_committed),
               cut(run.reason, kReasonWidth)});
  }
  return table.text();
}

Value runs_json(std::span<const RunRecord> runs) {
  return list_of(runs, [](const RunRecord& run) { return Value(run_map(run)); });
}

std::string next_step(const RunRecord& run) {
  switch (run.state) {
    case RunState::Queued:
    case RunState::Succeeded: return "";
    case RunState::Running:
      return "'tendril runs cancel " + run.id + "' ends it at its next safe point";
    case RunState::Cancelling: return "it ends at its next safe point";
    default: break;
  }
  const std::string kept = "what was committed is kept; ";
  return run.arguments.empty()
             ? kept + "the same command goes on from there (it held a secret, so it was not kept)"
             : kept + "'tendril runs retry " + run.id + "' goes on from there";
}

std::string run_text(const RunDetails& details, Instant now) {
  std::string text = facts_text(details.run, now) + streams_text(details.streams) +
                     slices_text(details.slices) + report_text(details.run.report) +
                     events_text(details.events);
  const std::string next = next_step(details.run);
  return text + (next.empty() ? "" : "\n" + next + "\n");
}

Value run_json(const RunDetails& details) {
  Map map = run_map(details.run);
  map.append("streams", list_of(details.streams, stream_value));
  map.append("slices", list_of(details.slices, slice_value));
  map.append("events", list_of(details.events, [](const RunEvent& event) {
               return Value(Map{{"at", Value(to_iso(event.at))}, {"what", Value(event.what)}});
             }));
  const Result<Value> report =
      details.run.report.empty() ? Result<Value>(Value()) : parse_json(details.run.report);
  map.append("report", report.ok() ? *report : Value());
  map.append("next", Value(next_step(details.run)));
  return map;
}

}  // namespace tendril
