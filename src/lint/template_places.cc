#include "lint/template_places.h"

#include <algorithm>
#include <iterator>

#include "manifest/template_field.h"

namespace tendril {
namespace {

// Source: reference implementation, the arguments of its interpolations.
constexpr std::string_view kRequest[] = {"stream_slice", "stream_partition", "stream_interval",
                                         "next_page_token"};
constexpr std::string_view kPage[] = {"response",         "headers",         "last_record",
                                      "last_page_size",   "page_size",       "stream_slice",
                                      "stream_partition", "stream_interval", "next_page_token"};
constexpr std::string_view kOffset[] = {"response"};
constexpr std::string_view kFilteredRecord[] = {"record", "stream_slice", "stream_partition",
                                                "stream_interval", "next_page_token"};
constexpr std::string_view kAddedField[] = {"record", "stream_slice", "stream_partition",
                                            "stream_interval"};
constexpr std::string_view kAddCondition[] = {"record",          "stream_slice", "stream_partition",
                                              "stream_interval", "value",        "path"};
constexpr std::string_view kConfigCondition[] = {"value", "path"};
constexpr std::string_view kRemoveCondition[] = {"property"};
constexpr std::string_view kAnswer[] = {"response", "headers", "request_url"};
constexpr std::string_view kMapped[] = {"components_values", "stream_template_config",
                                        "stream_slice", "stream_partition", "stream_interval"};
constexpr std::string_view kRawSchema[] = {"raw_schema"};

struct Place {
  std::string_view component;
  std::string_view field;  // "": any.
  std::span<const std::string_view> variables = {};
};

// Components that are not named here are not judged.
constexpr Place kPlaces[] = {
    {"AddFields", "condition", kAddCondition},
    {"ApiKeyAuthenticator", ""},
    {"BasicHttpAuthenticator", ""},
    {"BearerAuthenticator", ""},
    {"ComponentMappingDefinition", "", kMapped},
    {"ConcurrencyLevel", ""},
    {"ConfigAddFields", "condition", kConfigCondition},
    {"ConstantBackoffStrategy", ""},
    {"CursorPagination", "cursor_value", kPage},
    {"CursorPagination", "page_size"},
    {"CursorPagination", "stop_condition", kPage},
    {"DatetimeBasedCursor", ""},
    {"DpathExtractor", ""},
    {"ExponentialBackoffStrategy", ""},
    {"HttpRequester", "", kRequest},
    {"HttpResponseFilter", "", kAnswer},
    {"IncrementingCountCursor", ""},
    {"ListPartitionRouter", ""},
    {"MinMaxDatetime", ""},
    {"OffsetIncrement", "page_size", kOffset},
    {"PageIncrement", "page_size"},
    {"ParentStreamConfig", ""},
    {"RecordFilter", "condition", kFilteredRecord},
    {"RemoveFields", "condition", kRemoveCondition},
    {"RequestBodyGraphQL", "", kRequest},
    {"RequestBodyJsonObject", "", kRequest},
    {"RequestBodyPlainText", "", kRequest},
    {"RequestBodyUrlEncodedForm", "", kRequest},
    {"RequestOption", ""},
    {"TypesMap", "condition", kRawSchema},
    {"WaitTimeFromHeader", ""},
    {"WaitUntilTimeFromHeader", ""},
};

constexpr std::string_view kStepVariables[] = {
    "creation_response", "download_target", "polling_response",
    "session_token",     "json_loads",      "url",
    "stream_parameters",
};

bool is_template(std::string_view text) {
  return text.find("{{") != std::string_view::npos || text.find("{%") != std::string_view::npos;
}

bool may_hold_templates(FieldKind kind) {
  switch (kind) {
    case FieldKind::Text:
    case FieldKind::Scalar:
    case FieldKind::Number:
    case FieldKind::Integer:
    case FieldKind::Flag:
    case FieldKind::Texts:
    case FieldKind::ComponentOrText:
    case FieldKind::ComponentOrTexts:
    case FieldKind::Parameters:
    case FieldKind::Any: return true;
    default: return false;
  }
}

// Components are visited for themselves.
void collect(const Node& node, std::string_view field, std::vector<TemplateText>& found) {
  if (find_component(node.type()) != nullptr) {
    return;
  }
  const std::string* text = node.scalar.as_string();
  if (text != nullptr && is_template(*text)) {
    found.push_back({&node, field, *text});
  }
  for (const Node& item : node.items) {
    collect(item, field, found);
  }
  for (const auto& [key, value] : node.members) {
    if (is_template(key)) {
      found.push_back({&value, field, key});
    }
    collect(value, field, found);
  }
}

}  // namespace

std::optional<std::span<const std::string_view>> known_variables(const VisitedComponent& component,
                                                                 std::string_view field) {
  const std::string_view type = component.rule.name;
  if (type == "AddedFieldDefinition") {
    const bool adds_to_config =
        !component.owners.empty() && component.owners.back()->type() == "ConfigAddFields";
    return adds_to_config ? std::span<const std::string_view>() : std::span(kAddedField);
  }
  const auto* const found =
      std::find_if(std::begin(kPlaces), std::end(kPlaces), [&](const Place& place) {
        return place.component == type && (place.field.empty() || place.field == field);
      });
  if (found == std::end(kPlaces)) {
    return std::nullopt;
  }
  return found->variables;
}

bool is_variable(std::string_view name) {
  return manifest_scope().slot(name).has_value() || is_variable_of_steps(name);
}

bool is_variable_of_steps(std::string_view name) {
  return std::find(std::begin(kStepVariables), std::end(kStepVariables), name) !=
         std::end(kStepVariables);
}

std::vector<TemplateText> templates_of(const VisitedComponent& component) {
  std::vector<TemplateText> found;
  for (const auto& [name, value] : component.node.members) {
    const FieldRule* field = component.rule.find(name);
    if (field == nullptr || !may_hold_templates(field->kind)) {
      continue;
    }
    collect(value, field->name, found);
  }
  return found;
}

}  // namespace tendril
