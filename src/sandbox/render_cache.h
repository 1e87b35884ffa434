// RenderCache: remembers what values of often-shown rows look like. An API repeats its users,
// repositories and labels inside every other object; making them once makes pages cheap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace tendril {

class Generator;
struct Scene;
enum class Form;

// Threads: safe to share.
class RenderCache {
 public:
  // Appends what `generator` makes of the scene's row. Rows of entities with too many rows to
  // remember are made anew.
  void append(std::string& out, const Generator& generator, const Scene& scene, Form form);

 private:
  struct Key {
    const Generator* generator;
    std::uint64_t row;
    std::uint64_t base_url;
    Form form;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Shard {
    std::shared_mutex mutex;
    std::uint64_t revision = 0;  // Of the world; what is older is forgotten.
    std::size_t bytes = 0;
    std::unordered_map<Key, std::string, KeyHash> texts;
  };

  std::array<Shard, 16> shards_;
};

}  // namespace tendril
