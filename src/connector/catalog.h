// Catalog: the streams of a source, as discovery finds them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/schema.h"
#include "data/value.h"

namespace tendril {

struct StreamInfo {
  TableSchema schema;  // Its name is the stream's name.
  // The stream can be read from where the last sync ended.
  bool incremental = false;
  std::string cursor_field = {};     // Empty when not incremental.
  bool cursor_is_chosen = false;     // The user may say another cursor_field.
  std::string parent = {};           // The stream whose records this one is read for, or "".
  std::string exclusive_group = {};  // Streams of one group are not read at the same time.
  // The groups of the streams that are read for the planning of this one.
  std::vector<std::string> planning_groups = {};
  Value json_schema = {};  // What the source says of a record: a JSON Schema, or null.
};

// Of a source that sends the rows of all its tables in one ordered pass with one state.
struct FeedInfo {
  std::string name;  // Names its state and its work; no table of it has this name.
  // Tables may come that the catalog does not name. Their first batch says their key.
  bool tables_may_come = true;
};

struct Catalog {
  std::vector<StreamInfo> streams;
  // Not nothing: the streams are the tables of this feed, as far as they are known, and are read
  // together. Of each only the schema counts; key columns may be Unknown or missing in it.
  std::optional<FeedInfo> feed = std::nullopt;

  // Returns nullptr when there is no such stream.
  const StreamInfo* find(std::string_view stream) const;
};

}  // namespace tendril
