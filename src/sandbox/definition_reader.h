// DefinitionReader: reads the parts of a sandbox.yaml into a CompiledSandbox, in the order in
// which they refer to each other.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sandbox/definition.h"
#include "sandbox/section.h"

namespace tendril {

// Threads: one at a time. Used once.
class DefinitionReader {
 public:
  DefinitionReader();

  // Errors: InvalidConfig naming the place.
  Result<std::shared_ptr<const CompiledSandbox>> read(const Value& root);

 private:
  // definition_reader.cc
  Status read_past(const Value& value);
  Status read_answers(const Value& value);
  Status read_required_headers(const Value& value);
  Status read_errors(const Value& value);
  Status read_authentication(const Value& value);
  Result<CredentialScheme> read_scheme(const Value& value, const std::string& place);
  Result<CredentialPlan> read_token(const Value& value, const std::string& place);
  Status read_limits(const Value& value);
  Result<LimitPlan> read_limit(const std::string& name, const Value& value);
  Status read_mutations(const Value& value);
  Result<std::vector<MutationPlan::Share>> read_shares(Section& section, std::string_view name);
  Result<HeaderPatterns> read_headers(Section& section, std::string_view name);
  Result<const ErrorAnswer*> error_named(Section& section, std::string_view name);

  // entity_reader.cc
  Status read_entities(const Value& value);
  Status read_entity_plan(const std::string& name, const Value& value);
  Status read_entity_fields(const std::string& name, const Value& value);
  Status read_fields(EntityFields& entity, const Value& value, const std::string& place,
                     const std::vector<std::string>& changing);
  Status read_view(EntityFields& entity, const std::string& name, const Value& value);
  Result<CountPlan> read_count(Section& section);
  Result<Timeline> read_timeline(Section& section, EntityIndex self);

  // route_reader.cc
  Status read_routes(const Value& value);
  Result<Route> read_route(const Value& value, const std::string& place);
  Status read_paths(Section& section, Route& route);
  Status read_find(Section& section, Route& route);
  Result<FindStep> read_find_step(const Value& value, const std::string& place);
  Status read_shown(Section& section, Route& route);
  Status read_where(Section& section, Route& route);

  // parameter_reader.cc
  Status read_parameters(Section& section, Route& route);
  Result<Parameter> read_parameter(const std::string& name, Section& section, ParameterPlace in);
  Status read_filter(const Parameter& parameter, Section& section, Route& route);
  Status read_order(Section& section, Route& route);
  Result<Sorting::Choice> read_choice(const std::string& name, const Value& value,
                                      const std::string& place, const Route& route);
  Status read_sort(const Parameter& parameter, Section& section, Route& route);
  Status read_direction(const Parameter& parameter, Section& section, Route& route);
  Result<Paging> read_paging(const Value& value, const std::string& place, ParameterPlace in);
  Result<Parameter> read_named(Section& section, std::string_view name, ParameterPlace in);
  Result<const Generator*> field_of(const Route& route, const std::string& field,
                                    const std::string& place);

  std::shared_ptr<CompiledSandbox> sandbox_;
  GeneratorCompiler compiler_;
  const Value* default_paging_ = nullptr;
};

}  // namespace tendril
