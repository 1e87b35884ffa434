#include "destinations/duckdb/library_error.h"

#include <cstddef>
#include <string>

#include <duckdb.h>

namespace tendril {
namespace {

constexpr std::size_t kMessageBytesMax = 300;

ErrorCode code_of(int type) {
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
    case DUCKDB_ERROR_TRANSACTION: return ErrorCode::Unavailable;
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
  return {code_of(type), "duckdb: " + std::string(first_line)};
}

}  // namespace tendril
