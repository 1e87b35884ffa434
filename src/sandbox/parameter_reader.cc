// The parameters of routes: filters, sorting, paging.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "sandbox/definition_reader.h"

namespace tendril {
namespace {

template <class Enum>
using Names = std::initializer_list<std::pair<std::string_view, Enum>>;

// Errors: InvalidConfig when the member is none of the names.
template <class Enum>
Result<Enum> read_name(Section& section, std::string_view member, std::string fallback,
                       const Names<Enum>& names) {
  const std::string text = TRY(section.text_or(member, std::move(fallback)));
  for (const auto& [name, value] : names) {
    if (name == text) {
      return value;
    }
  }
  return section.error_at(member, fmt::format("no such kind: {}", text));
}

const Names<ParameterPlace> kPlaces{{"query", ParameterPlace::Query},
                                    {"body", ParameterPlace::Body},
                                    {"form", ParameterPlace::Form},
                                    {"header", ParameterPlace::Header},
                                    {"path", ParameterPlace::Path}};
const Names<Parameter::Kind> kKinds{{"text", Parameter::Kind::Text},
                                    {"integer", Parameter::Kind::Integer},
                                    {"time", Parameter::Kind::Time},
                                    {"flag", Parameter::Kind::Flag}};
const Names<Condition::Test> kTests{
    {"any_of", Condition::Test::AnyOf},      {"all_of", Condition::Test::AllOf},
    {"contains", Condition::Test::Contains}, {"since", Condition::Test::Since},
    {"after", Condition::Test::After},       {"until", Condition::Test::Until},
    {"before", Condition::Test::Before}};
const Names<PagingStyle> kStyles{{"none", PagingStyle::None},
                                 {"page", PagingStyle::Page},
                                 {"offset", PagingStyle::Offset},
                                 {"cursor", PagingStyle::Cursor}};

std::string_view place_name(ParameterPlace place) {
  return std::find_if(kPlaces.begin(), kPlaces.end(),
                      [&](const auto& name) { return name.second == place; })
      ->first;
}

}  // namespace

Result<const Generator*> DefinitionReader::field_of(const Route& route, const std::string& field,
                                                    const std::string& place) {
  if (!route.list) {
    return definition_error(place, "only lists have rows to filter and sort");
  }
  return compiler_.reference(field, Site{.place = place, .entity = &compiler_.entity(*route.list)});
}

Status DefinitionReader::read_parameters(Section& section, Route& route) {
  const Value* value = section.find("parameters");
  if (value == nullptr) {
    return {};
  }
  const Section all = TRY(Section::open(*value, section.place_of("parameters")));
  for (const auto& [name, definition] : value->as_map()->members()) {
    Section one = TRY(Section::open(definition, all.place_of(name)));
    const Parameter parameter = TRY(read_parameter(name, one, route.parameters_in));
    if (one.find("sort") != nullptr) {
      TRY(read_sort(parameter, one, route));
    } else if (one.find("direction") != nullptr) {
      TRY(read_direction(parameter, one, route));
    } else {
      TRY(read_filter(parameter, one, route));
    }
    TRY(one.finish());
  }
  return {};
}

Result<Parameter> DefinitionReader::read_parameter(const std::string& name, Section& section,
                                                   ParameterPlace in) {
  Parameter parameter{.name = name};
  parameter.in = TRY(read_name(section, "in", std::string(place_name(in)), kPlaces));
  parameter.kind = TRY(read_name(section, "type", "text", kKinds));
  parameter.values = TRY(section.texts("values"));
  const std::string fallback = TRY(section.text_or("default", ""));
  if (!fallback.empty()) {
    parameter.fallback = fallback;
  }
  parameter.required = TRY(section.flag_or("required", false));
  parameter.invalid = TRY(error_named(section, "invalid"));
  section.find("documentation");
  if (parameter.required && parameter.invalid == nullptr) {
    return section.error_at("required", "needs the error when it is missing: invalid");
  }
  return parameter;
}

Status DefinitionReader::read_filter(const Parameter& parameter, Section& section, Route& route) {
  Filter filter{.parameter = parameter};
  const std::string field = TRY(section.text_or("filter", ""));
  filter.test = TRY(read_name(section, "test", "any_of", kTests));
  filter.any = TRY(section.text_or("any", ""));
  filter.absent = TRY(section.text_or("absent", ""));
  filter.present = TRY(section.text_or("present", ""));
  filter.ignore_case = TRY(section.flag_or("ignore_case", false));
  const std::string separator = TRY(section.text_or("split", ""));
  if (separator.size() > 1) {
    return section.error_at("split", "must be one character");
  }
  filter.separator = separator.empty() ? '\0' : separator[0];
  if (!field.empty()) {
    filter.field = TRY(field_of(route, field, section.place_of("filter")));
  }
  const bool time = filter.test == Condition::Test::Since ||
                    filter.test == Condition::Test::After ||
                    filter.test == Condition::Test::Until || filter.test == Condition::Test::Before;
  if (time != (parameter.kind == Parameter::Kind::Time)) {
    return section.error_at("test", "since, after, until and before go with the type time");
  }
  route.filters.push_back(std::move(filter));
  return {};
}

Result<Sorting::Choice> DefinitionReader::read_choice(const std::string& name, const Value& value,
                                                      const std::string& place,
                                                      const Route& route) {
  const Value wrapped(Map{{"field", value}});  // "created: created_at" for short.
  Section section = TRY(Section::open(value.is_map() ? value : wrapped, place));
  Sorting::Choice choice{.name = name};
  const std::string field = TRY(section.text("field"));
  const bool ascending =
      TRY(read_name<bool>(section, "direction", "asc", {{"asc", true}, {"desc", false}}));
  TRY(section.finish());
  choice.descending = !ascending;
  choice.field = TRY(field_of(route, field, place));
  return choice;
}

Status DefinitionReader::read_order(Section& section, Route& route) {
  const Value* value = section.find("order");
  if (value != nullptr) {
    Sorting::Choice choice = TRY(read_choice("", *value, section.place_of("order"), route));
    route.sorting.choices.push_back(std::move(choice));
  }
  return {};
}

Status DefinitionReader::read_sort(const Parameter& parameter, Section& section, Route& route) {
  const Value* value = section.find("sort");
  const std::string place = section.place_of("sort");
  TRY(Section::open(*value, place));
  if (!route.sorting.choices.empty()) {
    return section.error_at("sort", "a route has either an order or one parameter that sorts");
  }
  route.sorting.by = parameter;
  for (const auto& [name, definition] : value->as_map()->members()) {
    Sorting::Choice choice =
        TRY(read_choice(name, definition, fmt::format("{}.{}", place, name), route));
    route.sorting.choices.push_back(std::move(choice));
    route.sorting.by->values.push_back(name);
  }
  if (route.sorting.choices.empty()) {
    return section.error_at("sort", "needs a field to sort by");
  }
  return {};
}

Status DefinitionReader::read_direction(const Parameter& parameter, Section& section,
                                        Route& route) {
  const std::string direction = TRY(section.text_or("direction", ""));
  if (direction != "any" && direction != "with_sort") {
    return section.error_at("direction", "must be any or with_sort");
  }
  route.sorting.direction = parameter;
  if (parameter.values.empty()) {
    route.sorting.direction->values = {"asc", "desc"};
  }
  route.sorting.direction_needs_sort = direction == "with_sort";
  return {};
}

Result<Parameter> DefinitionReader::read_named(Section& section, std::string_view name,
                                               ParameterPlace in) {
  const std::string parameter_name = TRY(section.text(name));
  Parameter parameter = TRY(read_parameter(parameter_name, section, in));
  parameter.kind = Parameter::Kind::Integer;
  return parameter;
}

Result<Paging> DefinitionReader::read_paging(const Value& value, const std::string& place,
                                             ParameterPlace in) {
  Section section = TRY(Section::open(value, place));
  Paging paging;
  paging.style = TRY(read_name(section, "style", "none", kStyles));
  paging.link_header = TRY(section.flag_or("link_header", false));
  const Value* size = section.find("size");
  const Value* position = section.find("position");
  const Value* envelope = section.find("envelope");
  section.find("documentation");
  TRY(section.finish());
  if (envelope != nullptr) {
    paging.envelope =
        TRY(compiler_.compile(*envelope, Site{.place = section.place_of("envelope")}));
  }
  if (size != nullptr) {
    Section part = TRY(Section::open(*size, section.place_of("size")));
    paging.size_max = TRY(part.integer_or("max", 100));
    paging.size_above = TRY(error_named(part, "above"));
    paging.size_default = TRY(part.integer_or("default", paging.size_max));
    paging.size = TRY(read_named(part, "parameter", in));
    TRY(part.finish());
    if (paging.size_default < 1 || paging.size_default > paging.size_max) {
      return part.error_at("default", "must be from 1 to max");
    }
  }
  if (position != nullptr) {
    Section part = TRY(Section::open(*position, section.place_of("position")));
    paging.first_page = TRY(part.integer_or("first", 1));
    paging.position = TRY(read_named(part, "parameter", in));
    TRY(part.finish());
  }
  if ((paging.style == PagingStyle::None) != (position == nullptr)) {
    return section.error_at("position", "goes with a style other than none");
  }
  if (paging.style == PagingStyle::Cursor) {
    paging.position->kind = Parameter::Kind::Text;
  }
  return paging;
}

}  // namespace tendril
