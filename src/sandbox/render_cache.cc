#include "sandbox/render_cache.h"

#include <mutex>
#include <utility>

#include "sandbox/generator.h"

namespace tendril {
namespace {

constexpr std::uint64_t kRowsMax = 10'000;
constexpr std::size_t kShardBytesMax = std::size_t{2} * 1024 * 1024;

}  // namespace

std::size_t RenderCache::KeyHash::operator()(const Key& key) const {
  const auto generator = reinterpret_cast<std::uintptr_t>(key.generator);
  return mix(mix(generator, key.row), key.base_url ^ static_cast<std::uint64_t>(key.form));
}

void RenderCache::append(std::string& out, const Generator& generator, const Scene& scene,
                         Form form) {
  const World& world = scene.world;
  if (world.changes(scene.row.entity).end() > kRowsMax || scene.salt != 0) {
    generator.append(out, scene, form);
    return;
  }
  const Key key{&generator, scene.row.index, scene.facts.base_url_hash(), form};
  Shard& shard = shards_[KeyHash()(key) % shards_.size()];
  {
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.texts.find(key);
    if (shard.revision == world.revision() && found != shard.texts.end()) {
      out += found->second;
      return;
    }
  }
  const std::size_t start = out.size();
  generator.append(out, scene, form);
  std::string text = out.substr(start);
  const std::unique_lock lock(shard.mutex);
  if (shard.revision != world.revision() || shard.bytes + text.size() > kShardBytesMax) {
    shard.texts.clear();
    shard.bytes = 0;
    shard.revision = world.revision();
  }
  shard.bytes += text.size();
  shard.texts.insert_or_assign(key, std::move(text));
}

}  // namespace tendril
