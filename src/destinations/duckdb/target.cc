#include "destinations/duckdb/target.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr int kMemoryMbMin = 32;
constexpr int kMemoryMbMax = 1'000'000;
constexpr int kThreadsMax = 256;

Result<int> parse_number(std::string_view name, std::string_view text, int min, int max) {
  int number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < min || number > max) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("{} must be a number from {} to {}: {}", name, min, max, text)};
  }
  return number;
}

Status set(DuckdbTarget& target, std::string_view name, const std::string& value) {
  if (name == "schema") {
    if (value.empty() || value.find('\0') != std::string::npos) {
      return Error{ErrorCode::InvalidConfig, "schema has no name"};
    }
    target.schema = value;
    return {};
  }
  if (name == "memory_mb") {
    const int megabytes = TRY(parse_number(name, value, kMemoryMbMin, kMemoryMbMax));
    target.settings.memory_bytes = static_cast<std::size_t>(megabytes) * 1'000'000;
    return {};
  }
  if (name == "threads") {
    target.settings.threads = TRY(parse_number(name, value, 1, kThreadsMax));
    return {};
  }
  return Error{
      ErrorCode::InvalidConfig,
      fmt::format("duckdb destination has no setting {} (schema, memory_mb, threads)", name)};
}

}  // namespace

Result<DuckdbTarget> parse_duckdb_target(std::string_view text, const DuckdbSettings& defaults) {
  const std::size_t mark = text.rfind('?');
  const std::string_view path = text.substr(0, mark);
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::InvalidConfig, "duckdb destination names no file: duckdb:FILE"};
  }
  DuckdbTarget target{path, "main", defaults};
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  for (bool more = mark != std::string_view::npos; more;) {
    const std::size_t end = rest.find('&');
    const std::string_view setting = rest.substr(0, end);
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) {
      return Error{ErrorCode::InvalidConfig,
                   "setting of the duckdb destination has no value: " + std::string(setting)};
    }
    TRY(set(target, setting.substr(0, equals), url_decode(setting.substr(equals + 1))));
    more = end != std::string_view::npos;
    rest = more ? rest.substr(end + 1) : "";
  }
  return target;
}

}  // namespace tendril
