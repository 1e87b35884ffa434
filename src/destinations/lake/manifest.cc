#include "destinations/lake/manifest.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "data/json.h"
#include "data/value.h"

namespace tendril {
namespace {

constexpr std::int64_t kFormatVersion = 1;

Error bad(std::string message) {
  return {.code = ErrorCode::BadData, .message = "manifest is damaged: " + std::move(message)};
}

Value layout_value(const LakeLayout& layout) {
  List columns;
  for (const Column& column : layout.columns) {
    columns.emplace_back(Map{{"name", column.name}, {"type", to_string(column.type)}});
  }
  return Map{{"columns", std::move(columns)},
             {"deleted", layout.has_deleted},
             {"versions", layout.has_versions}};
}

// The files of a set that `before` does not have, those that only `before` has, and the layouts
// that the new ones refer to.
Map file_changes(const FileSet& now, const FileSet& before) {
  const auto paths = [](const FileSet& set) {
    std::set<std::string> found;
    for (const LakeFile& file : set.files) {
      found.insert(file.path);
    }
    return found;
  };
  const std::set<std::string> old_paths = paths(before);
  const std::set<std::string> new_paths = paths(now);
  List layouts;
  std::vector<const LakeLayout*> known;
  List added;
  for (const LakeFile& file : now.files) {
    if (old_paths.contains(file.path)) {
      continue;
    }
    auto place = std::find_if(known.begin(), known.end(),
                              [&](const LakeLayout* each) { return *each == *file.columns; });
    if (place == known.end()) {
      layouts.push_back(layout_value(*file.columns));
      known.push_back(file.columns.get());
      place = known.end() - 1;
    }
    added.emplace_back(Map{{"path", file.path},
                           {"rows", file.rows},
                           {"bytes", file.bytes},
                           {"crc32", file.crc32},
                           {"layout", static_cast<std::int64_t>(place - known.begin())}});
  }
  List removed;
  for (const std::string& path : old_paths) {
    if (!new_paths.contains(path)) {
      removed.emplace_back(path);
    }
  }
  return Map{{"layout", layout_value(now.layout)},
             {"layouts", std::move(layouts)},
             {"added", std::move(added)},
             {"removed", std::move(removed)}};
}

Value table_value(const LakeTable& table, const LakeTable* before) {
  static const FileSet kNone;
  Map value{{"name", table.name}, {"folder", table.folder}};
  if (table.rows) {
    const bool goes_on = before != nullptr && before->rows;
    value.append("rows", file_changes(*table.rows, goes_on ? *before->rows : kNone));
  }
  if (table.load) {
    const bool goes_on = before != nullptr && before->load;
    value.append("load", file_changes(*table.load, goes_on ? *before->load : kNone));
  }
  return value;
}

Map head(const Manifest& manifest, bool snapshot) {
  return Map{{"version", kFormatVersion},
             {"number", manifest.number},
             {"snapshot", snapshot},
             {"epoch", manifest.epoch},
             {"connection", manifest.connection},
             {"writer", manifest.writer},
             {"follows", manifest.follows},
             {"written_at", to_iso(manifest.written_at)}};
}

// Reads members, and remembers the first that is not what it should be.
class Reader {
 public:
  const std::string& text(const Value& value, std::string_view name) {
    static const std::string kNone;
    const Value* const member = value.find(name);
    const std::string* const found = member == nullptr ? nullptr : member->as_string();
    return found == nullptr ? (miss(name), kNone) : *found;
  }
  std::int64_t number(const Value& value, std::string_view name) {
    const Value* const member = value.find(name);
    const std::int64_t* const found = member == nullptr ? nullptr : member->as_int();
    return found == nullptr ? (miss(name), 0) : *found;
  }
  bool flag(const Value& value, std::string_view name) {
    const Value* const member = value.find(name);
    const bool* const found = member == nullptr ? nullptr : member->as_bool();
    return found == nullptr ? (miss(name), false) : *found;
  }
  const List& list(const Value& value, std::string_view name) {
    static const List kNone;
    const Value* const member = value.find(name);
    const List* const found = member == nullptr ? nullptr : member->as_list();
    return found == nullptr ? (miss(name), kNone) : *found;
  }
  const Value& object(const Value& value, std::string_view name) {
    static const Value kNone(Map{});
    const Value* const member = value.find(name);
    return member == nullptr || !member->is_map() ? (miss(name), kNone) : *member;
  }
  void miss(std::string_view name) {
    if (missing_.empty()) {
      missing_ = name;
    }
  }

  LakeLayout layout(const Value& value) {
    LakeLayout layout;
    for (const Value& column : list(value, "columns")) {
      const auto type = parse_type(text(column, "type"));
      if (!type.ok()) {
        miss("type");
        continue;
      }
      layout.columns.push_back({text(column, "name"), *type});
    }
    layout.has_deleted = flag(value, "deleted");
    layout.has_versions = flag(value, "versions");
    return layout;
  }

  void apply_changes(const Value& value, FileSet& set) {
    set.layout = layout(object(value, "layout"));
    std::set<std::string> removed;
    for (const Value& path : list(value, "removed")) {
      removed.insert(path.as_string() == nullptr ? std::string() : *path.as_string());
    }
    std::erase_if(set.files, [&](const LakeFile& file) { return removed.contains(file.path); });
    std::vector<std::shared_ptr<const LakeLayout>> layouts;
    for (const Value& each : list(value, "layouts")) {
      LakeLayout found = layout(each);
      const bool known = !set.files.empty() && *set.files.back().columns == found;
      layouts.push_back(known ? set.files.back().columns
                              : std::make_shared<const LakeLayout>(std::move(found)));
    }
    for (const Value& each : list(value, "added")) {
      const std::int64_t index = number(each, "layout");
      if (index < 0 || index >= static_cast<std::int64_t>(layouts.size())) {
        miss("layout");
        return;
      }
      set.files.push_back({text(each, "path"), number(each, "rows"), number(each, "bytes"),
                           text(each, "crc32"), layouts[static_cast<std::size_t>(index)]});
    }
  }

  const std::string& missing() const { return missing_; }

 private:
  std::string missing_;
};

Result<Value> parse(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed.ok()) {
    return bad(parsed.error().message);
  }
  const Value* const version = parsed->find("version");
  if (version == nullptr || version->as_int() == nullptr) {
    return bad("it has no version");
  }
  if (*version->as_int() > kFormatVersion) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "a later version of this program wrote the lake: format " +
                            std::to_string(*version->as_int())};
  }
  return std::move(parsed).value();
}

void apply_table(Reader& reader, const Value& value, LakeState& state) {
  const std::string& name = reader.text(value, "name");
  LakeTable& table = state.tables[name];
  table.name = name;
  table.folder = reader.text(value, "folder");
  const auto apply = [&](const char* member, std::optional<FileSet>& set) {
    const Value* const changes = value.find(member);
    if (changes == nullptr) {
      set.reset();
      return;
    }
    set = set.value_or(FileSet());
    reader.apply_changes(*changes, *set);
  };
  apply("rows", table.rows);
  apply("load", table.load);
}

}  // namespace

std::string manifest_text(const Manifest& manifest, const LakeState& before) {
  Map value = head(manifest, false);
  List tables;
  for (const LakeTable& table : manifest.tables) {
    const auto found = before.tables.find(table.name);
    tables.push_back(table_value(table, found == before.tables.end() ? nullptr : &found->second));
  }
  value.append("tables", std::move(tables));
  List erased;
  for (const StateKey& key : manifest.checkpoint.erased) {
    erased.emplace_back(Map{{"stream", key.stream}, {"slice", key.slice}});
  }
  List entries;
  for (const StateEntry& entry : manifest.checkpoint.entries) {
    entries.emplace_back(
        Map{{"stream", entry.stream}, {"slice", entry.slice}, {"state", entry.json}});
  }
  value.append("state", Map{{"erased", std::move(erased)}, {"entries", std::move(entries)}});
  return to_json(value) + "\n";
}

std::string snapshot_text(const Manifest& manifest, const LakeState& after) {
  Map value = head(manifest, true);
  List tables;
  for (const auto& [name, table] : after.tables) {
    tables.push_back(table_value(table, nullptr));
  }
  value.append("tables", std::move(tables));
  List entries;
  for (const auto& [key, json] : after.entries) {
    entries.emplace_back(Map{{"stream", key.first}, {"slice", key.second}, {"state", json}});
  }
  value.append("state", Map{{"erased", List()}, {"entries", std::move(entries)}});
  return to_json(value) + "\n";
}

Status apply_manifest(std::string_view text, LakeState& state) {
  const Value value = TRY(parse(text));
  Reader reader;
  if (reader.flag(value, "snapshot")) {
    state.tables.clear();
    state.entries.clear();
  }
  state.number = reader.number(value, "number");
  state.epoch = reader.number(value, "epoch");
  state.writer = reader.text(value, "writer");
  for (const Value& table : reader.list(value, "tables")) {
    apply_table(reader, table, state);
  }
  Checkpoint checkpoint;
  const Value& changes = reader.object(value, "state");
  for (const Value& key : reader.list(changes, "erased")) {
    checkpoint.erased.push_back({reader.text(key, "stream"), reader.text(key, "slice")});
  }
  for (const Value& entry : reader.list(changes, "entries")) {
    checkpoint.entries.push_back(
        {reader.text(entry, "stream"), reader.text(entry, "slice"), reader.text(entry, "state")});
  }
  state.apply(checkpoint);
  return reader.missing().empty() ? Status() : bad("it lacks " + reader.missing());
}

Result<std::string> followed_writer(std::string_view text) {
  const Value value = TRY(parse(text));
  Reader reader;
  std::string writer = reader.text(value, "follows");
  return reader.missing().empty() ? Result<std::string>(std::move(writer))
                                  : bad("it lacks follows");
}

Result<bool> is_snapshot(std::string_view text) {
  const Value value = TRY(parse(text));
  const Value* const flag = value.find("snapshot");
  return flag != nullptr && flag->as_bool() != nullptr && *flag->as_bool();
}

}  // namespace tendril
