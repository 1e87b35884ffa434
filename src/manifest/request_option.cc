#include "manifest/request_option.h"

#include <array>
#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::array<std::pair<std::string_view, RequestOption::Place>, 4> kPlaces{{
    {"request_parameter", RequestOption::Place::Query},
    {"header", RequestOption::Place::Header},
    {"body_data", RequestOption::Place::Form},
    {"body_json", RequestOption::Place::Json},
}};

Result<RequestOption::Place> place_of(const Node& node) {
  const std::string text = TRY(node.text("inject_into"));
  for (const auto& [name, place] : kPlaces) {
    if (name == text) {
      return place;
    }
  }
  return node.error("inject_into is unknown: " + text);
}

}  // namespace

Result<RequestOption> RequestOption::compile(const Node& node, const Value& config,
                                             const Clock& clock) {
  const Place place = TRY(place_of(node));
  std::vector<std::string> path;
  if (const Node* names = node.find("field_path")) {
    if (place != Place::Json) {
      return names->error("field_path needs inject_into: body_json");
    }
    Context context = context_with(config, clock);
    for (const Node& name : names->items) {
      const TemplateField expression = TRY(TemplateField::compile(node, name));
      std::string text = TRY(expression.text(context));
      path.push_back(std::move(text));
    }
  } else {
    std::string name = TRY(evaluate_text(node, "field_name", config, clock));
    path.push_back(std::move(name));
  }
  // A name that comes to nothing goes into the query as it is: "?=10".
  const bool may_be_empty = place == Place::Query && node.find("field_name") != nullptr;
  if (path.empty() || (path.back().empty() && !may_be_empty)) {
    return node.error("field_name is missing or empty");
  }
  return RequestOption(place, std::move(path));
}

Result<std::optional<RequestOption>> RequestOption::compile(const Node& component,
                                                            std::string_view key,
                                                            const Value& config,
                                                            const Clock& clock) {
  const Node* node = component.find(key);
  if (node == nullptr) {
    return std::optional<RequestOption>();
  }
  RequestOption option = TRY(compile(*node, config, clock));
  return std::optional<RequestOption>(std::move(option));
}

Status RequestOption::inject(const Value& value, RequestDraft& draft) const {
  switch (place_) {
    case Place::Query: return draft.add_query(path_.front(), value);
    case Place::Header: return draft.add_header(path_.front(), value);
    case Place::Form: return draft.add_form(path_.front(), value);
    case Place::Json: return draft.add_json(path_, value);
  }
  return {};
}

}  // namespace tendril
