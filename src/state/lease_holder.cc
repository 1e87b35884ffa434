#include "state/lease_holder.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

#include <unistd.h>

namespace tendril {
namespace {

constexpr char kSeparator = '/';

std::string host_name() {
  std::array<char, 256> name = {};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

// Process numbers mean the same only within a namespace.
std::string process_namespace() {
  std::error_code fault;
  return std::filesystem::read_symlink("/proc/self/ns/pid", fault).string();
}

struct ProcessFacts {
  char state = '?';
  std::int64_t start = 0;
};

// Field 3 is the state, field 22 the start; field 2, the name in parentheses, may hold anything.
std::optional<ProcessFacts> facts_of(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) {
    return std::nullopt;
  }
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(line.substr(name_end + 1));
  constexpr int kState = 3;
  constexpr int kStart = 22;
  ProcessFacts facts;
  std::string field;
  for (int number = kState; number <= kStart && (fields >> field); ++number) {
    if (number == kState) {
      facts.state = field.front();
    } else if (number == kStart) {
      std::from_chars(field.data(), field.data() + field.size(), facts.start);
    }
  }
  return facts;
}

}  // namespace

LeaseHolder this_process() {
  LeaseHolder holder;
  holder.host = host_name();
  holder.pid = ::getpid();
  holder.boot = boot_id() + kSeparator + process_namespace();
  if (const std::optional<ProcessFacts> facts = facts_of(holder.pid)) {
    holder.process_start = facts->start;
  }
  return holder;
}

bool is_gone(const LeaseHolder& holder) {
  if (holder.host != host_name()) {
    return false;
  }
  const std::size_t separator = holder.boot.find(kSeparator);
  if (holder.boot.substr(0, separator) != boot_id()) {
    return true;
  }
  if (holder.boot.substr(separator + 1) != process_namespace()) {
    return false;
  }
  const std::optional<ProcessFacts> facts = facts_of(holder.pid);
  const bool ended = facts && (facts->state == 'Z' || facts->state == 'X');
  return !facts || ended || facts->start != holder.process_start;
}

}  // namespace tendril
