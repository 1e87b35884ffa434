#include "cli/sync_report_text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/amounts.h"
#include "cli/text_table.h"

namespace tendril {
namespace {

std::string_view to_string(StreamOutcome outcome) {
  switch (outcome) {
    case StreamOutcome::Done: return "done";
    case StreamOutcome::Failed: return "failed";
    case StreamOutcome::Stopped: return "stopped";
  }
  return "unknown";
}

std::string status_of(const StreamReport& stream) {
  std::string status(to_string(stream.outcome));
  status += stream.incremental ? ", incremental" : "";
  status += stream.resumed ? ", resumed" : "";
  return status;
}

std::vector<std::string> cells_of(const StreamReport& stream, std::string status) {
  return {stream.stream,
          count_text(stream.rows_read),
          count_text(stream.rows_written),
          count_text(stream.rows_deleted),
          count_text(stream.rows_rejected),
          fmt::format("{:.2f}", static_cast<double>(stream.elapsed.count()) / 1000),
          count_text(static_cast<std::int64_t>(rate_of(stream.rows_read, stream.elapsed))),
          std::move(status)};
}

StreamReport sum_of(const SyncReport& report) {
  StreamReport sum;
  sum.stream = "total";
  sum.elapsed = report.elapsed;
  for (const StreamReport& stream : report.streams) {
    sum.rows_read += stream.rows_read;
    sum.rows_written += stream.rows_written;
    sum.rows_deleted += stream.rows_deleted;
    sum.rows_rejected += stream.rows_rejected;
  }
  return sum;
}

std::string_view outcome_of(const SyncReport& report) {
  return report.stopped        ? "stopped"
         : report.all_done()   ? "done"
         : report.all_failed() ? "failed"
                               : "some streams failed";
}

Value error_json(const Error& error) {
  Map map{{"code", Value(tendril::to_string(error.code))}, {"message", Value(error.message)}};
  if (!error.request_id.empty()) {
    map.append("request_id", Value(error.request_id));
  }
  return map;
}

Value stream_json(const StreamReport& stream) {
  Map map{{"stream", Value(stream.stream)},
          {"outcome", Value(to_string(stream.outcome))},
          {"incremental", Value(stream.incremental)},
          {"resumed", Value(stream.resumed)},
          {"rows_read", Value(stream.rows_read)},
          {"rows_queued", Value(stream.rows_queued)},
          {"rows_staged", Value(stream.rows_staged)},
          {"rows_written", Value(stream.rows_written)},
          {"rows_deleted", Value(stream.rows_deleted)},
          {"rows_rejected", Value(stream.rows_rejected)},
          {"seconds", Value(static_cast<double>(stream.elapsed.count()) / 1000)}};
  if (stream.values_discarded > 0) {
    map.append("values_discarded", Value(stream.values_discarded));
  }
  if (stream.child_rows_written > 0) {
    map.append("child_rows_written", Value(stream.child_rows_written));
  }
  if (!stream.rejected.empty()) {
    List kinds;
    for (const RejectedKind& kind : stream.rejected) {
      kinds.push_back(Map{{"reason", Value(kind.reason)},
                          {"position", Value(kind.position)},
                          {"rows", Value(kind.rows)}});
    }
    map.append("rejected", Value(std::move(kinds)));
  }
  if (stream.error) {
    map.append("error", error_json(*stream.error));
  }
  return map;
}

// What the table has no column for: a line for each kind of rejected rows, and for values that
// became null.
std::string notes_text(const SyncReport& report) {
  std::string text;
  for (const StreamReport& stream : report.streams) {
    for (const RejectedKind& kind : stream.rejected) {
      text += fmt::format("{}: {} rejected, the first {}{}{}\n", stream.stream,
                          count_text(kind.rows), kind.position.empty() ? "" : "at ",
                          kind.position.empty() ? "because: " : kind.position + ": ", kind.reason);
    }
    if (stream.values_discarded > 0) {
      text += fmt::format("{}: {} values were discarded, as its contract says\n", stream.stream,
                          count_text(stream.values_discarded));
    }
    if (stream.child_rows_written > 0) {
      text += fmt::format("{}: {} rows written to tables of its lists\n", stream.stream,
                          count_text(stream.child_rows_written));
    }
  }
  return text;
}

}  // namespace

std::string report_table(const SyncReport& report) {
  TextTable table({{"stream"},
                   {"read", true},
                   {"written", true},
                   {"deleted", true},
                   {"rejected", true},
                   {"seconds", true},
                   {"records/s", true},
                   {"status"}});
  for (const StreamReport& stream : report.streams) {
    table.add(cells_of(stream, status_of(stream)));
  }
  table.add(cells_of(sum_of(report), std::string(outcome_of(report))));
  return table.text() + notes_text(report) +
         fmt::format("{} requests, {} retries, {} received\n", count_text(report.source.requests),
                     count_text(report.source.retries), bytes_text(report.source.bytes_received));
}

Value report_json(const SyncReport& report) {
  List streams;
  for (const StreamReport& stream : report.streams) {
    streams.push_back(stream_json(stream));
  }
  return Map{{"outcome", Value(outcome_of(report))},
             {"streams", Value(std::move(streams))},
             {"requests", Value(report.source.requests)},
             {"retries", Value(report.source.retries)},
             {"bytes_received", Value(report.source.bytes_received)},
             {"seconds", Value(static_cast<double>(report.elapsed.count()) / 1000)}};
}

std::vector<Error> report_faults(const SyncReport& report) {
  std::vector<std::pair<Error, std::vector<std::string>>> hits;
  for (const StreamReport& stream : report.streams) {
    if (!stream.error || stream.outcome != StreamOutcome::Failed) {
      continue;
    }
    const auto found = std::find_if(hits.begin(), hits.end(), [&](const auto& hit) {
      return hit.first.message == stream.error->message;
    });
    if (found == hits.end()) {
      hits.push_back({*stream.error, {stream.stream}});
    } else {
      found->second.push_back(stream.stream);
    }
  }
  std::vector<Error> faults;
  for (auto& [fault, streams] : hits) {
    const bool hit_all = streams.size() == report.streams.size() && streams.size() > 1;
    faults.push_back(
        hit_all ? std::move(fault)
                : std::move(fault).while_doing(fmt::format("{}", fmt::join(streams, ", "))));
  }
  return faults;
}

std::string kept_text(const SyncReport& report) {
  const StreamReport sum = sum_of(report);
  return fmt::format("stopped: {} rows are kept, the next run goes on from there",
                     count_text(sum.rows_written));
}

}  // namespace tendril
