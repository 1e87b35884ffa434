#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/source_opening.h"
#include "cli/text_table.h"
#include "data/json.h"

namespace tendril {
namespace {

Value stream_json(const StreamInfo& stream) {
  List columns;
  for (const Column& column : stream.schema.columns) {
    columns.push_back(Map{{"name", Value(column.name)}, {"type", Value(to_string(column.type))}});
  }
  List key;
  for (const std::string& column : stream.schema.primary_key) {
    key.push_back(Value(column));
  }
  Map map{{"name", Value(stream.schema.name)},
          {"primary_key", Value(std::move(key))},
          {"incremental", Value(stream.incremental)}};
  if (!stream.cursor_field.empty()) {
    map.append("cursor_field", Value(stream.cursor_field));
  }
  if (!stream.parent.empty()) {
    map.append("parent", Value(stream.parent));
  }
  map.append("columns", Value(std::move(columns)));
  return map;
}

std::string catalog_json(const Catalog& catalog) {
  List streams;
  for (const StreamInfo& stream : catalog.streams) {
    streams.push_back(stream_json(stream));
  }
  Map map{{"streams", Value(std::move(streams))}};
  if (catalog.feed) {
    map.append("feed", Map{{"name", Value(catalog.feed->name)},
                           {"tables_may_come", Value(catalog.feed->tables_may_come)}});
  }
  return to_pretty_json(std::move(map));
}

std::string catalog_table(const Catalog& catalog) {
  TextTable table(
      {{"stream"}, {"columns", true}, {"primary key"}, {"incremental by"}, {"read for each"}});
  for (const StreamInfo& stream : catalog.streams) {
    table.add({stream.schema.name, std::to_string(stream.schema.columns.size()),
               fmt::format("{}", fmt::join(stream.schema.primary_key, ", ")),
               stream.incremental ? stream.cursor_field : "", stream.parent});
  }
  if (!catalog.feed) {
    return table.text();
  }
  return table.text() +
         fmt::format("these tables come in one pass, with one state: {}\n{}", catalog.feed->name,
                     catalog.feed->tables_may_come ? "others may come with their first row\n" : "");
}

}  // namespace

Result<ExitCode> discover_command(const DiscoverArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  const OpenedSource opened = TRY(open_source(arguments.source, session));
  const Catalog catalog = TRY(opened.source->discover(interrupts->token()));
  TRY(session.output(arguments.json ? catalog_json(catalog) : catalog_table(catalog)));
  return ExitCode::Done;
}

}  // namespace tendril
