#include "manifest/components_resolver.h"

#include <string>
#include <utility>

#include "manifest/value_path.h"
#include "manifest/whole_read.h"

namespace tendril {
namespace {

constexpr std::size_t kStreamsMax = 100'000;  // More is a fault of the configuration.

// The entries of one StreamConfig: what stands at its pointer, and its default values.
Result<List> entries_of(const Node& stream_config, const Environment& environment) {
  const Node* pointer = TRY(stream_config.required("configs_pointer"));
  Context context = context_with(environment);
  const ValuePath path = TRY(evaluate_path(stream_config, *pointer, context));
  List entries;
  const Value* found = value_at(environment.config, path);
  if (found != nullptr && found->is_list()) {
    entries = *found->as_list();
  } else if (found != nullptr) {
    entries.push_back(*found);
  }
  if (const Node* defaults = stream_config.find("default_values")) {
    for (const Node& each : defaults->items) {
      entries.push_back(to_value(each));
    }
  }
  return entries;
}

// Members of `entry`, the `index`th of the `source`th StreamConfig, join those of the others.
void merge_entry(Map& values, std::size_t source, std::size_t index, const Value& entry) {
  if (const Map* members = entry.as_map()) {
    for (const auto& [name, value] : members->members()) {
      values.set(name, value);
    }
    return;
  }
  const std::string name = "source_config_" + std::to_string(source);
  if (values.find(name) == nullptr) {
    values.append(name, List{static_cast<std::int64_t>(index), entry});
  }
}

Result<std::vector<ComponentsValues>> from_config(const Node& resolver,
                                                  const Environment& environment) {
  const Node* configs = TRY(resolver.required("stream_config"));
  std::vector<const Node*> sources;
  if (configs->kind == Node::Kind::Sequence) {
    for (const Node& each : configs->items) {
      sources.push_back(&each);
    }
  } else {
    sources.push_back(configs);
  }
  // Every entry of one with every entry of the others.
  std::vector<Map> combinations(1);
  for (std::size_t source = 0; source < sources.size(); ++source) {
    const List entries = TRY(entries_of(*sources[source], environment));
    if (combinations.size() * entries.size() > kStreamsMax) {
      return configs->error("the configuration makes too many streams");
    }
    std::vector<Map> longer;
    for (const Map& shorter : combinations) {
      for (std::size_t i = 0; i < entries.size(); ++i) {
        merge_entry(longer.emplace_back(shorter), source, i, entries[i]);
      }
    }
    combinations = std::move(longer);
  }
  std::vector<ComponentsValues> result;
  for (Map& values : combinations) {
    result.push_back({std::move(values)});
  }
  return result;
}

Result<std::vector<ComponentsValues>> from_list(const Node& resolver) {
  const Node* parameters = TRY(resolver.required("stream_parameters"));
  const Node* list = TRY(parameters->required("list_of_parameters_for_stream"));
  std::vector<ComponentsValues> result;
  for (const Node& each : list->items) {
    result.push_back({to_value(each)});
  }
  return result;
}

Result<std::vector<ComponentsValues>> from_api(const Node& resolver, const Environment& environment,
                                               std::stop_token stop) {
  const Node* retriever = TRY(resolver.required("retriever"));
  const auto stream = TRY(compile_shared_retriever(*retriever, "components resolver", environment));
  std::vector<ComponentsValues> result;
  TRY(read_whole(*stream, environment, stop,
                 [&](Value record, const StreamSlice& slice) -> Result<bool> {
                   result.push_back({std::move(record), template_view(slice)});
                   return result.size() < kStreamsMax;
                 }));
  return result;
}

}  // namespace

Result<std::vector<ComponentsValues>> resolve_components(const Node& resolver,
                                                         const Environment& environment,
                                                         std::stop_token stop) {
  if (resolver.type() == "ConfigComponentsResolver") {
    return from_config(resolver, environment);
  }
  if (resolver.type() == "ParametrizedComponentsResolver") {
    return from_list(resolver);
  }
  if (resolver.type() == "HttpComponentsResolver") {
    return from_api(resolver, environment, stop);
  }
  return resolver.error("components resolver is not supported: " + std::string(resolver.type()),
                        ErrorCode::Unsupported);
}

}  // namespace tendril
