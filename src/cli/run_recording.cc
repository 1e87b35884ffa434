#include "cli/run_recording.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/config_file.h"
#include "state/lease_holder.h"
#include "state/run_id.h"
#include "state/run_place.h"
#include "state/run_scanner.h"
#include "state/sqlite_run_store.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

Status scan(RunStore& store, Session& session) {
  const std::vector<RunRecord> ended = TRY(scan_runs(store, session.clock()));
  for (const RunRecord& run : ended) {
    session.log().warning("an earlier run was ended", {{"run", run.id},
                                                       {"connection", run.connection},
                                                       {"state", to_string(run.state)},
                                                       {"reason", run.reason}});
  }
  return {};
}

// The words of a command line, or none when one of them holds a secret.
std::vector<std::string> words_without_secrets(const std::vector<std::string>& words,
                                               const Redactor& redactor) {
  const bool any_secret = std::ranges::any_of(words, [&](const std::string& word) {
    return redactor.redact(word) != word || without_secrets(word) != word;
  });
  return any_secret ? std::vector<std::string>() : words;
}

RunRecord record_of(const SyncArguments& arguments, const std::string& connection,
                    const std::string& source, const RunTerms& terms, Session& session) {
  const Instant now = session.clock().now();
  std::error_code fault;
  return {.id = make_run_id(now, std::random_device()()),
          .connection = connection,
          .source = source,
          .destination = session.redactor().redact(destination_name(arguments.destination)),
          .exclusive = !arguments.destination.starts_with("null:"),  // It keeps nothing.
          .arguments = words_without_secrets(session.global().words, session.redactor()),
          .folder = fs::current_path(fault).string(),
          .started = now,
          .holder = this_process(),
          .lease_expires = now + terms.lease(),
          .progressed = now};
}

Error held_by(const RunRecord& other) {
  return {ErrorCode::System, "connection " + other.connection +
                                 " is being synced already, wait for that run, or end " +
                                 "it with --take-over: run " + other.id + ", process " +
                                 std::to_string(other.holder.pid) + " on " + other.holder.host +
                                 ", since " + to_iso(other.started)};
}

}  // namespace

Result<std::unique_ptr<RunStore>> open_runs(Session& session) {
  const fs::path file = TRY(run_store_file(process_environment()));
  auto store = TRY(open_sqlite_run_store(file));
  TRY(scan(*store, session));
  return store;
}

Result<std::unique_ptr<RunStore>> open_recorded_runs(Session& session) {
  const fs::path file = TRY(run_store_file(process_environment()));
  std::error_code fault;
  if (!fs::exists(file, fault)) {
    return std::unique_ptr<RunStore>();
  }
  return open_runs(session);
}

Result<BegunRun> begin_run(const SyncArguments& arguments, const std::string& connection,
                           const std::string& source, const RunTerms& terms, Session& session) {
  BegunRun run{.store = nullptr,
               .record = record_of(arguments, connection, source, terms, session)};
  if (!arguments.record) {
    return run;
  }
  const auto unrecorded = [&](const Error& fault) {
    session.log().warning("the run goes on, but can not be recorded", {{"error", fault.message}});
    run.store = nullptr;
  };
  auto store = open_runs(session);
  if (!store.ok()) {
    unrecorded(store.error());
    return run;
  }
  run.store = std::move(store).value();
  const auto other =
      run.store->begin(run.record, arguments.take_over ? OnLiveRun::TakeOver : OnLiveRun::Refuse);
  if (!other.ok()) {
    unrecorded(other.error());
  } else if (*other) {
    return held_by(**other);
  } else {
    session.log().info("run began", {{"run", run.record.id}, {"connection", connection}});
  }
  return run;
}

std::string destination_name(std::string_view uri) {
  const std::string name = without_secrets(uri);
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos || colon + 1 == name.size() ||
      name.compare(colon, 3, "://") == 0 || name[colon + 1] == ':') {
    return name;
  }
  const std::size_t question = name.find('?', colon);
  const fs::path path = name.substr(colon + 1, question - colon - 1);
  std::error_code fault;
  const fs::path full = fs::weakly_canonical(path, fault);
  return name.substr(0, colon + 1) + (fault ? fs::absolute(path, fault) : full).string() +
         (question == std::string::npos ? "" : name.substr(question));
}

Result<RunRecord> find_run(RunStore& store, const std::string& text) {
  std::vector<RunRecord> runs = TRY(store.list({}));
  if (text == "last" && !runs.empty()) {
    return std::move(runs.front());
  }
  std::vector<RunRecord> found;
  for (RunRecord& run : runs) {
    if (run.id == text) {
      return std::move(run);
    }
    if (!text.empty() && (run.id.starts_with(text) || run.id.ends_with(text))) {
      found.push_back(std::move(run));
    }
  }
  if (found.empty()) {
    return Error{ErrorCode::NotFound,
                 "there is no run " + text + ", 'tendril runs list' shows them"};
  }
  if (found.size() > 1) {
    return Error{ErrorCode::InvalidConfig, "several runs are meant by " + text + ": " +
                                               found.front().id + ", " + found.at(1).id};
  }
  return std::move(found.front());
}

}  // namespace tendril
