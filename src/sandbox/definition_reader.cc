// Everything of a sandbox.yaml but its entities and routes, and the order of reading.
#include "sandbox/definition_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "sandbox/yaml_value.h"

namespace tendril {
namespace {

Result<std::int64_t> read_instant_us(Section& section, std::string_view name) {
  const std::string text = TRY(section.text(name));
  const auto datetime = parse_datetime(text);
  if (!datetime.ok()) {
    return section.error_at(name, datetime.error().message);
  }
  return micros_of(datetime->instant);
}

Result<std::chrono::seconds> read_seconds(Section& section, std::string_view name,
                                          const std::string& fallback) {
  const std::string text = TRY(section.text_or(name, fallback));
  const auto duration = parse_duration(text);
  if (!duration.ok() || duration->months != 0 || duration->exact < std::chrono::seconds(1)) {
    return section.error_at(name, "must be a duration of a second or more, such as PT1H");
  }
  return std::chrono::duration_cast<std::chrono::seconds>(duration->exact);
}

Result<ParameterPlace> read_place(Section& section) {
  const std::string in = TRY(section.text_or("in", "header"));
  if (in == "header") {
    return ParameterPlace::Header;
  }
  if (in == "query") {
    return ParameterPlace::Query;
  }
  return section.error_at("in", "must be header or query");
}

}  // namespace

std::optional<EntityIndex> CompiledSandbox::find_entity(std::string_view name) const {
  for (const EntityFields& entity : entities) {
    if (entity.name == name) {
      return entity.index;
    }
  }
  return std::nullopt;
}

DefinitionReader::DefinitionReader()
    : sandbox_(std::make_shared<CompiledSandbox>()), compiler_(sandbox_->entities) {}

Result<std::shared_ptr<const CompiledSandbox>> DefinitionReader::read(const Value& root) {
  using Read = Status (DefinitionReader::*)(const Value&);
  constexpr std::array<std::pair<std::string_view, Read>, 9> kParts{{
      {"past", &DefinitionReader::read_past},
      {"entities", &DefinitionReader::read_entities},
      {"errors", &DefinitionReader::read_errors},
      {"answers", &DefinitionReader::read_answers},
      {"requires", &DefinitionReader::read_required_headers},
      {"limits", &DefinitionReader::read_limits},
      {"authentication", &DefinitionReader::read_authentication},
      {"routes", &DefinitionReader::read_routes},
      {"mutations", &DefinitionReader::read_mutations},
  }};
  Section section = TRY(Section::open(root, ""));
  sandbox_->about.name = TRY(section.text("name"));
  sandbox_->about.title = TRY(section.text_or("title", sandbox_->about.name));
  sandbox_->about.examples = TRY(section.texts("examples"));
  section.find("documentation");  // For readers.
  section.find("shared");         // A place for anchors.
  default_paging_ = section.find("paging");
  const Value none(Map{});
  for (const auto& [name, part] : kParts) {
    const bool optional = name == "requires" || name == "limits" || name == "authentication" ||
                          name == "mutations" || name == "answers";
    const Value* value = section.find(name);
    if (value == nullptr && !optional) {
      return section.error_at(name, "is missing");
    }
    TRY((this->*part)(value == nullptr ? none : *value));
  }
  TRY(section.finish());
  TRY(compiler_.link());
  sandbox_->arena = compiler_.take_arena();
  return std::shared_ptr<const CompiledSandbox>(sandbox_);
}

Status DefinitionReader::read_past(const Value& value) {
  Section section = TRY(Section::open(value, "past"));
  sandbox_->start_us = TRY(read_instant_us(section, "start"));
  sandbox_->now_us = TRY(read_instant_us(section, "now"));
  if (sandbox_->now_us <= sandbox_->start_us) {
    return section.error_at("now", "must be after start");
  }
  return section.finish();
}

Result<HeaderPatterns> DefinitionReader::read_headers(Section& section, std::string_view name) {
  HeaderPatterns patterns;
  const Value* value = section.find(name);
  if (value == nullptr) {
    return patterns;
  }
  const Section headers = TRY(Section::open(*value, section.place_of(name)));
  for (const auto& [header, pattern] : value->as_map()->members()) {
    const Generator* compiled =
        TRY(compiler_.compile(pattern, Site{.place = headers.place_of(header)}));
    patterns.emplace_back(header, compiled);
  }
  return patterns;
}

Status DefinitionReader::read_answers(const Value& value) {
  Section section = TRY(Section::open(value, "answers"));
  sandbox_->content_type = TRY(section.text_or("content_type", "application/json"));
  sandbox_->headers = TRY(read_headers(section, "headers"));
  sandbox_->etag = TRY(section.flag_or("etag", false));
  return section.finish();
}

Status DefinitionReader::read_required_headers(const Value& value) {
  const List* list = value.as_list();
  if (list == nullptr) {
    return value == Value(Map{}) ? Status() : definition_error("requires", "must be a list");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section = TRY(Section::open((*list)[i], fmt::format("requires[{}]", i)));
    RequiredHeader header;
    header.name = TRY(section.text("header"));
    header.values = TRY(section.texts("values"));
    header.optional = TRY(section.flag_or("optional", false));
    header.error = TRY(error_named(section, "error"));
    section.find("documentation");
    TRY(section.finish());
    if (header.error == nullptr) {
      return section.error_at("error", "is missing");
    }
    sandbox_->required_headers.push_back(std::move(header));
  }
  return {};
}

Status DefinitionReader::read_errors(const Value& value) {
  const Section all = TRY(Section::open(value, "errors"));
  for (const auto& [name, definition] : value.as_map()->members()) {
    Section section = TRY(Section::open(definition, all.place_of(name)));
    ErrorAnswer& error = sandbox_->errors[name];
    const std::int64_t status = TRY(section.integer_or("status", 0));
    if (status < 300 || status > 599) {
      return section.error_at("status", "must be from 300 to 599");
    }
    error.status = static_cast<int>(status);
    error.headers = TRY(read_headers(section, "headers"));
    const Value* body = TRY(section.require("body"));
    section.find("documentation");
    TRY(section.finish());
    error.body = TRY(compiler_.compile(*body, Site{.place = section.place_of("body")}));
  }
  for (const auto& [name, target] : {std::pair("not_found", &sandbox_->not_found),
                                     std::pair("server_error", &sandbox_->failed)}) {
    const auto found = sandbox_->errors.find(name);
    if (found == sandbox_->errors.end()) {
      return definition_error(fmt::format("errors.{}", name), "is missing");
    }
    *target = &found->second;
  }
  return {};
}

Result<const ErrorAnswer*> DefinitionReader::error_named(Section& section, std::string_view name) {
  const std::string error = TRY(section.text_or(name, ""));
  if (error.empty()) {
    return static_cast<const ErrorAnswer*>(nullptr);
  }
  const auto found = sandbox_->errors.find(error);
  if (found == sandbox_->errors.end()) {
    return section.error_at(name, fmt::format("no such error: {}", error));
  }
  return static_cast<const ErrorAnswer*>(&found->second);
}

Status DefinitionReader::read_authentication(const Value& value) {
  Section section = TRY(Section::open(value, "authentication"));
  Authentication& authentication = sandbox_->authentication;
  const Value* schemes = section.find("schemes");
  const Value* tokens = section.find("tokens");
  authentication.missing = TRY(error_named(section, "missing"));
  authentication.wrong = TRY(error_named(section, "wrong"));
  authentication.needed = TRY(error_named(section, "needed"));
  authentication.forbidden = TRY(error_named(section, "forbidden"));
  section.find("documentation");
  TRY(section.finish());
  if (schemes == nullptr && tokens == nullptr) {
    return {};
  }
  if (schemes == nullptr || !schemes->is_list() || tokens == nullptr || !tokens->is_list() ||
      tokens->as_list()->empty() || authentication.wrong == nullptr) {
    return section.error("needs lists of schemes and tokens, and what is wrong");
  }
  for (std::size_t i = 0; i < schemes->as_list()->size(); ++i) {
    CredentialScheme scheme =
        TRY(read_scheme((*schemes->as_list())[i], fmt::format("authentication.schemes[{}]", i)));
    authentication.schemes.push_back(std::move(scheme));
  }
  for (std::size_t i = 0; i < tokens->as_list()->size(); ++i) {
    CredentialPlan token =
        TRY(read_token((*tokens->as_list())[i], fmt::format("authentication.tokens[{}]", i)));
    authentication.tokens.push_back(std::move(token));
  }
  sandbox_->about.token = authentication.tokens.front().token;
  return {};
}

Result<CredentialScheme> DefinitionReader::read_scheme(const Value& value,
                                                       const std::string& place) {
  Section section = TRY(Section::open(value, place));
  CredentialScheme scheme;
  scheme.in = TRY(read_place(section));
  scheme.name = TRY(section.text("name"));
  scheme.prefixes = TRY(section.texts("prefix"));
  scheme.base64 = TRY(section.flag_or("base64", false));
  TRY(section.finish());
  return scheme;
}

Result<CredentialPlan> DefinitionReader::read_token(const Value& value, const std::string& place) {
  Section section = TRY(Section::open(value, place));
  CredentialPlan plan;
  plan.token = TRY(section.text("token"));
  if (section.find("permissions") != nullptr) {
    plan.permissions = TRY(section.texts("permissions"));
  }
  const Value* limits = section.find("limits");
  section.find("documentation");
  TRY(section.finish());
  if (limits == nullptr) {
    return plan;
  }
  Section each = TRY(Section::open(*limits, section.place_of("limits")));
  for (const auto& [name, limit] : limits->as_map()->members()) {
    const std::int64_t requests = TRY(each.integer_or(name, 0));
    const auto known = [&name = name](const LimitPlan& plan_of) { return plan_of.name == name; };
    if (requests < 1 || std::none_of(sandbox_->limits.begin(), sandbox_->limits.end(), known)) {
      return each.error_at(name, "must be the name of a limit and a number of requests");
    }
    plan.limits.emplace(name, static_cast<std::uint64_t>(requests));
  }
  return plan;
}

Status DefinitionReader::read_limits(const Value& value) {
  const Section all = TRY(Section::open(value, "limits"));
  for (const auto& [name, definition] : value.as_map()->members()) {
    LimitPlan limit = TRY(read_limit(name, definition));
    sandbox_->limits.push_back(std::move(limit));
  }
  return {};
}

Result<LimitPlan> DefinitionReader::read_limit(const std::string& name, const Value& value) {
  Section section = TRY(Section::open(value, fmt::format("limits.{}", name)));
  LimitPlan limit;
  limit.name = name;
  const std::int64_t requests = TRY(section.integer_or("requests", 0));
  const std::int64_t anonymous = TRY(section.integer_or("anonymous", requests));
  limit.window = TRY(read_seconds(section, "window", "PT1H"));
  limit.enabled = TRY(section.flag_or("enabled", true));
  limit.headers = TRY(read_headers(section, "headers"));
  limit.exceeded = TRY(error_named(section, "exceeded"));
  section.find("documentation");
  TRY(section.finish());
  if (requests < 1 || anonymous < 1 || limit.exceeded == nullptr) {
    return section.error("needs a number of requests and the error when exceeded");
  }
  limit.requests = static_cast<std::uint64_t>(requests);
  limit.anonymous = static_cast<std::uint64_t>(anonymous);
  return limit;
}

Status DefinitionReader::read_mutations(const Value& value) {
  Section section = TRY(Section::open(value, "mutations"));
  sandbox_->mutations.inserts = TRY(read_shares(section, "insert"));
  sandbox_->mutations.updates = TRY(read_shares(section, "update"));
  sandbox_->mutations.deletes = TRY(read_shares(section, "delete"));
  sandbox_->mutations.step = TRY(read_seconds(section, "step", "PT1S"));
  return section.finish();
}

Result<std::vector<MutationPlan::Share>> DefinitionReader::read_shares(Section& section,
                                                                       std::string_view name) {
  std::vector<MutationPlan::Share> shares;
  const Value* value = section.find(name);
  if (value == nullptr) {
    return shares;
  }
  Section each = TRY(Section::open(*value, section.place_of(name)));
  for (const auto& [entity, definition] : value->as_map()->members()) {
    const EntityFields* fields = TRY(compiler_.entity(entity, each.place_of(entity)));
    MutationPlan::Share share{.entity = fields->index};
    std::int64_t weight = 1;
    if (definition.is_map()) {
      Section detail = TRY(Section::open(definition, each.place_of(entity)));
      weight = TRY(detail.integer_or("weight", 1));
      share.new_parent = TRY(detail.flag_or("new_parent", false));
      TRY(detail.finish());
    } else {
      weight = TRY(each.integer_or(entity, 1));
    }
    if (weight < 1 || weight > 1'000'000 || (share.new_parent && !fields->parent)) {
      return each.error_at(entity,
                           "needs a weight from 1 to 1000000, and a parent to make it anew");
    }
    share.weight = static_cast<std::uint64_t>(weight);
    shares.push_back(share);
  }
  return shares;
}

Result<std::shared_ptr<const SandboxDefinition>> load_sandbox(const std::filesystem::path& path) {
  const bool folder = std::filesystem::is_directory(path);
  const std::filesystem::path file = folder ? path / "sandbox.yaml" : path;
  const Value root = TRY(read_yaml_file(file));
  auto sandbox = DefinitionReader().read(root);
  if (!sandbox.ok()) {
    return std::move(sandbox).error().while_doing(fmt::format("reading {}", file.string()));
  }
  return std::shared_ptr<const SandboxDefinition>(std::move(sandbox).value());
}

}  // namespace tendril
