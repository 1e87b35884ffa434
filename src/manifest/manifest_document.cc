#include "manifest/manifest_document.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "manifest/components.h"
#include "manifest/concurrency_level.h"
#include "manifest/parameters.h"
#include "manifest/parent_caches.h"
#include "manifest/parent_names.h"
#include "manifest/references.h"
#include "manifest/schema_loading.h"
#include "manifest/stream_choice.h"

namespace tendril {
namespace {

constexpr const char* kJobsMax = "max_concurrent_async_job_count";

// What the tables of components.h can not say.
Status check_whole(const ManifestDocument& document) {
  for (auto stream = document.streams.begin(); stream != document.streams.end(); ++stream) {
    // Streams under a condition often stand for each other.
    const auto same =
        std::find_if(document.streams.begin(), stream, [&](const ManifestStream& other) {
          return other.name == stream->name && !other.condition && !stream->condition;
        });
    if (same != stream) {
      return stream->node.error("two streams have the same name: " + stream->name);
    }
  }
  const std::vector<std::string> checked = TRY(document.check.texts("stream_names"));
  for (const std::string& name : checked) {
    if (document.find(name) == nullptr && document.dynamic_streams.empty()) {
      return document.check.find("stream_names")->error("there is no such stream: " + name);
    }
  }
  return {};
}

Status take_stream(Node& node, const std::optional<Node>& condition,
                   std::vector<ManifestStream>& streams) {
  std::string name = TRY(node.text_or("name", ""));
  if (name.empty()) {
    return node.error("a stream has no name");
  }
  Value schema = inline_schema(representative(node));
  streams.push_back({std::move(name), std::move(node), std::move(schema), condition});
  return {};
}

// Those of a ConditionalStreams stand beside the others, each with its condition.
Result<std::vector<ManifestStream>> take_streams(Node& root) {
  std::vector<ManifestStream> streams;
  Node* nodes = root.find("streams");
  const Node* dynamic = root.find("dynamic_streams");
  const bool has_dynamic = dynamic != nullptr && !dynamic->items.empty();
  if ((nodes == nullptr || nodes->items.empty()) && !has_dynamic) {
    return root.error("a manifest must have streams");
  }
  if (nodes == nullptr) {
    return streams;
  }
  for (Node& node : nodes->items) {
    if (node.type() != "ConditionalStreams") {
      TRY(take_stream(node, std::nullopt, streams));
      continue;
    }
    Node below = std::move(*node.find("streams"));
    std::erase_if(node.members, [](const Node::Member& each) { return each.first == "streams"; });
    for (Node& stream : below.items) {
      TRY(take_stream(stream, node, streams));
    }
  }
  return streams;
}

Result<std::vector<DynamicStreamTemplate>> take_dynamic_streams(Node& root) {
  std::vector<DynamicStreamTemplate> result;
  Node* nodes = root.find("dynamic_streams");
  if (nodes == nullptr) {
    return result;
  }
  for (std::size_t i = 0; i < nodes->items.size(); ++i) {
    Node& node = nodes->items[i];
    std::string name = TRY(node.text_or("name", ""));
    name = name.empty() ? "dynamic_stream_" + std::to_string(i) : name;
    result.push_back({std::move(name), std::move(node)});
  }
  return result;
}

void cache_parents_of(std::vector<ManifestStream>& streams) {
  std::vector<Node*> nodes;
  for (ManifestStream& stream : streams) {
    nodes.push_back(&stream.node);
  }
  cache_parents(nodes);
}

// A child reads its parents, so it can not wait for them.
Status check_groups(const ManifestDocument& document) {
  for (const ManifestStream& stream : document.streams) {
    const auto group = document.stream_groups.find(stream.name);
    if (group == document.stream_groups.end()) {
      continue;
    }
    for (const std::string& parent : parent_names(stream.node)) {
      const auto other = document.stream_groups.find(parent);
      if (other != document.stream_groups.end() && other->second == group->second) {
        return stream.node.error("the stream is in one group with its parent: " + parent);
      }
    }
  }
  return {};
}

Status take_groups(const Node& root, ManifestDocument& document) {
  const Node* groups = root.find("stream_groups");
  if (groups == nullptr) {
    return {};
  }
  for (const auto& [group, node] : groups->members) {
    const Node* streams = TRY(node.required("streams"));
    for (const Node& stream : streams->items) {
      std::string name = TRY(stream.text_or("name", ""));
      document.stream_groups[std::move(name)] = group;
    }
  }
  return check_groups(document);
}

bool holds_field(const Node& node, std::string_view field) {
  const auto holds = [&](const Node& each) { return holds_field(each, field); };
  return std::any_of(node.items.begin(), node.items.end(), holds) ||
         std::any_of(node.members.begin(), node.members.end(), [&](const Node::Member& member) {
           return (member.first == field && member.second.kind != Node::Kind::Null) ||
                  holds(member.second);
         });
}

// Returns `what` of the schema as a text, or "".
std::string schema_text(const Spec& spec, std::string_view what) {
  const Value* text = spec.schema().find(what);
  return text != nullptr && text->is_string() ? *text->as_string() : "";
}

}  // namespace

const ManifestStream* ManifestDocument::find(std::string_view stream) const {
  const auto found = std::find_if(streams.begin(), streams.end(),
                                  [&](const ManifestStream& each) { return each.name == stream; });
  return found == streams.end() ? nullptr : &*found;
}

Result<std::string> read_manifest(const std::filesystem::path& path) {
  std::error_code fault;
  const std::filesystem::file_status status = std::filesystem::status(path, fault);
  if (!std::filesystem::exists(status)) {
    return Error{ErrorCode::NotFound, "there is no manifest: " + path.string()};
  }
  if (!std::filesystem::is_regular_file(status)) {
    return Error{ErrorCode::InvalidConfig, "a manifest must be a file: " + path.string()};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) {
    return Error{ErrorCode::System, "can not read the manifest: " + path.string() + ": " +
                                        std::generic_category().message(errno)};
  }
  return std::move(text).str();
}

Result<Node> resolve_manifest(std::string_view text, std::string_view file) {
  const Node written = TRY(parse_yaml(text, file));
  if (written.kind != Node::Kind::Mapping) {
    return written.error("a manifest must be a mapping");
  }
  Node root = TRY(resolve_references(written));
  TRY(apply_parameters(root));
  set_key_paths(root, "");
  return root;
}

Result<ManifestDocument> check_manifest(Node root, std::string_view file) {
  ManifestFindings findings = check_components(root);
  TRY(refuse_faults(findings));
  ManifestDocument document = TRY(assemble_manifest(std::move(root), file));
  document.warnings = std::move(findings.warnings);
  return document;
}

Result<ManifestDocument> assemble_manifest(Node root, std::string_view file) {
  ManifestDocument document;
  document.file = std::string(file);
  document.version = TRY(root.text_or("version", ""));
  document.description = TRY(root.text_or("description", ""));
  if (const Node* spec = root.find("spec")) {
    document.spec = TRY(Spec::from(*spec));
    document.config_rules = TRY(ConfigRules::compile(*spec));
  }
  document.renews_config = holds_field(root, "refresh_token_updater");
  document.title = schema_text(document.spec, "title");
  document.streams = TRY(take_streams(root));
  document.dynamic_streams = TRY(take_dynamic_streams(root));
  cache_parents_of(document.streams);
  TRY(take_groups(root, document));
  document.check = std::move(*root.find("check"));
  if (Node* budget = root.find("api_budget")) {
    document.api_budget = std::move(*budget);
  }
  document.settings.kind = Node::Kind::Mapping;
  document.settings.position = root.position;
  if (const Node* jobs = root.find(kJobsMax)) {
    document.settings.members.emplace_back(kJobsMax, *jobs);
  }
  if (Node* level = root.find("concurrency_level")) {
    TRY(check_concurrency_level(*level));
    document.concurrency_level = std::move(*level);
  }
  TRY(check_whole(document));
  return document;
}

Result<ManifestDocument> parse_manifest(std::string_view text, std::string_view file) {
  Node root = TRY(resolve_manifest(text, file));
  return check_manifest(std::move(root), file);
}

Result<ManifestDocument> load_manifest(const std::filesystem::path& path) {
  const std::string text = TRY(read_manifest(path));
  return parse_manifest(text, path.string());
}

}  // namespace tendril
