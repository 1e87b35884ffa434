#include "manifest/template_field.h"

#include <cmath>
#include <utility>
#include <vector>

#include "data/json.h"
#include "data/number_text.h"

namespace tendril {
namespace {

// The parameters, where `source` may mention them.
std::shared_ptr<const Value> parameters_for(const Node& component, std::string_view source) {
  const Node* parameters = component.find("$parameters");
  const bool mentioned = source.find("parameters") != std::string_view::npos ||
                         source.find("options") != std::string_view::npos;
  if (!mentioned || parameters == nullptr) {
    return nullptr;
  }
  return std::make_shared<const Value>(to_value(*parameters));
}

std::string place_of(const Node& field) {
  return to_string(field.position) + (field.key_path.empty() ? "" : ": " + field.key_path);
}

}  // namespace

const Scope& manifest_scope() {
  // In the order of Name.
  static const Scope scope({"config",
                            "parameters|options",
                            "stream_slice|stream_partition|stream_interval",
                            "next_page_token",
                            "response",
                            "headers",
                            "last_record",
                            "last_page_size",
                            "page_size",
                            "record",
                            "value",
                            "path",
                            "property",
                            "request_url",
                            "components_values",
                            "stream_template_config",
                            "raw_schema",
                            "session_token",
                            "creation_response",
                            "polling_response",
                            "download_target"});
  return scope;
}

Context context_with(const Value& config, const Clock& clock) {
  Context context(manifest_scope(), clock);
  set(context, Name::Config, &config);
  return context;
}

Context context_with(const Environment& environment) {
  Context context = context_with(environment.config, environment.clock);
  context.forgive_types(environment.log);
  return context;
}

TemplateField::TemplateField(const Node& field, std::variant<Value, Template> content,
                             std::shared_ptr<const Value> parameters)
    : content_(std::move(content)), parameters_(std::move(parameters)), place_(place_of(field)) {}

Result<TemplateField> TemplateField::compile(const Node& component, const Node& field) {
  if (field.kind != Node::Kind::Scalar && field.kind != Node::Kind::Null) {
    return field.error("a text is expected here");
  }
  const std::string* text = field.scalar.as_string();
  if (text == nullptr) {
    return TemplateField(field, field.scalar, nullptr);
  }
  auto compiled = Template::compile(*text, manifest_scope());
  if (!compiled.ok()) {
    return field.error(compiled.error().message, compiled.error().code);
  }
  return TemplateField(field, std::move(compiled).value(), parameters_for(component, *text));
}

Result<std::optional<TemplateField>> TemplateField::compile(const Node& component,
                                                            std::string_view key) {
  const Node* field = component.find(key);
  if (field == nullptr) {
    return std::optional<TemplateField>();
  }
  TemplateField expression = TRY(compile(component, *field));
  return std::optional<TemplateField>(std::move(expression));
}

Error TemplateField::at_place(Error error) const {
  error.message = place_ + ": " + error.message;
  return error;
}

Result<Value> TemplateField::evaluate(Context& context) const {
  if (const Value* constant = std::get_if<Value>(&content_)) {
    return *constant;
  }
  set(context, Name::Parameters, parameters_.get());
  auto value = std::get<Template>(content_).evaluate(context);
  if (!value.ok()) {
    return at_place(std::move(value).error());
  }
  return value;
}

Result<std::string> TemplateField::text(Context& context) const {
  if (const Value* constant = std::get_if<Value>(&content_)) {
    return plain_text(*constant);
  }
  set(context, Name::Parameters, parameters_.get());
  auto text = std::get<Template>(content_).to_text(context);
  if (!text.ok()) {
    return at_place(std::move(text).error());
  }
  if (text->starts_with('"') || text->starts_with('\'')) {
    // What reads as a text of Python is what stands in the quotes.
    const Value value = TRY(evaluate(context));
    text = value.as_string() == nullptr ? *std::move(text) : *value.as_string();
  }
  return text;
}

Result<bool> TemplateField::truth(Context& context) const {
  if (const Value* constant = std::get_if<Value>(&content_)) {
    return is_truthy(*constant);
  }
  set(context, Name::Parameters, parameters_.get());
  auto truth = std::get<Template>(content_).to_bool(context);
  if (!truth.ok()) {
    return at_place(std::move(truth).error());
  }
  return truth;
}

std::string_view TemplateField::source() const {
  const Template* compiled = std::get_if<Template>(&content_);
  return compiled == nullptr ? std::string_view() : std::string_view(compiled->source());
}

Result<std::string> evaluate_text(const Node& component, std::string_view key, const Value& config,
                                  const Clock& clock) {
  const std::optional<TemplateField> expression = TRY(TemplateField::compile(component, key));
  if (!expression) {
    return std::string();
  }
  Context context = context_with(config, clock);
  return expression->text(context);
}

Result<Value> evaluate_value(const Node& component, std::string_view key, const Value& config,
                             const Clock& clock) {
  const std::optional<TemplateField> expression = TRY(TemplateField::compile(component, key));
  if (!expression) {
    return Value();
  }
  Context context = context_with(config, clock);
  return expression->evaluate(context);
}

Result<std::optional<double>> evaluate_number(const Node& component, std::string_view key,
                                              const Value& config, const Clock& clock) {
  const Value value = TRY(evaluate_value(component, key, config, clock));
  if (value.is_null() || value == Value("")) {
    return std::optional<double>();
  }
  if (const std::int64_t* integer = value.as_int()) {
    return std::optional<double>(static_cast<double>(*integer));
  }
  const double* fraction = value.as_float();
  if (fraction == nullptr || !std::isfinite(*fraction)) {
    return component.find(key)->error("a number is expected here");
  }
  return std::optional<double>(*fraction);
}

std::string plain_text(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return "";
    case Value::Kind::Bool: return *value.as_bool() ? "True" : "False";
    case Value::Kind::Float: return number_text(*value.as_float());
    case Value::Kind::BigNumber: return value.as_big_number()->text;
    case Value::Kind::String: return *value.as_string();
    default: return to_json(value);
  }
}

bool is_truthy(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return false;
    case Value::Kind::Bool: return *value.as_bool();
    case Value::Kind::Int: return *value.as_int() != 0;
    case Value::Kind::Float: return *value.as_float() != 0;
    case Value::Kind::String: return !value.as_string()->empty();
    case Value::Kind::List: return !value.as_list()->empty();
    case Value::Kind::Map: return !value.as_map()->empty();
    default: return true;
  }
}

}  // namespace tendril
