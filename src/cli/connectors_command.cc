#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/source_opening.h"
#include "cli/text_table.h"
#include "data/json.h"
#include "manifest/connector_title.h"
#include "manifest/manifest_document.h"

namespace tendril {
namespace {

struct Entry {
  std::string name;
  std::string title;
  std::string description;
  std::size_t streams = 0;
  bool sandbox = false;
  std::string folder;
};

Value entry_json(const Entry& entry) {
  return Map{{"name", Value(entry.name)},
             {"title", Value(entry.title)},
             {"description", Value(entry.description)},
             {"streams", Value(static_cast<std::int64_t>(entry.streams))},
             {"sandbox", Value(entry.sandbox)},
             {"folder", Value(entry.folder)}};
}

std::string entries_json(const std::vector<Entry>& entries) {
  List list;
  for (const Entry& entry : entries) {
    list.push_back(entry_json(entry));
  }
  return to_pretty_json(Value(std::move(list)));
}

std::string entries_table(const std::vector<Entry>& entries) {
  TextTable table({{"name"}, {"title"}, {"streams", true}, {"sandbox"}});
  for (const Entry& entry : entries) {
    table.add({entry.name, entry.title, std::to_string(entry.streams), entry.sandbox ? "yes" : ""});
  }
  return table.text();
}

Result<Entry> entry_of(const std::string& name, const std::filesystem::path& folder) {
  const ManifestDocument manifest = TRY(load_manifest(folder / "manifest.yaml"));
  return Entry{name,
               connector_title(manifest, name),
               manifest.description,
               manifest.streams.size(),
               std::filesystem::exists(folder / "sandbox.yaml"),
               folder.string()};
}

}  // namespace

Result<ExitCode> connectors_command(const ConnectorsArguments& arguments, Session& session) {
  const ConnectorSearch connectors = TRY(find_connectors(session.global()));
  if (arguments.names_only) {
    std::string names;
    for (const std::string& name : connectors.names()) {
      names += name + "\n";
    }
    TRY(session.output(names));
    return ExitCode::Done;
  }
  // A connector that is broken must not hide the others.
  std::vector<Entry> entries;
  std::optional<ErrorCode> fault;
  for (const std::string& name : connectors.names()) {
    Result<Entry> entry = entry_of(name, connectors.folder() / name);
    if (!entry.ok()) {
      session.report(entry.error());
      fault = entry.error().code;
      continue;
    }
    entries.push_back(std::move(entry).value());
  }
  TRY(session.output(arguments.json ? entries_json(entries) : entries_table(entries)));
  return fault ? exit_code_of(*fault) : ExitCode::Done;
}

}  // namespace tendril
