// The generators that a sandbox.yaml may call by name, by family.
#pragma once

#include <span>
#include <string_view>

#include "sandbox/generator_compiler.h"

namespace tendril {

struct GeneratorKind {
  std::string_view name;  // "$pick"
  Result<const Generator*> (*compile)(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler);
};

std::span<const GeneratorKind> number_generators();  // $sequence $position $int $decimal ...
std::span<const GeneratorKind> choice_generators();  // $pick $cycle $maybe $if $list $omit
std::span<const GeneratorKind> text_generators();    // $words $title $text $name $hex ...
std::span<const GeneratorKind> time_generators();    // $time
std::span<const GeneratorKind>
relation_generators();  // $one $many $ancestor $child $previous $count

// A text with {placeholders}; a constant when it has none. One placeholder alone keeps the type
// of what it names.
Result<const Generator*> compile_pattern(std::string_view text, const Site& site,
                                         GeneratorCompiler& compiler);

// Hashes of a row's own, for one place in the file.
class Salted {
 public:
  explicit Salted(const Site& site);

  std::uint64_t hash(const Scene& scene) const {
    const std::uint64_t version = changes_ ? scene.world.version(scene.row) : 0;
    return mix(mix(scene.world.seed() ^ salt_, scene.row.index), version + (scene.salt << 32U));
  }

 private:
  std::uint64_t salt_;
  bool changes_;
};

// "a whole number from 1 to 5": the members min and max.
struct Bounds {
  std::int64_t min = 0;
  std::int64_t max = 0;

  std::int64_t within(std::uint64_t hash) const {
    return min + static_cast<std::int64_t>(scaled(hash, static_cast<std::uint64_t>(max - min) + 1));
  }
};
// Errors: InvalidConfig when max is below min.
Result<Bounds> read_bounds(Section& section, const Bounds& fallback);

}  // namespace tendril
