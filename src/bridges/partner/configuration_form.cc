#include "bridges/partner/configuration_form.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/setting_schema.h"
#include "common.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using Fields = google::protobuf::RepeatedPtrField<wire::FormField>;

// Where fields are added: how their names begin, and whether the object that they are of has to be
// there.
struct FormPlace {
  Fields& fields;
  std::string prefix;
  bool required = true;
};

bool has_flag(const Value& schema, std::string_view name) {
  const Value* const flag = schema.find(name);
  return flag != nullptr && *flag == Value(true);
}

// Specs have links in their descriptions; forms show the text alone.
std::string without_tags(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    const bool is_tag =
        text[at] == '<' && (next == '/' || std::isalpha(static_cast<unsigned char>(next)));
    const std::size_t end = is_tag ? text.find('>', at) : std::string::npos;
    if (end != std::string::npos) {
      at = end;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

std::vector<std::string> names_in(const Value& schema, std::string_view keyword) {
  std::vector<std::string> names;
  const Value* const list = schema.find(keyword);
  for (const Value& each : list != nullptr && list->is_list() ? *list->as_list() : List()) {
    if (each.is_string()) {
      names.push_back(*each.as_string());
    }
  }
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The properties in the order that the schema asks for.
std::vector<const Map::Member*> ordered_properties(const Value& schema) {
  std::vector<const Map::Member*> ordered;
  const Value* const properties = schema.find("properties");
  if (properties == nullptr || !properties->is_map()) {
    return ordered;
  }
  for (const Map::Member& each : properties->as_map()->members()) {
    ordered.push_back(&each);
  }
  const auto order_of = [](const Map::Member* property) {
    const Value* const order = property->second.find("order");
    return order != nullptr && order->as_int() != nullptr
               ? *order->as_int()
               : std::numeric_limits<std::int64_t>::max();
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const auto* a, const auto* b) { return order_of(a) < order_of(b); });
  return ordered;
}

// The property by whose only value each of the choices can be told; "" when there is none.
std::string telling_property(const List& choices) {
  const Value* const properties = choices.front().find("properties");
  if (properties == nullptr || !properties->is_map()) {
    return "";
  }
  for (const auto& [name, unused] : properties->as_map()->members()) {
    const bool tells = std::all_of(choices.begin(), choices.end(), [&](const Value& choice) {
      const Value* const own = choice.find("properties");
      const Value* const property = own == nullptr ? nullptr : own->find(name);
      const Value* const only = property == nullptr ? nullptr : only_value(*property);
      return only != nullptr && only->is_string();
    });
    if (tells) {
      return name;
    }
  }
  return "";
}

void put_texts(const Value& schema, const std::string& name, bool required,
               wire::FormField& field) {
  const std::string title = text_member(schema, "title");
  field.set_name(name);
  field.set_label(title.empty() ? name : title);
  field.set_required(required);
  if (const std::string text = without_tags(text_member(schema, "description")); !text.empty()) {
    field.set_description(text);
  }
}

void put_example(const Value& schema, wire::FormField& field) {
  const Value* const examples = schema.find("examples");
  const bool has_one = examples != nullptr && examples->is_list() && !examples->as_list()->empty();
  const std::string text = has_one ? setting_text(examples->as_list()->front())
                                   : text_member(schema, "pattern_descriptor");
  if (!text.empty()) {
    field.set_placeholder(text);
  }
}

void put_leaf(const Value& schema, const std::string& name, bool required, wire::FormField& field) {
  put_texts(schema, name, required, field);
  const std::vector<std::string> types = types_of(schema);
  const Value* const only = schema.find("const");
  const Value* const standard = only != nullptr ? only : schema.find("default");
  if (standard != nullptr && !standard->is_null()) {
    field.set_default_value(setting_text(*standard));
  }
  const Value* const allowed = schema.find("enum");
  if (only != nullptr) {
    field.set_text_field(wire::Hidden);
  } else if (has_flag(schema, "airbyte_secret")) {
    field.set_text_field(wire::Password);
    field.clear_default_value();
  } else if (allowed != nullptr && allowed->is_list()) {
    for (const Value& each : *allowed->as_list()) {
      field.mutable_dropdown_field()->add_dropdown_field(setting_text(each));
    }
  } else if (contains(types, "boolean")) {
    field.mutable_toggle_field();
  } else {
    field.set_text_field(wire::PlainText);
    put_example(schema, field);
    const std::string shape = contains(types, "array")
                                  ? "Values separated by commas, or a JSON list."
                              : contains(types, "object") ? "A JSON object."
                                                          : "";
    if (!shape.empty()) {
      field.set_description(field.description() + (field.description().empty() ? "" : " ") + shape);
    }
  }
}

class FormWriter {
 public:
  // The members of an object, and those that its alternatives add.
  static void put_object(const Value& schema, const FormPlace& place,
                         std::string_view left_out = "") {
    const std::vector<std::string> required = names_in(schema, "required");
    for (const Map::Member* property : ordered_properties(schema)) {
      const auto& [name, member] = *property;
      if (name != left_out && !has_flag(member, "airbyte_hidden")) {
        put_member(member, name, place.required && contains(required, name), place);
      }
    }
    if (const List* choices = choices_of(schema)) {
      put_choices(schema, *choices, place);
    }
    const Value* const parts = schema.find("allOf");
    for (const Value& part : parts != nullptr && parts->is_list() ? *parts->as_list() : List()) {
      put_object(part, place);
    }
  }

 private:
  static void put_member(const Value& schema, const std::string& name, bool required,
                         const FormPlace& place) {
    const bool is_object = choices_of(schema) != nullptr || (schema.find("properties") != nullptr &&
                                                             schema.find("const") == nullptr);
    if (is_object) {
      put_object(schema, {place.fields, place.prefix + name + ".", required});
      return;
    }
    put_leaf(schema, place.prefix + name, required, *place.fields.Add());
  }

  static void put_choices(const Value& schema, const List& choices, const FormPlace& place) {
    const std::string telling = telling_property(choices);
    if (telling.empty()) {
      put_union(choices, place);
      return;
    }
    const std::string name = place.prefix + telling;
    wire::FormField& choice = *place.fields.Add();
    put_texts(schema, name, place.required, choice);
    for (const Value& each : choices) {
      wire::DescriptiveDropDownField& entry =
          *choice.mutable_descriptive_dropdown_fields()->add_descriptive_dropdown_field();
      entry.set_value(value_of(each, telling));
      const std::string title = text_member(each, "title");
      entry.set_label(title.empty() ? entry.value() : title);
      entry.set_description(without_tags(text_member(each, "description")));
    }
    for (const Value& each : choices) {
      wire::FormField conditional;
      const std::string value = value_of(each, telling);
      conditional.set_name(name + "=" + value);
      conditional.set_label(text_member(each, "title"));
      wire::ConditionalFields& fields = *conditional.mutable_conditional_fields();
      fields.mutable_condition()->set_condition_field(name);
      fields.mutable_condition()->set_string_value(value);
      put_object(each, {*fields.mutable_fields(), place.prefix, true}, telling);
      if (fields.fields_size() > 0) {
        place.fields.Add()->Swap(&conditional);
      }
    }
  }

  // Nothing tells which of them is meant: all their fields, none of which has to be there.
  static void put_union(const List& choices, const FormPlace& place) {
    std::vector<std::string> seen;
    for (const wire::FormField& field : place.fields) {
      seen.push_back(field.name());
    }
    for (const Value& each : choices) {
      Fields fields;
      put_object(each, {fields, place.prefix, false});
      for (wire::FormField& field : fields) {
        if (!contains(seen, field.name())) {
          seen.push_back(field.name());
          place.fields.Add()->Swap(&field);
        }
      }
    }
  }

  static std::string value_of(const Value& choice, const std::string& telling) {
    return setting_text(*only_value(*choice.find("properties")->find(telling)));
  }
};

}  // namespace

void put_form(const Value& schema, wire::ConfigurationFormResponse& form) {
  FormWriter::put_object(schema, {*form.mutable_fields(), "", true});
}

}  // namespace tendril
