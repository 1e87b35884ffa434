// The entities of a sandbox.yaml: how many rows, of which parent, when, and their fields.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "sandbox/definition_reader.h"

namespace tendril {

Status DefinitionReader::read_entities(const Value& value) {
  TRY(Section::open(value, "entities"));
  for (const auto& [name, definition] : value.as_map()->members()) {
    TRY(read_entity_plan(name, definition));
  }
  for (const auto& [name, definition] : value.as_map()->members()) {
    TRY(read_entity_fields(name, definition));
  }
  return {};
}

Status DefinitionReader::read_entity_plan(const std::string& name, const Value& value) {
  Section section = TRY(Section::open(value, fmt::format("entities.{}", name)));
  EntityPlan plan;
  plan.name = name;
  const EntityIndex self = sandbox_->plans.size();
  const std::string parent = TRY(section.text_or("parent", ""));
  if (!parent.empty()) {
    const EntityFields* above = TRY(compiler_.entity(parent, section.place_of("parent")));
    plan.parent = above->index;
  }
  EntityFields& fields = sandbox_->entities.emplace_back();
  fields.name = name;
  fields.index = self;
  fields.parent = plan.parent;
  plan.count = TRY(read_count(section));
  if (plan.count.per_parent && !plan.parent) {
    return section.error_at("count", "per_parent needs a parent");
  }
  const std::string spread = TRY(section.text_or("spread", "even"));
  if (spread != "even" && spread != "skewed") {
    return section.error_at("spread", "must be even or skewed");
  }
  plan.spread = spread == "even" ? Spread::Even : Spread::Skewed;
  plan.timeline = TRY(read_timeline(section, self));
  sandbox_->plans.push_back(std::move(plan));
  sandbox_->about.entities.push_back(name);
  return {};
}

Result<CountPlan> DefinitionReader::read_count(Section& section) {
  CountPlan plan;
  const Value* value = TRY(section.require("count"));
  if (value->as_int() != nullptr) {
    if (*value->as_int() < 0) {
      return section.error_at("count", "must not be below 0");
    }
    plan.fixed = static_cast<std::uint64_t>(*value->as_int());
    return plan;
  }
  Section count = TRY(Section::open(*value, section.place_of("count")));
  const std::int64_t per_parent = TRY(count.integer_or("per_parent", 0));
  plan.per_record = TRY(count.number_or("per_record", 0));
  const std::int64_t min = TRY(count.integer_or("min", 0));
  const std::int64_t max = TRY(count.integer_or("max", INT64_MAX));
  TRY(count.finish());
  if ((per_parent > 0) == (plan.per_record > 0) || per_parent < 0 || plan.per_record < 0) {
    return count.error("needs either per_parent or per_record, above 0");
  }
  if (min < 0 || max < min) {
    return count.error_at("max", "must not be below min, nor min below 0");
  }
  if (per_parent > 0) {
    plan.per_parent = static_cast<std::uint64_t>(per_parent);
  }
  plan.min = static_cast<std::uint64_t>(min);
  plan.max = static_cast<std::uint64_t>(max);
  return plan;
}

Result<Timeline> DefinitionReader::read_timeline(Section& section, EntityIndex self) {
  constexpr std::int64_t kShuffleMax = 10'000;
  Timeline timeline{.scope = self};
  const Value* value = section.find("timeline");
  if (value == nullptr) {
    return timeline;
  }
  Section line = TRY(Section::open(*value, section.place_of("timeline")));
  const std::string within = TRY(line.text_or("within", ""));
  timeline.from = TRY(line.number_or("from", 0));
  timeline.to = TRY(line.number_or("to", 1));
  const std::int64_t shuffle = TRY(line.integer_or("shuffle", 0));
  TRY(line.finish());
  if (timeline.from < 0 || timeline.to > 1 || timeline.to <= timeline.from) {
    return line.error("from and to must be parts of the past, from 0 to 1");
  }
  if (shuffle < 0 || shuffle > kShuffleMax) {
    return line.error_at("shuffle", fmt::format("must be from 0 to {}", kShuffleMax));
  }
  timeline.shuffle = static_cast<std::uint64_t>(shuffle);
  if (within.empty()) {
    return timeline;
  }
  const EntityFields* scope = TRY(compiler_.entity(within, line.place_of("within")));
  const EntityFields* above = &sandbox_->entities[self];
  while (above != scope && above->parent) {
    above = &sandbox_->entities[*above->parent];
  }
  if (above != scope) {
    return line.error_at("within", fmt::format("is not above this entity: {}", within));
  }
  timeline.scope = scope->index;
  return timeline;
}

Status DefinitionReader::read_entity_fields(const std::string& name, const Value& value) {
  Section section = TRY(Section::open(value, fmt::format("entities.{}", name)));
  EntityFields& entity = sandbox_->entities[*sandbox_->find_entity(name)];
  for (const char* known : {"parent", "count", "spread", "timeline", "documentation"}) {
    section.find(known);
  }
  const std::string key = TRY(section.text_or("key", "id"));
  const std::vector<std::string> changing = TRY(section.texts("on_update"));
  const std::vector<std::string> touches = TRY(section.texts("touches"));
  const Value* fields = TRY(section.require("fields"));
  const Value* hidden = section.find("hidden");
  const Value* views = section.find("views");
  TRY(section.finish());
  if (hidden != nullptr) {
    TRY(read_fields(entity, *hidden, section.place_of("hidden"), changing));
    for (Members::Member& member : entity.members.list) {
      member.shown = false;
    }
  }
  TRY(read_fields(entity, *fields, section.place_of("fields"), changing));
  for (const std::string& field : changing) {
    if (entity.members.find(field) == nullptr) {
      return section.error_at("on_update", fmt::format("no such field: {}", field));
    }
  }
  entity.views[""] = compiler_.object(entity.members);
  if (views != nullptr) {
    TRY(Section::open(*views, section.place_of("views")));
    for (const auto& [view, definition] : views->as_map()->members()) {
      TRY(read_view(entity, view, definition));
    }
  }
  RowTraits traits;
  traits.key =
      TRY(compiler_.reference(key, Site{.place = section.place_of("key"), .entity = &entity}));
  for (const std::string& touched : touches) {
    const EntityFields* ancestor = TRY(compiler_.entity(touched, section.place_of("touches")));
    traits.touches.push_back(ancestor->index);
  }
  sandbox_->traits.push_back(std::move(traits));
  return {};
}

Status DefinitionReader::read_fields(EntityFields& entity, const Value& value,
                                     const std::string& place,
                                     const std::vector<std::string>& changing) {
  TRY(Section::open(value, place));
  const Site site{.place = entity.name, .entity = &entity};
  for (const auto& [field, definition] : value.as_map()->members()) {
    if (entity.members.find(field) != nullptr) {
      return definition_error(place, fmt::format("is there already: {}", field));
    }
    Site at = site.child(field);
    at.changes = std::find(changing.begin(), changing.end(), field) != changing.end();
    const Generator* generator = TRY(compiler_.compile(definition, at));
    entity.members.set({field, generator});
  }
  return {};
}

// A view shows some of the fields (only, without), and may add or replace others (add).
Status DefinitionReader::read_view(EntityFields& entity, const std::string& name,
                                   const Value& value) {
  const std::string place = fmt::format("entities.{}.views.{}", entity.name, name);
  Section section = TRY(Section::open(value, place));
  const std::vector<std::string> only = TRY(section.texts("only"));
  const std::vector<std::string> without = TRY(section.texts("without"));
  const Value* added = section.find("add");
  TRY(section.finish());
  Members members;
  for (const std::string& field : only) {
    const Generator* generator = entity.members.find(field);
    if (generator == nullptr) {
      return section.error_at("only", fmt::format("no such field: {}", field));
    }
    members.set({field, generator});
  }
  if (only.empty()) {
    members = entity.members;
  }
  for (const std::string& field : without) {
    if (members.find(field) == nullptr) {
      return section.error_at("without", fmt::format("no such field: {}", field));
    }
    members.erase(field);
  }
  if (added != nullptr) {
    TRY(Section::open(*added, section.place_of("add")));
    const Site site{.place = fmt::format("{}.{}", entity.name, name), .entity = &entity};
    for (const auto& [field, definition] : added->as_map()->members()) {
      const Generator* generator = TRY(compiler_.compile(definition, site.child(field)));
      members.set({field, generator});
    }
  }
  entity.views[name] = compiler_.object(members);
  return {};
}

}  // namespace tendril
