// Catalog: the streams of a source, as discovery finds them.
#pragma once

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

struct Catalog {
  std::vector<StreamInfo> streams;

  // Returns nullptr when there is no such stream.
  const StreamInfo* find(std::string_view stream) const;
};

}  // namespace tendril
