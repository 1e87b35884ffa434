#include "destinations/duckdb/library_error.h"

#include <cstddef>
#include <string>

#include <duckdb.h>

namespace tendril {
namespace {

constexpr std::size_t kMessageBytesMax = 300;

// A commit that fails hides the kind of the error behind its own.
ErrorCode commit_code(std::string_view message) {
  const auto says = [&](std::string_view text) {
    return message.find(text) != std::string_view::npos;
  };
  if (says("Could not ")) {  // Write, flush, truncate, ...: the disk.
    return ErrorCode::System;
  }
  return says("constraint") ? ErrorCode::BadData : ErrorCode::Unavailable;
}

ErrorCode code_of(int type, std::string_view message) {
  switch (type) {
    case DUCKDB_ERROR_OUT_OF_RANGE:
    case DUCKDB_ERROR_CONVERSION:
    case DUCKDB_ERROR_DECIMAL:
    case DUCKDB_ERROR_MISMATCH_TYPE:
    case DUCKDB_ERROR_OBJECT_SIZE:
    case DUCKDB_ERROR_CONSTRAINT:
    case DUCKDB_ERROR_INVALID_INPUT: return ErrorCode::BadData;
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_FATAL:  // The file can not be written any more.
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_PERMISSION: return ErrorCode::System;
    case DUCKDB_ERROR_TRANSACTION: return commit_code(message);
    default: return ErrorCode::Internal;
  }
}

}  // namespace

Error library_error(int type, std::string_view message) {
  std::string_view first_line = message.substr(0, message.find('\n'));
  if (first_line.size() > kMessageBytesMax) {
    std::size_t end = kMessageBytesMax;
    while (end > 0 && (static_cast<unsigned char>(first_line[end]) & 0xC0U) == 0x80U) {
      --end;  // Never half a character.
    }
    first_line = first_line.substr(0, end);
  }
  return {code_of(type, message), "duckdb: " + std::string(first_line)};
}

}  // namespace tendril
