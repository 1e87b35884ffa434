// JSON text to Value and back. Numbers keep their exact value both ways.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Errors: BadData with the byte offset or line where known.
Result<Value> parse_json(std::string_view text);

// Reads and parses a whole file. Errors: InvalidConfig naming the file and the line.
Result<Value> read_json_file(const std::filesystem::path& path);

// Writes compact JSON: no spaces, members in their order, date-times as ISO 8601 text,
// durations as ISO 8601 text, a NaN or infinity as null.
std::string to_json(const Value& value);
void append_json(std::string& out, const Value& value);

// The same with an indent of two spaces, for files that people read.
std::string to_pretty_json(const Value& value);

// Splits "/a/b~1c/0". Source: RFC 6901.
const Value* find_pointer(const Value& root, std::string_view pointer);

}  // namespace tendril
