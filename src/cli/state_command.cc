// state show, state reset, state edit: how far a connection was read.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <unistd.h>

#include "cli/builtin_destinations.h"
#include "cli/commands.h"
#include "cli/state_text.h"
#include "connector/registry.h"
#include "data/json.h"
#include "state/stream_state.h"

namespace tendril {
namespace {

constexpr std::string_view kFenced =
    "a sync of this connection that is running now can not commit any more: its state is older";

using Entries = std::vector<StateEntry>;

Result<std::unique_ptr<Destination>> make_destination(const std::string& uri) {
  Registry registry;
  add_builtin_destinations(registry);
  return registry.make_destination(uri);
}

// Keeps the entries of the chosen streams; all when none is chosen.
// Errors: NotFound naming streams that have no state.
Result<Entries> chosen(Entries entries, const std::vector<std::string>& streams) {
  for (const std::string& stream : streams) {
    if (std::ranges::none_of(entries, [&](const auto& entry) { return entry.stream == stream; })) {
      return Error{ErrorCode::NotFound, "the connection has no state of a stream " + stream};
    }
  }
  if (!streams.empty()) {
    std::erase_if(entries, [&](const StateEntry& entry) {
      return std::ranges::find(streams, entry.stream) == streams.end();
    });
  }
  return entries;
}

// The state as it is; nothing is changed or kept open.
Result<Entries> look(const std::string& uri, const std::string& connection,
                     const std::vector<std::string>& streams) {
  const auto destination = TRY(make_destination(uri));
  TRY(destination->open_to_look(connection));
  Entries entries = TRY(destination->load_state());
  return chosen(std::move(entries), streams);
}

std::string stream_names(const Entries& entries) {
  std::set<std::string> names;
  for (const StateEntry& entry : entries) {
    names.insert(entry.stream);
  }
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// Asks on a terminal. Errors: InvalidConfig where nobody can answer.
Result<bool> may_reset(const Entries& entries, const StateResetArguments& arguments) {
  if (arguments.yes) {
    return true;
  }
  if (::isatty(STDIN_FILENO) == 0) {
    return Error{ErrorCode::InvalidConfig,
                 "nobody can be asked here, say --yes to forget the state"};
  }
  std::cerr << "forget how far these streams were read, so that they are read whole again: "
            << stream_names(entries) << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

Result<std::string> new_entry(const StateEditArguments& arguments) {
  if (!arguments.json.empty()) {
    return arguments.json;
  }
  if (arguments.file.empty()) {
    return Error{ErrorCode::InvalidConfig, "give the new entry with --set or --file"};
  }
  std::ifstream file(arguments.file, std::ios::binary);
  if (!file) {
    return Error{ErrorCode::InvalidConfig, "file can not be read: " + arguments.file};
  }
  // One byte more than is allowed is enough to refuse it.
  std::string text(kStateEntryBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// What the user gave, as it is stored. Errors: InvalidConfig naming what is wrong with it.
Result<StateEntry> checked_entry(const StateEditArguments& arguments) {
  StateEntry entry{.stream = arguments.stream, .slice = "", .json = ""};
  entry.json = TRY(new_entry(arguments));
  const auto refuse = [](Error error) {
    error.code = ErrorCode::InvalidConfig;
    return error;
  };
  if (Status small = check_state_size(entry); !small.ok()) {
    return refuse(std::move(small).error());
  }
  const auto read =
      read_stream_state(arguments.connection, arguments.stream, std::vector<StateEntry>{entry});
  if (!read.ok()) {
    return refuse(read.error());
  }
  const Value parsed = TRY(parse_json(entry.json));
  entry.json = to_json(parsed);
  return entry;
}

// The slices of a load go with it, unless the new entry is of the same load.
void add_slices_of(const StateEntry& entry, const Entries& old, const std::string& connection,
                   Checkpoint& checkpoint) {
  const auto before = read_stream_state(connection, entry.stream, old);
  const auto after = read_stream_state(connection, entry.stream, std::vector<StateEntry>{entry});
  if (before.ok() && after.ok() && before->attempt == after->attempt) {
    return;
  }
  for (const StateEntry& each : old) {
    if (each.stream == entry.stream && !each.slice.empty()) {
      checkpoint.erased.push_back({each.stream, each.slice});
    }
  }
}

std::string entry_of(const Entries& entries, const std::string& stream) {
  const auto found = std::ranges::find_if(entries, [&](const StateEntry& entry) {
    return entry.stream == stream && entry.slice.empty();
  });
  return found == entries.end() ? "nothing" : found->json;
}

}  // namespace

Result<ExitCode> state_show_command(const StateShowArguments& arguments, Session& session) {
  const Entries entries = TRY(look(arguments.destination, arguments.connection, arguments.streams));
  if (arguments.json) {
    const Value json = TRY(state_json(arguments.connection, entries));
    TRY(session.output(to_pretty_json(json)));
  } else if (entries.empty()) {
    session.note("the destination keeps no state of connection " + arguments.connection);
  } else {
    const std::string table = TRY(state_table(arguments.connection, entries));
    TRY(session.output(table));
  }
  return ExitCode::Done;
}

Result<ExitCode> state_reset_command(const StateResetArguments& arguments, Session& session) {
  Entries entries = TRY(look(arguments.destination, arguments.connection, arguments.streams));
  if (entries.empty()) {
    session.note("the destination keeps no state of connection " + arguments.connection);
    return ExitCode::Done;
  }
  const bool agreed = TRY(may_reset(entries, arguments));
  if (!agreed) {
    session.note("nothing was changed");
    return ExitCode::Done;
  }
  const auto destination = TRY(make_destination(arguments.destination));
  TRY(destination->open(arguments.connection));
  // Again: a sync may have committed since, and can not any more.
  entries = TRY(destination->load_state());
  entries = TRY(chosen(std::move(entries), arguments.streams));
  Checkpoint checkpoint;
  for (const StateEntry& entry : entries) {
    checkpoint.erased.push_back({entry.stream, entry.slice});
  }
  TRY(destination->commit(checkpoint));
  session.note("forgotten, the next sync reads them whole: " + stream_names(entries));
  session.note(kFenced);
  return ExitCode::Done;
}

Result<ExitCode> state_edit_command(const StateEditArguments& arguments, Session& session) {
  const StateEntry entry = TRY(checked_entry(arguments));
  const auto destination = TRY(make_destination(arguments.destination));
  TRY(destination->open(arguments.connection));
  const Entries old = TRY(destination->load_state());
  Checkpoint checkpoint;
  checkpoint.entries.push_back(entry);
  add_slices_of(entry, old, arguments.connection, checkpoint);
  TRY(destination->commit(checkpoint));
  session.note("replaced " + entry_of(old, arguments.stream));
  session.note("by " + entry.json);
  session.note(kFenced);
  return ExitCode::Done;
}

}  // namespace tendril
