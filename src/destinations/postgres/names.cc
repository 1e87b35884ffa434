#include "destinations/postgres/names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/stage_marks.h"

namespace tendril {
namespace {

constexpr std::size_t kNameBytesMax = 63;

// Columns that every table has, by PostgreSQL's own doing.
constexpr std::array<std::string_view, 6> kSystemColumns{"tableoid", "xmin", "cmin",
                                                         "xmax",     "cmax", "ctid"};

constexpr std::array<std::string_view, 7> kReserved{kSyncedColumn, kDeletedColumn, kStartColumn,
                                                    kEndColumn,    kActiveColumn,  kOrderMark,
                                                    kOperationMark};

// Source: FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

// Cuts a name and ends it with a hash of the whole and with `suffix`.
std::string fitted(std::string_view name, std::string_view suffix) {
  if (name.size() + suffix.size() <= kNameBytesMax) {
    return std::string(name) + std::string(suffix);
  }
  const std::string mark =
      fmt::format("_{:08x}{}", static_cast<std::uint32_t>(hash_of(name) >> 32U), suffix);
  std::size_t end = kNameBytesMax - mark.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
    --end;  // Never half a character.
  }
  return std::string(name.substr(0, end)) + mark;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string postgres_identifier(std::string_view name) {
  std::string clean(name.empty() ? "_" : name);
  std::replace(clean.begin(), clean.end(), '\0', '_');
  if (std::find(kSystemColumns.begin(), kSystemColumns.end(), clean) != kSystemColumns.end()) {
    clean += '_';
  }
  return fitted(clean, "");
}

std::string name_hash(std::string_view name) { return fmt::format("{:016x}", hash_of(name)); }

Result<std::vector<std::string>> postgres_column_names(const std::vector<Column>& source,
                                                       const std::vector<PostgresColumn>& stored) {
  std::vector<std::string> names(source.size());
  std::vector<std::string> taken;
  for (const PostgresColumn& column : stored) {
    taken.push_back(column.name);
  }
  // Those that are there come first, so that they keep their place.
  for (std::size_t index = 0; index < source.size(); ++index) {
    const std::string& name = source[index].name;
    if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
      return Error{ErrorCode::InvalidConfig, "column has a name that is reserved: " + name};
    }
    const auto found =
        std::find_if(stored.begin(), stored.end(),
                     [&](const PostgresColumn& column) { return column.source == name; });
    if (found != stored.end()) {
      names[index] = found->name;
    }
  }
  for (std::size_t index = 0; index < source.size(); ++index) {
    std::string candidate = postgres_identifier(source[index].name);
    for (int number = 2; names[index].empty(); ++number) {
      if (!contains(taken, candidate)) {
        names[index] = candidate;
        taken.push_back(candidate);
      }
      candidate = fitted(postgres_identifier(source[index].name), fmt::format("__{}", number));
    }
  }
  return names;
}

}  // namespace tendril
