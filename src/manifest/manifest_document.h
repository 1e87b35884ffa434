// ManifestDocument: a declarative manifest as it is run: references resolved, parameters handed
// down, every component known and supported.
// Source: manifest component "DeclarativeSource".
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/config_rules.h"
#include "manifest/node.h"
#include "manifest/spec.h"

namespace tendril {

struct ManifestStream {
  std::string name;
  // A DeclarativeStream or StateDelegatingStream. Every component in it has its `type`; a component
  // that was given parameters has them all in "$parameters", for templates.
  Node node;
  // What the manifest itself says a record looks like: a JSON Schema, or null; see load_schema().
  Value json_schema;
  // The ConditionalStreams that it stands in, without its streams.
  std::optional<Node> condition = std::nullopt;
  std::string dynamic_stream = {};  // The DynamicDeclarativeStream that it was made from, or "".
};

// A DynamicDeclarativeStream.
struct DynamicStreamTemplate {
  std::string name;
  Node node;
};

struct ManifestDocument {
  std::string file;         // As the user named it.
  std::string version;      // Of the language; "" when the manifest does not say.
  std::string title;        // Of the spec, or "".
  std::string description;  // Of the connector, or "".
  Spec spec;
  ConfigRules config_rules;
  Node check;                           // A CheckStream or CheckDynamicStream.
  std::vector<ManifestStream> streams;  // In file order, whatever their conditions.
  std::vector<DynamicStreamTemplate> dynamic_streams;
  std::optional<Node> concurrency_level;  // See concurrency_level().
  // Streams that must not be read at the same time: the group of each that is in one.
  std::map<std::string, std::string, std::less<>> stream_groups;
  // The root with what templates of the source as a whole stand in; see AsyncJobLimit.
  Node settings;
  bool renews_config = false;      // An authenticator stores rotated tokens in the configuration.
  std::optional<Node> api_budget;  // An HTTPAPIBudget.

  // Fields that were read but mean nothing where they stand.
  std::vector<std::string> warnings;

  // Returns nullptr when there is no such stream; the first one where several have the name.
  const ManifestStream* find(std::string_view stream) const;
};

// Reads a manifest and checks it whole.
// Errors: InvalidConfig for what is wrong in it, Unsupported for what this version does not run;
//   both with file, line, column, key path and the component's name. NotFound and System when the
//   file can not be read.
Result<ManifestDocument> load_manifest(const std::filesystem::path& path);

// The same from text; `file` is for messages.
Result<ManifestDocument> parse_manifest(std::string_view text, std::string_view file);

// The text of a manifest's file. Errors: NotFound, InvalidConfig and System.
Result<std::string> read_manifest(const std::filesystem::path& path);

// The two halves of it. The first yields the whole tree with references resolved, types inferred
// and parameters handed down, but nothing checked.
Result<Node> resolve_manifest(std::string_view text, std::string_view file);
Result<ManifestDocument> check_manifest(Node resolved, std::string_view file);

// The last part of that: what no single component can tell, such as two streams of one name.
// REQUIRES: find_component_faults() finds nothing, but perhaps what this version does not run.
Result<ManifestDocument> assemble_manifest(Node resolved, std::string_view file);

}  // namespace tendril
