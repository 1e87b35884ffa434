// The routes of a sandbox.yaml: paths, the rows that they name, and what they answer.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "sandbox/definition_reader.h"
#include "sandbox/path.h"

namespace tendril {
namespace {

Result<ParameterPlace> read_parameters_in(Section& section, const std::string& method) {
  const std::string in = TRY(section.text_or("parameters_in", method == "GET" ? "query" : "body"));
  if (in == "query") {
    return ParameterPlace::Query;
  }
  if (in == "body") {
    return ParameterPlace::Body;
  }
  if (in == "form") {
    return ParameterPlace::Form;
  }
  return section.error_at("parameters_in", "must be query, body or form");
}

}  // namespace

Status DefinitionReader::read_routes(const Value& value) {
  const List* list = value.as_list();
  if (list == nullptr || list->empty()) {
    return definition_error("routes", "must be a list");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    Route route = TRY(read_route((*list)[i], fmt::format("routes[{}]", i)));
    sandbox_->routes.push_back(std::move(route));
  }
  return {};
}

Result<Route> DefinitionReader::read_route(const Value& value, const std::string& place) {
  Section section = TRY(Section::open(value, place));
  Route route;
  section.find("documentation");
  route.method = TRY(section.text_or("method", "GET"));
  TRY(read_paths(section, route));
  route.permission = TRY(section.text_or("permission", ""));
  route.needs_credential = TRY(section.flag_or("needs_credential", false));
  route.counted = TRY(section.flag_or("counted", true));
  const std::int64_t status = TRY(section.integer_or("status", 200));
  route.status = static_cast<int>(status);
  route.resource = TRY(section.text_or("resource", ""));
  TRY(read_find(section, route));
  TRY(read_shown(section, route));
  TRY(read_where(section, route));
  route.parameters_in = TRY(read_parameters_in(section, route.method));
  TRY(read_order(section, route));
  TRY(read_parameters(section, route));
  const Value* paging = section.find("paging");
  if (route.list && (paging != nullptr || default_paging_ != nullptr)) {
    const std::string paging_place = paging != nullptr ? section.place_of("paging") : "paging";
    route.paging = TRY(read_paging(paging != nullptr ? *paging : *default_paging_, paging_place,
                                   route.parameters_in));
  }
  TRY(section.finish());
  if (route.needs_credential && sandbox_->authentication.needed == nullptr) {
    return section.error_at("needs_credential", "needs authentication.needed");
  }
  if (!route.permission.empty() && sandbox_->authentication.forbidden == nullptr) {
    return section.error_at("permission", "needs authentication.forbidden");
  }
  return route;
}

Status DefinitionReader::read_paths(Section& section, Route& route) {
  const std::vector<std::string> paths = TRY(section.texts("path"));
  if (paths.empty()) {
    return section.error_at("path", "is missing");
  }
  for (const std::string& path : paths) {
    if (!path.starts_with('/')) {
      return section.error_at("path", fmt::format("must start with a slash: {}", path));
    }
    route.paths.push_back(path_segments(path));
  }
  return {};
}

Status DefinitionReader::read_find(Section& section, Route& route) {
  const Value* value = section.find("find");
  if (value == nullptr) {
    return {};
  }
  const List* list = value->as_list();
  if (list == nullptr) {
    return section.error_at("find", "must be a list");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string place = section.place_of(fmt::format("find[{}]", i));
    FindStep step = TRY(read_find_step((*list)[i], place));
    route.find.push_back(std::move(step));
  }
  return {};
}

Result<FindStep> DefinitionReader::read_find_step(const Value& value, const std::string& place) {
  Section section = TRY(Section::open(value, place));
  FindStep step;
  const std::string name = TRY(section.text("entity"));
  const EntityFields* entity = TRY(compiler_.entity(name, section.place_of("entity")));
  step.entity = entity->index;
  const std::string by = TRY(section.text_or("by", ""));
  step.parameter = TRY(section.text_or("parameter", ""));
  step.ignore_case = TRY(section.flag_or("ignore_case", false));
  const std::int64_t index = TRY(section.integer_or("index", -1));
  step.missing = TRY(error_named(section, "missing"));
  step.gone = TRY(error_named(section, "gone"));
  TRY(section.finish());
  if (by.empty() != step.parameter.empty() || by.empty() == (index < 0)) {
    return section.error("needs either by and parameter, or an index");
  }
  if (index >= 0) {
    step.index = static_cast<std::uint64_t>(index);
    return step;
  }
  step.field =
      TRY(compiler_.reference(by, Site{.place = section.place_of("by"), .entity = entity}));
  return step;
}

Status DefinitionReader::read_shown(Section& section, Route& route) {
  const std::string list = TRY(section.text_or("list", ""));
  const std::string get = TRY(section.text_or("get", ""));
  const Value* answer = section.find("answer");
  const std::string view = TRY(section.text_or("view", ""));
  const Value* link_path = section.find("link_path");
  const EntityFields* found =
      route.find.empty() ? nullptr : &compiler_.entity(route.find.back().entity);
  const Site site{.place = section.place(), .entity = found};
  if ((list.empty() ? 0 : 1) + (get.empty() ? 0 : 1) + (answer == nullptr ? 0 : 1) != 1) {
    return section.error("needs one of list, get and answer");
  }
  if (link_path != nullptr) {
    route.link_path = TRY(compiler_.compile(*link_path, site.child("link_path")));
  }
  if (answer != nullptr) {
    route.shown = TRY(compiler_.compile(*answer, site.child("answer")));
    return {};
  }
  const std::string name = list.empty() ? get : list;
  const EntityFields* entity = TRY(compiler_.entity(name, section.place_of("list or get")));
  route.shown = compiler_.view(*entity, view, section.place_of("view"));
  if (!list.empty()) {
    route.list = entity->index;
  } else if (found != entity) {
    return section.error_at("get", "must be what the last step of find finds");
  }
  return {};
}

Status DefinitionReader::read_where(Section& section, Route& route) {
  const Value* value = section.find("where");
  if (value == nullptr) {
    return {};
  }
  Section where = TRY(Section::open(*value, section.place_of("where")));
  for (const auto& member : value->as_map()->members()) {
    Condition condition;
    condition.operands = TRY(where.texts(member.first));
    condition.value = TRY(field_of(route, member.first, where.place()));
    route.where.push_back(std::move(condition));
  }
  return {};
}

}  // namespace tendril
