#include "sandbox/generator_compiler.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/core.h>

#include "core/check.h"
#include "data/json.h"
#include "sandbox/generator_kinds.h"
#include "sandbox/structures.h"

namespace tendril {

const Generator* Members::find(std::string_view name) const {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == list.end() ? nullptr : found->generator;
}

void Members::set(Member member) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Member& known) { return known.name == member.name; });
  if (found == list.end()) {
    list.push_back(std::move(member));
  } else {
    *found = std::move(member);
  }
}

void Members::erase(std::string_view name) {
  std::erase_if(list, [&](const Member& member) { return member.name == name; });
}

Site Site::child(std::string_view name) const {
  Site site = *this;
  site.place = place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
  return site;
}

// Stands for what a reference names until linking finds it.
class GeneratorCompiler::Deferred final : public Generator {
 public:
  Deferred(GeneratorCompiler& compiler, std::shared_ptr<Pending> pending)
      : compiler_(&compiler), pending_(std::move(pending)) {}

  void bind(const Generator* target) {
    target_ = target;
    add_part(target);
    pending_.reset();
  }
  bool bound() const { return target_ != nullptr; }

  void append(std::string& out, const Scene& scene, Form form) const override {
    target_->append(out, scene, form);
  }
  bool omitted(const Scene& scene) const override { return target_->omitted(scene); }
  std::optional<std::int64_t> instant(const Scene& scene) const override {
    return target_->instant(scene);
  }
  Clocked clocked() const override { return target_->clocked(); }
  bool invertible() const override { return target_->invertible(); }
  std::optional<Row> row_with(std::string_view text, const World& world,
                              const Place& place) const override {
    return target_->row_with(text, world, place);
  }
  void texts(const Scene& scene, const UseText& use) const override { target_->texts(scene, use); }
  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override {
    if (!bound() && !compiler.resolve(*pending_).ok()) {
      return nullptr;
    }
    return target_->member(name, compiler);
  }

 private:
  const Generator* target_ = nullptr;
  GeneratorCompiler* compiler_;
  std::shared_ptr<Pending> pending_;
};

struct GeneratorCompiler::Pending {
  Deferred* deferred = nullptr;
  std::string path;  // Or the name of a view of `view_of`.
  Site site;
  const EntityFields* view_of = nullptr;
  bool busy = false;
};

Result<const Generator*> GeneratorCompiler::reference(std::string_view path, const Site& site) {
  auto pending = std::make_shared<Pending>();
  pending->path = path;
  pending->site = site;
  pending->deferred = make<Deferred>(*this, pending);
  pending_.push_back(pending);
  places_[pending->deferred] = pending->site.place;
  return static_cast<const Generator*>(pending->deferred);
}

const Generator* GeneratorCompiler::view(const EntityFields& entity, std::string_view name,
                                         std::string_view place) {
  auto pending = std::make_shared<Pending>();
  pending->path = name;
  pending->site.place = place;
  pending->view_of = &entity;
  pending->deferred = make<Deferred>(*this, pending);
  pending_.push_back(pending);
  places_[pending->deferred] = pending->site.place;
  return pending->deferred;
}

Result<const EntityFields*> GeneratorCompiler::entity(std::string_view name,
                                                      std::string_view place) const {
  for (const EntityFields& entity : entities_) {
    if (entity.name == name) {
      return &entity;
    }
  }
  return definition_error(place, fmt::format("no such entity: {}", name));
}

Result<const Generator*> GeneratorCompiler::compile(const Value& value, const Site& site) {
  if (const Map* map = value.as_map()) {
    const bool call = map->size() == 1 && map->members().front().first.starts_with('$');
    return call ? compile_call(map->members().front().first, map->members().front().second, site)
                : compile_object(*map, site);
  }
  if (const List* list = value.as_list()) {
    return compile_list(*list, site);
  }
  if (const std::string* text = value.as_string()) {
    return compile_pattern(*text, site, *this);
  }
  return static_cast<const Generator*>(make<ConstantGenerator>(to_json(value), std::string()));
}

Result<const Generator*> GeneratorCompiler::compile_call(std::string_view name, const Value& args,
                                                         const Site& site) {
  const std::array families{number_generators(), choice_generators(), text_generators(),
                            time_generators(), relation_generators()};
  for (const auto& family : families) {
    for (const GeneratorKind& kind : family) {
      if (kind.name == name) {
        return kind.compile(args, site.child(name), *this);
      }
    }
  }
  return definition_error(site.place, fmt::format("no such generator: {}", name));
}

Result<const Generator*> GeneratorCompiler::compile_object(const Map& map, const Site& site) {
  Members members;
  for (const auto& [name, value] : map.members()) {
    const Generator* generator = TRY(compile(value, site.child(name)));
    members.list.push_back({name, generator});
  }
  return object(members);
}

Result<const Generator*> GeneratorCompiler::compile_list(const List& list, const Site& site) {
  std::vector<const Generator*> items;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Generator* item = TRY(compile(list[i], site.child(std::to_string(i))));
    items.push_back(item);
  }
  return static_cast<const Generator*>(make<ListGenerator>(std::move(items)));
}

const Generator* GeneratorCompiler::object(const Members& members) {
  return make<ObjectGenerator>(members);
}

Status GeneratorCompiler::link() {
  for (std::size_t i = 0; i < pending_.size(); ++i) {  // Resolving may add more.
    const std::shared_ptr<Pending> pending = pending_[i];
    TRY(resolve(*pending));
  }
  pending_.clear();
  return refuse_cycles();
}

Status GeneratorCompiler::resolve(Pending& pending) {
  if (pending.deferred->bound()) {
    return {};
  }
  if (pending.busy) {
    return definition_error(pending.site.place, fmt::format("depends on itself: {}", pending.path));
  }
  pending.busy = true;
  if (pending.view_of != nullptr) {
    const auto found = pending.view_of->views.find(pending.path);
    if (found == pending.view_of->views.end()) {
      return definition_error(pending.site.place, fmt::format("{} has no such view: {}",
                                                              pending.view_of->name, pending.path));
    }
    pending.deferred->bind(found->second);
    return {};
  }
  const Generator* target = fact(pending.path, pending.site);
  if (target == nullptr) {
    target = TRY(select(nullptr, pending.path, pending.site));
  }
  pending.deferred->bind(target);
  return {};
}

// The generator that a whole path names at once: a fact of the request. Otherwise nullptr.
const Generator* GeneratorCompiler::fact(std::string_view path, const Site& site) {
  constexpr std::array<std::string_view, 7> kFactFamilies{"base_url", "items", "page",   "error",
                                                          "rate",     "param", "request"};
  const std::string_view head = path.substr(0, path.find('.'));
  const bool hidden = site.entity != nullptr && site.entity->members.find(head) != nullptr;
  const bool known =
      std::find(kFactFamilies.begin(), kFactFamilies.end(), head) != kFactFamilies.end();
  return hidden || !known ? nullptr : make<FactGenerator>(std::string(path));
}

// Follows the path from `from`, or from the site when that is nullptr.
Result<const Generator*> GeneratorCompiler::select(const Generator* from, std::string_view path,
                                                   const Site& site) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view head = path.substr(0, dot);
  const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
  const Generator* found = nullptr;
  if (from != nullptr) {
    found = from->member(head, *this);
  } else if (site.entity != nullptr && site.entity->members.find(head) != nullptr) {
    found = site.entity->members.find(head);
  } else if (site.entity != nullptr) {
    const EntityFields* above = site.entity;
    while (above->parent && above->name != head) {
      above = &entities_[*above->parent];
    }
    if (above->name == head && !rest.empty()) {
      const Site there{site.place, above, site.changes};
      const Generator* target = TRY(select(nullptr, rest, there));
      return static_cast<const Generator*>(make<AncestorGenerator>(above->index, target));
    }
  }
  if (found == nullptr) {
    return definition_error(site.place, fmt::format("no such field: {}", path));
  }
  if (rest.empty()) {
    return found;
  }
  return select(found, rest, site);
}

// Every cycle goes through a reference, and references know their place.
std::string GeneratorCompiler::place_of_cycle(const Path& path) const {
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    const auto found = places_.find(step->first);
    if (found != places_.end()) {
      return found->second;
    }
  }
  return "a view";
}

Status GeneratorCompiler::refuse_cycles() const {
  enum class Mark : std::uint8_t { Open, Done };
  std::unordered_map<const Generator*, Mark> marks;
  Path path;
  for (const auto& root : arena_) {
    if (marks.contains(root.get())) {
      continue;
    }
    path.emplace_back(root.get(), 0);
    marks[root.get()] = Mark::Open;
    while (!path.empty()) {
      auto& [generator, next] = path.back();
      if (next == generator->parts().size()) {
        marks[generator] = Mark::Done;
        path.pop_back();
        continue;
      }
      const Generator* part = generator->parts()[next++];
      const auto mark = marks.find(part);
      if (mark != marks.end() && mark->second == Mark::Open) {
        return definition_error(place_of_cycle(path), "depends on itself");
      }
      if (mark == marks.end()) {
        marks[part] = Mark::Open;
        path.emplace_back(part, 0);
      }
    }
  }
  return {};
}

}  // namespace tendril
