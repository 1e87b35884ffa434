#include "destinations/lake/lake_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/encoding.h"

namespace tendril {
namespace {

constexpr std::size_t kPartBytesMax = 180;

// DuckDB adds a column of this name to what it reads from a file when the order of rows matters.
constexpr std::string_view kRowNumberColumn = "file_row_number";

constexpr std::array kLakeMarks{kSyncedColumn,        kDeletedColumn, kStartColumn,
                                kEndColumn,           kActiveColumn,  kLakeOrderColumn,
                                kLakeOperationColumn, kLakeFileColumn};

// Source: FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// NUL is the one byte that no reader takes in a name, and so is no name at all.
std::string clean(std::string_view name) {
  std::string text(name.empty() ? "_" : name);
  std::replace(text.begin(), text.end(), '\0', '_');
  return text;
}

bool is_taken(const std::vector<std::string>& names, const std::string& name) {
  const std::string wanted = lower(name);
  return wanted == kRowNumberColumn ||
         std::any_of(names.begin(), names.end(),
                     [&](const std::string& each) { return lower(each) == wanted; });
}

bool is_reserved(std::string_view name) {
  return std::find(kLakeMarks.begin(), kLakeMarks.end(), name) != kLakeMarks.end();
}

// How the table spells a column of that name; "" when it has none.
std::string spelling(const std::vector<Column>& stored, const std::string& name) {
  const auto found = std::find_if(stored.begin(), stored.end(), [&](const Column& column) {
    return lower(column.name) == lower(name);
  });
  return found == stored.end() ? std::string() : found->name;
}

}  // namespace

std::string folder_name(std::string_view name) {
  std::string encoded = url_encode(name);
  if (encoded.empty() || encoded.front() == '.') {
    encoded = encoded.empty() ? "%" : "%2E" + encoded.substr(1);
  }
  if (encoded.size() > kPartBytesMax) {
    encoded = fmt::format("{}-{:016x}", encoded.substr(0, kPartBytesMax), hash_of(name));
  }
  return encoded;
}

std::string connection_tag(std::string_view connection) {
  return fmt::format("{:016x}", hash_of(connection));
}

Result<std::vector<std::string>> lake_column_names(const std::vector<Column>& source,
                                                   const std::vector<Column>& stored) {
  std::vector<std::string> names(source.size());
  std::vector<std::string> taken;
  // Those that are there come first, so that they keep their place.
  for (std::size_t index = 0; index < source.size(); ++index) {
    const std::string name = clean(source[index].name);
    if (is_reserved(lower(name))) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = "column has a name that is reserved: " + name};
    }
    if (spelling(stored, name) == name && !is_taken(taken, name)) {
      names[index] = name;
      taken.push_back(name);
    }
  }
  for (std::size_t index = 0; index < source.size(); ++index) {
    const std::string wanted = clean(source[index].name);
    std::string candidate = wanted;
    for (int number = 2; names[index].empty(); ++number) {
      const std::string present = spelling(stored, candidate);
      if ((present.empty() || present == candidate) && !is_taken(taken, candidate)) {
        names[index] = candidate;
        taken.push_back(candidate);
      }
      candidate = wanted + "__" + std::to_string(number);
    }
  }
  return names;
}

}  // namespace tendril
