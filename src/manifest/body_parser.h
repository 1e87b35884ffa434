// BodyParser: takes the bytes of an answer's body as they come and hands over what they say, so
// that a body of any size is read in little memory. Parsers stand inside each other: lines inside
// gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// What is refused instead of filling the memory. A server, or an archive made to do harm, may send
// anything.
struct DecodeLimits {
  std::size_t element_bytes = std::size_t{256} << 20U;      // One line, row or element.
  std::size_t document_bytes = std::size_t{512} << 20U;     // What is only read as a whole.
  std::uint64_t inflated_bytes = std::uint64_t{64} << 30U;  // Of one body, when unpacked.
};

// Takes what a body consists of, in order. An error of a sink ends the parsing.
class ElementSink {
 public:
  using Cell = std::optional<std::string_view>;  // nullopt: null.

  virtual ~ElementSink() = default;

  // The text of one JSON value. With `is_page` a list stands for its elements. `text` may be
  // changed, and has capacity for kBodySpareBytes more.
  virtual Status json(std::string& text, bool is_page) = 0;

  // The cells of one row by the names of their columns; cells may be more than names. All of it is
  // gone after the call.
  virtual Status row(std::span<const std::string> names, std::span<const Cell> cells) = 0;

  virtual Status tree(Value element) = 0;
};

// Calls: any number of write(), then finish() once. After an error, nothing more.
// Errors: BadData for bytes that are not what they should be, or pass a limit.
// Threads: one at a time.
class BodyParser {
 public:
  virtual ~BodyParser() = default;

  virtual Status write(std::string_view bytes) = 0;
  virtual Status finish() = 0;
};

}  // namespace tendril
