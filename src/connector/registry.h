// Registry: the sources and destinations this program knows, by name. A plain value: main() fills
// one and passes it down, a test fills its own. No global instance.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "connector/destination.h"
#include "connector/source.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Stores a changed setting in the user's configuration, durably; OAuth tokens that the vendor
// rotates are kept this way. `pointer` is a JSON pointer.
using ConfigSaver = std::function<Status(std::string_view pointer, const Value& value)>;

struct SourceSpec {
  std::string name;  // Lower case words joined by "-": "github", "web-crawler".
  std::string title;
  std::string summary;
  std::string folder;   // Where it was loaded from, or "".
  Value config_schema;  // JSON Schema of the configuration.
  // Errors: InvalidConfig naming every fault in `config` by its path.
  std::function<Result<std::unique_ptr<Source>>(const Value& config, ConfigSaver save)> make;
};

// What a destination is made of.
struct DestinationTarget {
  template <class Text>
  requires std::is_convertible_v<const Text&, std::string_view> DestinationTarget(
      const Text& target, std::size_t memory = 0)
      : text(target), memory_bytes(memory) {}

  std::string_view text;         // What follows the colon of the URI.
  std::size_t memory_bytes = 0;  // What it may take for itself; 0: what it thinks right.
};

struct DestinationSpec {
  std::string scheme;  // "duckdb", as in "duckdb:FILE".
  std::string summary;
  std::string usage;  // "duckdb:FILE[?schema=NAME]"
  std::function<Result<std::unique_ptr<Destination>>(const DestinationTarget& target)> make;
};

class Registry {
 public:
  // REQUIRES: the name is new and well-formed.
  void add(SourceSpec spec);
  void add(DestinationSpec spec);

  // Return nullptr when there is none of that name.
  const SourceSpec* source(std::string_view name) const;
  const DestinationSpec* destination(std::string_view scheme) const;

  // Makes the destination of "scheme:target".
  // Errors: InvalidConfig when the scheme is unknown, naming those there are.
  Result<std::unique_ptr<Destination>> make_destination(std::string_view uri,
                                                        std::size_t memory_bytes = 0) const;

  std::vector<const SourceSpec*> sources() const;            // By name.
  std::vector<const DestinationSpec*> destinations() const;  // By scheme.

 private:
  std::map<std::string, SourceSpec, std::less<>> sources_;
  std::map<std::string, DestinationSpec, std::less<>> destinations_;
};

}  // namespace tendril
