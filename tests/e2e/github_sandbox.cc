#include "github_sandbox.h"

#include <sstream>
#include <utility>

#include "data/instant.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string text_of(const Value& value) {
  const std::string* text = value.as_string();
  return text == nullptr ? to_json(value) : *text;
}

// A JSON value is what a column of `type` holds as `cell`.
bool is_same(const Value& value, const WarehouseCell& cell, const std::string& type) {
  if (value.is_null() || !cell) {
    return value.is_null() && !cell;
  }
  if (type.starts_with("TIMESTAMP")) {
    const auto instant = parse_datetime(text_of(value));
    return instant.ok() && std::to_string(micros_of(instant->instant)) == *cell;
  }
  if (value.is_list() || value.is_map()) {
    const auto parsed = parse_json(*cell);
    return parsed.ok() && *parsed == value;
  }
  return text_of(value) == *cell;
}

}  // namespace

void GithubSandbox::serve(int records) {
  server_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{"sandbox", "github", "--records", std::to_string(records), "--seed",
                               "7", "--limit", "core=off", "--address-file", folder_ / "address",
                               "--write-config", folder_ / "github.json"});
  ASSERT_TRUE(server_->wait_for_output("config:")) << server_->wait().messages;
}

std::vector<std::string> GithubSandbox::sync_arguments(const std::string& name,
                                                       const std::string& streams,
                                                       std::vector<std::string> more) const {
  std::vector<std::string> arguments = {"sync",         "github",
                                        "--config",     folder_ / "github.json",
                                        "--to",         "duckdb:" + (folder_ / name).string(),
                                        "--stream",     streams,
                                        "--log-format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Value GithubSandbox::report_of(const Ended& ended) {
  for (const std::string& line : lines_of(ended.messages)) {
    const auto parsed = parse_json(line);
    if (parsed.ok() && parsed->find("report") != nullptr) {
      return *parsed->find("report");
    }
  }
  ADD_FAILURE() << "no report: " << ended.messages;
  return {};
}

std::int64_t GithubSandbox::reported(const Value& report, std::string_view stream,
                                     std::string_view number) {
  const Value* streams = report.find("streams");
  for (std::size_t i = 0; streams != nullptr && i < streams->as_list()->size(); ++i) {
    const Value& each = (*streams->as_list())[i];
    if (*each.find("stream") == Value(stream)) {
      return *each.find(number)->as_int();
    }
  }
  ADD_FAILURE() << "no stream " << stream << " in " << to_json(report);
  return -1;
}

std::vector<std::string> GithubSandbox::mutate(std::string_view kind, int count,
                                               std::string_view entity) const {
  const Ended ended =
      run_tendril({"sandbox", "github", "mutate", std::string(kind), std::to_string(count),
                   "--entity", std::string(entity), "--address-file", folder_ / "address"});
  EXPECT_EQ(ended.status, 0) << ended.messages;
  return lines_of(ended.output);
}

List GithubSandbox::rows(std::string_view entity) const {
  const Ended ended = run_tendril(
      {"sandbox", "github", "rows", std::string(entity), "--address-file", folder_ / "address"});
  EXPECT_EQ(ended.status, 0) << ended.messages;
  List rows;
  for (const std::string& line : lines_of(ended.output)) {
    auto row = parse_json(line);
    EXPECT_TRUE(row.ok()) << line;
    rows.push_back(std::move(row).value());
  }
  return rows;
}

std::string GithubSandbox::difference(const Warehouse& warehouse, const std::string& table,
                                      std::string_view entity, const std::string& key) const {
  const std::map<std::string, std::string> types = warehouse.columns(table);
  std::vector<std::string> names;
  std::string list;
  for (const auto& [name, type] : types) {
    names.push_back(name);
    const std::string quoted = '"' + name + '"';
    list += (list.empty() ? "" : ", ") +
            (type.starts_with("TIMESTAMP") ? "epoch_us(" + quoted + ")" : quoted);
  }
  std::map<std::string, WarehouseRow> landed;
  for (WarehouseRow& row :
       warehouse.query("SELECT CAST(\"" + key + "\" AS VARCHAR), " + list + " FROM \"" + table +
                       "\" WHERE NOT coalesce(_tendril_deleted, false)")) {
    std::string id = row.front().value_or("NULL");
    row.erase(row.begin());
    landed.emplace(std::move(id), std::move(row));
  }
  const List known = rows(entity);
  if (known.size() != landed.size()) {
    return table + " has " + std::to_string(landed.size()) + " rows, the sandbox " +
           std::to_string(known.size());
  }
  for (const Value& row : known) {
    const std::string id = text_of(*row.find(key));
    const auto found = landed.find(id);
    if (found == landed.end()) {
      return table + " lacks " + id;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Value* value = row.find(names[i]);
      if (value != nullptr && !is_same(*value, found->second[i], types.at(names[i]))) {
        return table + " " + id + " " + names[i] + ": " + found->second[i].value_or("NULL") +
               " is not " + to_json(*value);
      }
    }
  }
  return "";
}

std::map<std::string, std::map<std::string, std::string>> GithubSandbox::hashes(
    const std::string& name) const {
  const Warehouse data = warehouse(name);
  std::map<std::string, std::map<std::string, std::string>> hashes;
  for (const std::string& table : data.tables()) {
    hashes[table] = data.row_hashes(table, table == "commits" ? "repository || sha" : "id");
  }
  return hashes;
}

}  // namespace tendril
