// Choices: $pick, $cycle, $maybe, $if, $list, $omit.
#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "sandbox/generator_kinds.h"
#include "sandbox/structures.h"

namespace tendril {
namespace {

const Generator* null_generator(GeneratorCompiler& compiler) {
  return compiler.make<ConstantGenerator>("null", "");
}

// Left out of the object or list that would hold it.
class OmitGenerator final : public Generator {
 public:
  void append(std::string& out, const Scene& /*scene*/, Form form) const override {
    append_null(out, form);
  }
  bool omitted(const Scene& /*scene*/) const override { return true; }
};

// Hands everything over to the branch that the row calls for.
class BranchGenerator : public Generator {
 public:
  void append(std::string& out, const Scene& scene, Form form) const final {
    branch(scene)->append(out, scene, form);
  }
  bool omitted(const Scene& scene) const final { return branch(scene)->omitted(scene); }
  std::optional<std::int64_t> instant(const Scene& scene) const final {
    return branch(scene)->instant(scene);
  }
  void texts(const Scene& scene, const UseText& use) const final {
    branch(scene)->texts(scene, use);
  }

 protected:
  virtual const Generator* branch(const Scene& scene) const = 0;
};

class PickGenerator final : public BranchGenerator {
 public:
  // `limits` rise; a value is taken when the hash is below its limit.
  PickGenerator(const Salted& salted, std::vector<const Generator*> values,
                std::vector<double> limits)
      : salted_(salted), values_(std::move(values)), limits_(std::move(limits)) {
    for (const Generator* value : values_) {
      add_part(value);
    }
  }

  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override {
    std::vector<const Generator*> members = values_;
    bool any = false;
    for (const Generator*& value : members) {
      value = value->member(name, compiler);
      any = any || value != nullptr;
      value = value == nullptr ? null_generator(compiler) : value;
    }
    return any ? compiler.make<PickGenerator>(salted_, std::move(members), limits_) : nullptr;
  }

 protected:
  const Generator* branch(const Scene& scene) const override {
    const double at = unit_of(salted_.hash(scene)) * limits_.back();
    const auto found = std::upper_bound(limits_.begin(), limits_.end() - 1, at);
    return values_[static_cast<std::size_t>(found - limits_.begin())];
  }

 private:
  Salted salted_;
  std::vector<const Generator*> values_;
  std::vector<double> limits_;
};

class IfGenerator final : public BranchGenerator {
 public:
  struct Test {
    const Generator* value;
    std::vector<std::string> accepted;
  };

  IfGenerator(Test test, const Generator* then, const Generator* otherwise)
      : test_(std::move(test)), then_(then), otherwise_(otherwise) {
    add_part(test_.value);
    add_part(then_);
    add_part(otherwise_);
  }

  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override {
    const Generator* then = then_->member(name, compiler);
    const Generator* otherwise = otherwise_->member(name, compiler);
    if (then == nullptr && otherwise == nullptr) {
      return nullptr;
    }
    return compiler.make<IfGenerator>(test_, then == nullptr ? null_generator(compiler) : then,
                                      otherwise == nullptr ? null_generator(compiler) : otherwise);
  }

 protected:
  const Generator* branch(const Scene& scene) const override {
    const std::string text = test_.value->text(scene);
    const bool met =
        std::find(test_.accepted.begin(), test_.accepted.end(), text) != test_.accepted.end();
    return met ? then_ : otherwise_;
  }

 private:
  Test test_;
  const Generator* then_;
  const Generator* otherwise_;
};

// The value at the row's position; past the end, texts start over with a number: "bug-2".
class CycleGenerator final : public Generator {
 public:
  explicit CycleGenerator(std::vector<std::string> values) : values_(std::move(values)) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    const std::uint64_t position = scene.world.position(scene.row);
    const std::size_t start = out.size();
    out += values_[position % values_.size()];
    if (position >= values_.size()) {
      out += '-';
      append_integer(out, static_cast<std::int64_t>(position / values_.size() + 1));
    }
    if (form == Form::Json) {
      quote_from(out, start);
    }
  }

 private:
  std::vector<std::string> values_;
};

class RepeatGenerator final : public Generator {
 public:
  RepeatGenerator(const Site& site, const Bounds& bounds, const Generator* item)
      : salted_(site), bounds_(bounds), item_(item) {
    add_part(item_);
  }

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    out += '[';
    bool first = true;
    each(scene, [&](const Scene& at) {
      if (!first) {
        out += ',';
      }
      first = false;
      item_->append(out, at, Form::Json);
    });
    out += ']';
  }

  void texts(const Scene& scene, const UseText& use) const override {
    each(scene, [&](const Scene& at) { item_->texts(at, use); });
  }

 private:
  template <class Visit>
  void each(const Scene& scene, Visit visit) const {
    const std::int64_t count = bounds_.within(salted_.hash(scene));
    Scene at = scene;
    for (std::int64_t i = 0; i < count; ++i) {
      at.salt = scene.salt * 31 + static_cast<std::uint64_t>(i) + 1;
      visit(at);
    }
  }

  Salted salted_;
  Bounds bounds_;
  const Generator* item_;
};

Result<std::vector<double>> read_limits(const Value* weights, std::size_t count, const Site& site) {
  std::vector<double> limits(count, 1.0);
  if (weights != nullptr) {
    const List* list = weights->as_list();
    if (list == nullptr || list->size() != count) {
      return definition_error(site.place, "weights must be a list with a number for each value");
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Value& weight = (*list)[i];
      if (weight.as_int() == nullptr && weight.as_float() == nullptr) {
        return definition_error(site.place, "weights must be numbers");
      }
      limits[i] =
          weight.as_int() != nullptr ? static_cast<double>(*weight.as_int()) : *weight.as_float();
    }
  }
  std::partial_sum(limits.begin(), limits.end(), limits.begin());
  if (limits.empty() || limits.back() <= 0) {
    return definition_error(site.place, "needs a value with a weight above 0");
  }
  return limits;
}

Result<const Generator*> compile_pick(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler) {
  const Value* values = &args;
  const Value* weights = nullptr;
  if (args.is_map()) {
    Section section = TRY(Section::open(args, site.place));
    values = TRY(section.require("values"));
    weights = section.find("weights");
    TRY(section.finish());
  }
  const List* list = values->as_list();
  if (list == nullptr) {
    return definition_error(site.place, "must be a list of values");
  }
  std::vector<double> limits = TRY(read_limits(weights, list->size(), site));
  std::vector<const Generator*> compiled;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Generator* value = TRY(compiler.compile((*list)[i], site.child(std::to_string(i))));
    compiled.push_back(value);
  }
  return static_cast<const Generator*>(
      compiler.make<PickGenerator>(Salted(site), std::move(compiled), std::move(limits)));
}

Result<const Generator*> compile_cycle(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  const Value wrapped(Map{{"values", args}});
  Section section = TRY(Section::open(wrapped, site.place));
  std::vector<std::string> values = TRY(section.texts("values"));
  if (values.empty()) {
    return definition_error(site.place, "must be a list of texts");
  }
  return static_cast<const Generator*>(compiler.make<CycleGenerator>(std::move(values)));
}

Result<const Generator*> compile_maybe(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const double chance = TRY(section.number_or("chance", 0.5));
  const Value* value = TRY(section.require("value"));
  const Value null;
  const Value* otherwise = section.find("else");
  TRY(section.finish());
  const Generator* there = TRY(compiler.compile(*value, site));
  const Generator* instead =
      TRY(compiler.compile(otherwise == nullptr ? null : *otherwise, site.child("else")));
  return static_cast<const Generator*>(compiler.make<PickGenerator>(
      Salted(site.child("chance")), std::vector<const Generator*>{there, instead},
      std::vector<double>{chance, 1.0}));
}

Result<const Generator*> compile_if(const Value& args, const Site& site,
                                    GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Value* value = TRY(section.require("value"));
  IfGenerator::Test test{};
  test.accepted = TRY(section.texts("is"));
  const Value* then = TRY(section.require("then"));
  const Value null;
  const Value* otherwise = section.find("else");
  TRY(section.finish());
  if (test.accepted.empty()) {
    return section.error_at("is", "is missing");
  }
  test.value = TRY(compiler.compile(*value, site.child("value")));
  const Generator* met = TRY(compiler.compile(*then, site.child("then")));
  const Generator* unmet =
      TRY(compiler.compile(otherwise == nullptr ? null : *otherwise, site.child("else")));
  return static_cast<const Generator*>(compiler.make<IfGenerator>(std::move(test), met, unmet));
}

Result<const Generator*> compile_repeat(const Value& args, const Site& site,
                                        GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Bounds bounds = TRY(read_bounds(section, Bounds{0, 3}));
  const Value* value = TRY(section.require("of"));
  TRY(section.finish());
  const Generator* item = TRY(compiler.compile(*value, site.child("of")));
  return static_cast<const Generator*>(compiler.make<RepeatGenerator>(site, bounds, item));
}

Result<const Generator*> compile_omit(const Value& /*args*/, const Site& /*site*/,
                                      GeneratorCompiler& compiler) {
  return static_cast<const Generator*>(compiler.make<OmitGenerator>());
}

constexpr std::array<GeneratorKind, 6> kKinds{{{"$pick", compile_pick},
                                               {"$cycle", compile_cycle},
                                               {"$maybe", compile_maybe},
                                               {"$if", compile_if},
                                               {"$list", compile_repeat},
                                               {"$omit", compile_omit}}};

}  // namespace

std::span<const GeneratorKind> choice_generators() { return kKinds; }

}  // namespace tendril
