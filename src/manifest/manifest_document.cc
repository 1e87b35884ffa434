#include "manifest/manifest_document.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "manifest/components.h"
#include "manifest/parameters.h"
#include "manifest/references.h"

namespace tendril {
namespace {

Result<std::string> read_text(const std::filesystem::path& path) {
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

// What the tables of components.h can not say.
Status check_whole(const ManifestDocument& document) {
  for (auto stream = document.streams.begin(); stream != document.streams.end(); ++stream) {
    const auto same =
        std::find_if(document.streams.begin(), stream,
                     [&](const ManifestStream& other) { return other.name == stream->name; });
    if (same != stream) {
      return stream->node.error("two streams have the same name: " + stream->name);
    }
  }
  const std::vector<std::string> checked = TRY(document.check.texts("stream_names"));
  for (const std::string& name : checked) {
    if (document.find(name) == nullptr) {
      return document.check.find("stream_names")->error("there is no such stream: " + name);
    }
  }
  return {};
}

// The properties of several schemas count as one's.
Value merged_schema(const Node& loaders) {
  Map properties;
  for (const Node& loader : loaders.items) {
    const Node* schema = loader.find("schema");
    const Node* members = schema == nullptr ? nullptr : schema->find("properties");
    if (members != nullptr) {
      for (const auto& [name, property] : members->members) {
        properties.set(name, to_value(property));
      }
    }
  }
  return Map{{"type", "object"}, {"properties", std::move(properties)}};
}

Value json_schema_of(const Node& stream) {
  const Node* loader = stream.find("schema_loader");
  if (loader == nullptr) {
    return nullptr;
  }
  if (loader->kind == Node::Kind::Sequence) {
    return merged_schema(*loader);
  }
  const Node* schema = loader->find("schema");
  return schema == nullptr ? Value() : to_value(*schema);
}

Result<std::vector<ManifestStream>> take_streams(Node& root) {
  std::vector<ManifestStream> streams;
  Node* nodes = root.find("streams");
  if (nodes == nullptr || nodes->items.empty()) {
    return root.error("a manifest must have streams");
  }
  streams.reserve(nodes->items.size());
  for (Node& node : nodes->items) {
    std::string name = TRY(node.text_or("name", ""));
    if (name.empty()) {
      return node.error("a stream has no name");
    }
    Value schema = json_schema_of(node);
    streams.push_back({std::move(name), std::move(node), std::move(schema)});
  }
  return streams;
}

Status refuse_faults(const ManifestFindings& findings) {
  if (findings.faults.empty()) {
    return {};
  }
  Error first = findings.faults.front();
  if (findings.faults.size() > 1) {
    const bool is_all = findings.faults.size() < kFindingsMax;
    first.message += " (and " + std::string(is_all ? "" : "at least ") +
                     std::to_string(findings.faults.size() - 1) + " more)";
  }
  return first;
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

  ManifestDocument document;
  document.file = std::string(file);
  document.warnings = std::move(findings.warnings);
  document.version = TRY(root.text_or("version", ""));
  document.description = TRY(root.text_or("description", ""));
  if (const Node* spec = root.find("spec")) {
    document.spec = TRY(Spec::from(*spec));
  }
  document.title = schema_text(document.spec, "title");
  document.streams = TRY(take_streams(root));
  document.check = std::move(*root.find("check"));
  if (Node* level = root.find("concurrency_level")) {
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
  const std::string text = TRY(read_text(path));
  return parse_manifest(text, path.string());
}

}  // namespace tendril
