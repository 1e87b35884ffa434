#include "manifest/dynamic_streams.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "manifest/components.h"
#include "manifest/components_resolver.h"
#include "manifest/node_edit.h"
#include "manifest/parameters.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStreamTypes = "DeclarativeStream StateDelegatingStream";

// Source: manifest component "ComponentMappingDefinition".
struct ComponentMapping {
  std::vector<TemplateField> path;
  TemplateField value;
  std::string value_type;
  std::optional<TemplateField> condition;
  bool creates = false;     // Makes the place where there is none.
  bool reads_yaml = false;  // Texts are read as pieces of a manifest.
  Position position;
};

Result<ComponentMapping> compile_mapping(const Node& node, std::string_view resolver) {
  const Node* path = TRY(node.required("field_path"));
  const Node* value = TRY(node.required("value"));
  TemplateField compiled = TRY(TemplateField::compile(node, *value));
  ComponentMapping mapping{
      .path = {}, .value = std::move(compiled), .value_type = {}, .condition = {}, .position = {}};
  for (const Node& step : path->items) {
    TemplateField expression = TRY(TemplateField::compile(node, step));
    mapping.path.push_back(std::move(expression));
  }
  mapping.value_type = TRY(node.text_or("value_type", ""));
  mapping.condition = TRY(TemplateField::compile(node, "condition"));
  if (mapping.condition && resolver != "ConfigComponentsResolver") {
    return node.find("condition")->error("condition needs a ConfigComponentsResolver");
  }
  const bool from_api = resolver == "HttpComponentsResolver";
  mapping.creates = TRY(node.flag_or("create_or_update", false));
  mapping.creates = mapping.creates && !from_api;
  const bool stays_text = resolver == "ConfigComponentsResolver" && mapping.value_type == "string";
  mapping.reads_yaml = !from_api && !stays_text;
  mapping.position = value->position;
  return mapping;
}

bool is_of_type(const std::string& type, const Value& value) {
  if (type == "integer") {
    return value.as_int() != nullptr;
  }
  if (type == "number") {
    return value.as_int() != nullptr || value.as_float() != nullptr;
  }
  if (type == "boolean") {
    return value.as_bool() != nullptr;
  }
  return type.empty();
}

// As in the reference, a value that is not of the type asked for stays the text it was; and so does
// what is no YAML.
Result<Node> node_of(const ComponentMapping& mapping, Context& context) {
  Value value = TRY(mapping.value.evaluate(context));
  if (!is_of_type(mapping.value_type, value)) {
    std::string text = TRY(mapping.value.text(context));
    value = std::move(text);
  }
  if (const std::string* text = value.as_string(); text != nullptr && mapping.reads_yaml) {
    auto parsed = parse_yaml(*text, *mapping.position.file);
    if (parsed.ok()) {
      return to_node(to_value(*parsed), mapping.position);
    }
  }
  return to_node(value, mapping.position);
}

Status apply(const ComponentMapping& mapping, Context& context, Node& stream) {
  if (mapping.condition) {
    const bool applies = TRY(mapping.condition->truth(context));
    if (!applies) {
      return {};
    }
  }
  std::vector<std::string> path;
  for (const TemplateField& step : mapping.path) {
    std::string name = TRY(step.text(context));
    path.push_back(std::move(name));
  }
  const Node value = TRY(node_of(mapping, context));
  const bool replaced = replace_at(stream, path, value) > 0;
  if (!replaced && mapping.creates && is_truthy(to_value(value)) && !add_at(stream, path, value)) {
    return value.error("there is no place for it in the stream template: " + path.back());
  }
  return {};
}

class StreamMaker {
 public:
  StreamMaker(const Node& dynamic, const Environment& environment)
      : dynamic_(dynamic), environment_(environment) {}

  Result<std::vector<Node>> make(std::stop_token stop) {
    const Node* resolver = TRY(dynamic_.required("components_resolver"));
    template_ = TRY(dynamic_.required("stream_template"));
    const Node* mappings = TRY(resolver->required("components_mapping"));
    for (const Node& node : mappings->items) {
      ComponentMapping mapping = TRY(compile_mapping(node, resolver->type()));
      mappings_.push_back(std::move(mapping));
    }
    outer_wins_ = TRY(dynamic_.flag_or("use_parent_parameters", true));
    const auto all = TRY(resolve_components(*resolver, environment_, stop));
    std::vector<Node> streams;
    for (const ComponentsValues& values : all) {
      Node stream = TRY(make_one(values));
      streams.push_back(std::move(stream));
    }
    return streams;
  }

 private:
  Result<Node> make_one(const ComponentsValues& values) {
    const Value template_value = to_value(*template_);
    Context context = context_with(environment_);
    set(context, Name::ComponentsValues, &values.values);
    set(context, Name::StreamTemplateConfig, &template_value);
    if (!values.slice.is_null()) {
      set(context, Name::StreamSlice, &values.slice);
    }
    Node stream = *template_;
    for (const ComponentMapping& mapping : mappings_) {
      TRY(apply(mapping, context, stream));
    }
    TRY(apply_parameters(stream, "DeclarativeStream", outer_wins_));
    const Node* name = stream.find("name");
    const std::string* text = name == nullptr ? nullptr : name->scalar.as_string();
    if (text == nullptr || text->empty()) {
      return template_->error("a stream that is made from it has no name");
    }
    if (!names_.insert(*text).second) {
      return template_->error("two streams that are made from it have the same name: " + *text);
    }
    set_key_paths(stream, template_->key_path + "." + *text);
    TRY(refuse_faults(check_components(stream, kStreamTypes)));
    return stream;
  }

  const Node& dynamic_;
  const Environment& environment_;
  const Node* template_ = nullptr;
  std::vector<ComponentMapping> mappings_;
  bool outer_wins_ = true;
  std::set<std::string> names_;
};

}  // namespace

Result<std::vector<Node>> make_streams(const Node& dynamic, const Environment& environment,
                                       std::stop_token stop) {
  return StreamMaker(dynamic, environment).make(stop);
}

}  // namespace tendril
