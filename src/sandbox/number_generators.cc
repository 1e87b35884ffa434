// Numbers: $sequence, $position, $int, $decimal, $chance.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "sandbox/generator_kinds.h"

namespace tendril {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

// start + step * (number of the row among all of its entity).
class SequenceGenerator final : public Generator {
 public:
  SequenceGenerator(std::int64_t start, std::int64_t step) : start_(start), step_(step) {}

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    append_integer(out, start_ + step_ * static_cast<std::int64_t>(scene.row.index));
  }

  bool invertible() const override { return true; }
  std::optional<Row> row_with(std::string_view text, const World& world,
                              const Place& place) const override {
    const auto number = whole_number(text);
    if (!number || *number < start_ || (*number - start_) % step_ != 0) {
      return std::nullopt;
    }
    const Row row{place.entity, static_cast<std::uint64_t>((*number - start_) / step_)};
    return world.exists(row) ? std::optional(row) : std::nullopt;
  }

 private:
  std::int64_t start_;
  std::int64_t step_;
};

// start + (number of the row among those of its parent).
class PositionGenerator final : public Generator {
 public:
  explicit PositionGenerator(std::int64_t start) : start_(start) {}

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    append_integer(out, start_ + static_cast<std::int64_t>(scene.world.position(scene.row)));
  }

  bool invertible() const override { return true; }
  std::optional<Row> row_with(std::string_view text, const World& world,
                              const Place& place) const override {
    const auto number = whole_number(text);
    return number && *number >= start_
               ? world.at_position(place.entity, place.parent,
                                   static_cast<std::uint64_t>(*number - start_))
               : std::nullopt;
  }

 private:
  std::int64_t start_;
};

class IntGenerator final : public Generator {
 public:
  IntGenerator(const Site& site, const Bounds& bounds) : salted_(site), bounds_(bounds) {}

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    append_integer(out, bounds_.within(salted_.hash(scene)));
  }

 private:
  Salted salted_;
  Bounds bounds_;
};

class DecimalGenerator final : public Generator {
 public:
  DecimalGenerator(const Site& site, double min, double max, int places)
      : salted_(site), min_(min), max_(max), places_(places) {}

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    out += fmt::format("{:.{}f}", min_ + (max_ - min_) * unit_of(salted_.hash(scene)), places_);
  }

 private:
  Salted salted_;
  double min_;
  double max_;
  int places_;
};

class ChanceGenerator final : public Generator {
 public:
  ChanceGenerator(const Site& site, double chance) : salted_(site), chance_(chance) {}

  void append(std::string& out, const Scene& scene, Form /*form*/) const override {
    out += unit_of(salted_.hash(scene)) < chance_ ? "true" : "false";
  }

 private:
  Salted salted_;
  double chance_;
};

Result<const Generator*> compile_sequence(const Value& args, const Site& site,
                                          GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const std::int64_t start = TRY(section.integer_or("start", 0));
  const std::int64_t step = TRY(section.integer_or("step", 1));
  TRY(section.finish());
  if (step < 1) {
    return section.error_at("step", "must be 1 or more");
  }
  return static_cast<const Generator*>(compiler.make<SequenceGenerator>(start, step));
}

Result<const Generator*> compile_position(const Value& args, const Site& site,
                                          GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const std::int64_t start = TRY(section.integer_or("start", 0));
  TRY(section.finish());
  return static_cast<const Generator*>(compiler.make<PositionGenerator>(start));
}

Result<const Generator*> compile_int(const Value& args, const Site& site,
                                     GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Bounds bounds = TRY(read_bounds(section, Bounds{}));
  TRY(section.finish());
  return static_cast<const Generator*>(compiler.make<IntGenerator>(site, bounds));
}

Result<const Generator*> compile_decimal(const Value& args, const Site& site,
                                         GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const double min = TRY(section.number_or("min", 0));
  const double max = TRY(section.number_or("max", 1));
  const std::int64_t places = TRY(section.integer_or("places", 2));
  TRY(section.finish());
  if (places < 0 || places > 15) {
    return section.error_at("places", "must be from 0 to 15");
  }
  return static_cast<const Generator*>(
      compiler.make<DecimalGenerator>(site, min, max, static_cast<int>(places)));
}

Result<const Generator*> compile_chance(const Value& args, const Site& site,
                                        GeneratorCompiler& compiler) {
  const std::int64_t* whole = args.as_int();
  const double* part = args.as_float();
  if (whole == nullptr && part == nullptr) {
    return definition_error(site.place, "must be a number from 0 to 1");
  }
  const double chance = whole != nullptr ? static_cast<double>(*whole) : *part;
  return static_cast<const Generator*>(compiler.make<ChanceGenerator>(site, chance));
}

constexpr std::array<GeneratorKind, 5> kKinds{{{"$sequence", compile_sequence},
                                               {"$position", compile_position},
                                               {"$int", compile_int},
                                               {"$decimal", compile_decimal},
                                               {"$chance", compile_chance}}};

}  // namespace

std::span<const GeneratorKind> number_generators() { return kKinds; }

Salted::Salted(const Site& site) : salt_(hash_text(site.place)), changes_(site.changes) {}

Result<Bounds> read_bounds(Section& section, const Bounds& fallback) {
  Bounds bounds;
  bounds.min = TRY(section.integer_or("min", fallback.min));
  bounds.max = TRY(section.integer_or("max", std::max(fallback.max, bounds.min)));
  if (bounds.max < bounds.min) {
    return section.error_at("max", "is below min");
  }
  return bounds;
}

}  // namespace tendril
