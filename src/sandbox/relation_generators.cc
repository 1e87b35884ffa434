// Relations: $one, $many, $ancestor, $child, $previous, $count.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "sandbox/generator_kinds.h"
#include "sandbox/structures.h"

namespace tendril {
namespace {

// Which rows a relation may point at: all of an entity, or those below an ancestor.
struct Target {
  EntityIndex entity = 0;
  std::optional<EntityIndex> within;

  Range range(const Scene& scene) const {
    if (!within) {
      return Range{0, scene.world.population().count(entity)};
    }
    return scene.world.population().below(entity, scene.world.ancestor(scene.row, *within));
  }

  // The row, or the next living one of the range; none when all near are deleted.
  std::optional<Row> living(const Scene& scene, const Range& range, std::uint64_t offset) const {
    constexpr std::uint64_t kTriesMax = 64;
    for (std::uint64_t i = 0; i < std::min(kTriesMax, range.size()); ++i) {
      const Row row{entity, range.begin + (offset + i) % range.size()};
      if (scene.world.alive(row)) {
        return row;
      }
    }
    return std::nullopt;
  }
};

// Yields the row that a relation points at; shared by the relation and its projections.
class OnePointer {
 public:
  OnePointer(const Site& site, const Target& target, double chance)
      : salted_(site), target_(target), chance_(chance) {}

  std::optional<Row> find(const Scene& scene) const {
    const std::uint64_t hash = salted_.hash(scene);
    const Range range = target_.range(scene);
    if (range.size() == 0 || unit_of(mix(hash, 1)) >= chance_) {
      return std::nullopt;
    }
    return target_.living(scene, range, scaled(hash, range.size()));
  }
  EntityIndex entity() const { return target_.entity; }

 private:
  Salted salted_;
  Target target_;
  double chance_;
};

// What `shown` makes of another row, or null.
class OneGenerator final : public Generator {
 public:
  OneGenerator(OnePointer pointer, const Generator* shown)
      : pointer_(std::move(pointer)), shown_(shown) {
    add_part(shown_);
  }

  void append(std::string& out, const Scene& scene, Form form) const override {
    const auto row = pointer_.find(scene);
    if (row) {
      append_shared(out, *shown_, scene.at(*row), form);
    } else {
      append_null(out, form);
    }
  }

  std::optional<std::int64_t> instant(const Scene& scene) const override {
    const auto row = pointer_.find(scene);
    return row ? shown_->instant(scene.at(*row)) : std::nullopt;
  }

  void texts(const Scene& scene, const UseText& use) const override {
    const auto row = pointer_.find(scene);
    if (row) {
      shown_->texts(scene.at(*row), use);
    }
  }

  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override {
    const Generator* field = compiler.entity(pointer_.entity()).members.find(name);
    return field == nullptr ? nullptr : compiler.make<OneGenerator>(pointer_, field);
  }

 private:
  OnePointer pointer_;
  const Generator* shown_;
};

// Different rows, as many as the bounds and the range allow.
class ManyPointer {
 public:
  ManyPointer(const Site& site, const Target& target, const Bounds& bounds)
      : salted_(site), target_(target), bounds_(bounds) {}

  template <class Visit>
  void each(const Scene& scene, Visit visit) const {
    const std::uint64_t hash = salted_.hash(scene);
    const Range range = target_.range(scene);
    const auto wanted = static_cast<std::uint64_t>(bounds_.within(mix(hash, 1)));
    const std::uint64_t count = std::min(wanted, range.size());
    const std::uint64_t first = count == 0 ? 0 : scaled(hash, range.size());
    const std::uint64_t stride = count == 0 ? 0 : range.size() / count;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Row row{target_.entity, range.begin + (first + i * stride) % range.size()};
      if (scene.world.alive(row)) {
        visit(scene.at(row));
      }
    }
  }
  EntityIndex entity() const { return target_.entity; }

 private:
  Salted salted_;
  Target target_;
  Bounds bounds_;
};

class ManyGenerator final : public Generator {
 public:
  ManyGenerator(ManyPointer pointer, const Generator* shown)
      : pointer_(std::move(pointer)), shown_(shown) {
    add_part(shown_);
  }

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    out += '[';
    bool first = true;
    pointer_.each(scene, [&](const Scene& at) {
      if (!first) {
        out += ',';
      }
      first = false;
      append_shared(out, *shown_, at, Form::Json);
    });
    out += ']';
  }

  void texts(const Scene& scene, const UseText& use) const override {
    pointer_.each(scene, [&](const Scene& at) { shown_->texts(at, use); });
  }

  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override {
    const Generator* field = compiler.entity(pointer_.entity()).members.find(name);
    return field == nullptr ? nullptr : compiler.make<ManyGenerator>(pointer_, field);
  }

 private:
  ManyPointer pointer_;
  const Generator* shown_;
};

// Something said of the first row below, or left out when there is none.
class ChildGenerator final : public Generator {
 public:
  ChildGenerator(EntityIndex child, const Generator* then, const Generator* otherwise)
      : child_(child), then_(then), otherwise_(otherwise) {
    add_part(then_);
    add_part(otherwise_);
  }

  void append(std::string& out, const Scene& scene, Form form) const override {
    const auto row = scene.world.first_child(child_, scene.row);
    if (row) {
      then_->append(out, scene.at(*row), form);
    } else {
      otherwise_->append(out, scene, form);
    }
  }

  bool omitted(const Scene& scene) const override {
    return !scene.world.first_child(child_, scene.row) && otherwise_->omitted(scene);
  }

  void texts(const Scene& scene, const UseText& use) const override {
    const auto row = scene.world.first_child(child_, scene.row);
    return row ? then_->texts(scene.at(*row), use) : otherwise_->texts(scene, use);
  }

 private:
  EntityIndex child_;
  const Generator* then_;
  const Generator* otherwise_;
};

// Something said of the row made before this one; left out for the first.
class PreviousGenerator final : public Generator {
 public:
  explicit PreviousGenerator(const Generator* value) : value_(value) { add_part(value_); }

  void append(std::string& out, const Scene& scene, Form form) const override {
    const auto row = scene.world.previous(scene.row);
    if (row) {
      value_->append(out, scene.at(*row), form);
    } else {
      append_null(out, form);
    }
  }
  bool omitted(const Scene& scene) const override { return !scene.world.previous(scene.row); }

 private:
  const Generator* value_;
};

// How many living rows are below.
class CountGenerator final : public Generator {
 public:
  CountGenerator(EntityIndex child, const Generator* value, std::vector<std::string> accepted)
      : child_(child), value_(value), accepted_(std::move(accepted)) {
    if (value_ != nullptr) {
      add_part(value_);
    }
  }

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    if (value_ == nullptr) {
      append_integer(out, static_cast<std::int64_t>(scene.world.children(child_, scene.row)));
      return;
    }
    const auto count = scene.world.counts().find_or_count(this, scene.row, scene.world.revision(),
                                                          [&] { return count_accepted(scene); });
    append_integer(out, static_cast<std::int64_t>(count));
  }

 private:
  std::uint64_t count_accepted(const Scene& scene) const {
    std::uint64_t count = 0;
    std::string text;
    scene.world.each_child(child_, scene.row, [&](Row row) {
      text.clear();
      value_->append(text, scene.at(row), Form::Text);
      count += std::find(accepted_.begin(), accepted_.end(), text) != accepted_.end() ? 1 : 0;
    });
    return count;
  }

  EntityIndex child_;
  const Generator* value_;
  std::vector<std::string> accepted_;
};

Result<Target> read_target(Section& section, const Site& site, GeneratorCompiler& compiler) {
  const std::string of = TRY(section.text("of"));
  const EntityFields* entity = TRY(compiler.entity(of, section.place_of("of")));
  Target target{entity->index, std::nullopt};
  const std::string within = TRY(section.text_or("within", ""));
  if (within.empty()) {
    return target;
  }
  const EntityFields* ancestor = TRY(compiler.entity(within, section.place_of("within")));
  for (const EntityFields* start : {static_cast<const EntityFields*>(entity), site.entity}) {
    const EntityFields* above = start;
    while (above != nullptr && above != ancestor) {
      above = above->parent ? &compiler.entity(*above->parent) : nullptr;
    }
    if (above == nullptr) {
      return section.error_at("within", fmt::format("is not above both entities: {}", within));
    }
  }
  target.within = ancestor->index;
  return target;
}

Result<const Generator*> compile_one(const Value& args, const Site& site,
                                     GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Target target = TRY(read_target(section, site, compiler));
  const double chance = TRY(section.number_or("chance", 1));
  const std::string view = TRY(section.text_or("view", ""));
  TRY(section.finish());
  const Generator* shown = compiler.view(compiler.entity(target.entity), view, site.place);
  return static_cast<const Generator*>(
      compiler.make<OneGenerator>(OnePointer(site, target, chance), shown));
}

Result<const Generator*> compile_many(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Target target = TRY(read_target(section, site, compiler));
  const Bounds bounds = TRY(read_bounds(section, Bounds{0, 3}));
  const std::string view = TRY(section.text_or("view", ""));
  TRY(section.finish());
  if (bounds.min < 0) {
    return section.error_at("min", "is below 0");
  }
  const Generator* shown = compiler.view(compiler.entity(target.entity), view, site.place);
  return static_cast<const Generator*>(
      compiler.make<ManyGenerator>(ManyPointer(site, target, bounds), shown));
}

Result<const Generator*> compile_ancestor(const Value& args, const Site& site,
                                          GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const std::string of = TRY(section.text("of"));
  const std::string view = TRY(section.text_or("view", ""));
  TRY(section.finish());
  const EntityFields* ancestor = TRY(compiler.entity(of, section.place_of("of")));
  const EntityFields* above = site.entity;
  while (above != nullptr && above != ancestor) {
    above = above->parent ? &compiler.entity(*above->parent) : nullptr;
  }
  if (above == nullptr) {
    return section.error_at("of", fmt::format("is not above this entity: {}", of));
  }
  const Generator* shown = compiler.view(*ancestor, view, site.place);
  return static_cast<const Generator*>(compiler.make<AncestorGenerator>(ancestor->index, shown));
}

Result<const EntityFields*> read_child(Section& section, const Site& site,
                                       GeneratorCompiler& compiler) {
  const std::string of = TRY(section.text("of"));
  const EntityFields* child = TRY(compiler.entity(of, section.place_of("of")));
  if (site.entity == nullptr || child->parent != site.entity->index) {
    return section.error_at("of", fmt::format("is not directly below this entity: {}", of));
  }
  return child;
}

Result<const Generator*> compile_child(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const EntityFields* child = TRY(read_child(section, site, compiler));
  const Value* then = TRY(section.require("then"));
  const Value omit(Map{{"$omit", true}});
  const Value* otherwise = section.find("else");
  TRY(section.finish());
  Site below = site.child("then");
  below.entity = child;
  const Generator* met = TRY(compiler.compile(*then, below));
  const Generator* unmet =
      TRY(compiler.compile(otherwise == nullptr ? omit : *otherwise, site.child("else")));
  return static_cast<const Generator*>(compiler.make<ChildGenerator>(child->index, met, unmet));
}

Result<const Generator*> compile_previous(const Value& args, const Site& site,
                                          GeneratorCompiler& compiler) {
  if (site.entity == nullptr) {
    return definition_error(site.place, "there is no row here");
  }
  const Generator* value = TRY(compiler.compile(args, site));
  return static_cast<const Generator*>(compiler.make<PreviousGenerator>(value));
}

Result<const Generator*> compile_count(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const EntityFields* child = TRY(read_child(section, site, compiler));
  const std::string where = TRY(section.text_or("where", ""));
  std::vector<std::string> accepted = TRY(section.texts("is"));
  TRY(section.finish());
  if (where.empty() != accepted.empty()) {
    return section.error("where and is go together");
  }
  const Generator* value = nullptr;
  if (!where.empty()) {
    Site below = site;
    below.entity = child;
    value = TRY(compiler.reference(where, below));
  }
  return static_cast<const Generator*>(
      compiler.make<CountGenerator>(child->index, value, std::move(accepted)));
}

constexpr std::array<GeneratorKind, 6> kKinds{{{"$one", compile_one},
                                               {"$many", compile_many},
                                               {"$ancestor", compile_ancestor},
                                               {"$child", compile_child},
                                               {"$previous", compile_previous},
                                               {"$count", compile_count}}};

}  // namespace

std::span<const GeneratorKind> relation_generators() { return kKinds; }

}  // namespace tendril
