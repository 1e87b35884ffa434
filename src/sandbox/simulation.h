// Simulation: a world that many requests read and mutations change: the lock, the selections
// that paging comes back to, and the journal.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sandbox/definition.h"
#include "sandbox/selection.h"
#include "sandbox/world.h"

namespace tendril {

// Threads: safe to share.
class Simulation {
 public:
  // Errors: System when the journal cannot be read; InvalidConfig when it is another sandbox's.
  static Result<std::unique_ptr<Simulation>> create(std::shared_ptr<const CompiledSandbox> sandbox,
                                                    const SandboxOptions& options);

  const CompiledSandbox& sandbox() const { return *sandbox_; }

  // The world, for as long as the view lives: mutations wait.
  class View {
   public:
    explicit View(const Simulation& simulation)
        : lock_(simulation.mutex_), world_(simulation.world_) {}
    const World& world() const { return world_; }

   private:
    std::shared_lock<std::shared_mutex> lock_;
    const World& world_;
  };

  std::shared_ptr<const Selection> select(const View& view, const Facts& facts,
                                          ListQuery query) const;

  // The row of `place` whose field has this text, deleted or not.
  std::optional<Row> find_row(const View& view, const Scene& scene, const FindStep& step,
                              std::optional<Row> scope, std::string_view text) const;

  // Errors: InvalidConfig for an unknown entity; System when the journal cannot be written.
  Result<MutationReport> mutate(const MutationOrder& order);

  // Living rows [from, from + limit) of an entity, one JSON object a line. Sets `from` to where
  // the next call goes on, or to 0 at the end. Errors: NotFound.
  Result<std::string> rows(std::string_view entity, std::uint64_t& from, std::uint64_t limit,
                           const std::string& base_url) const;
  std::string summary() const;

 private:
  Simulation(std::shared_ptr<const CompiledSandbox> sandbox, const SandboxOptions& options);
  Result<MutationReport> apply(const MutationOrder& order);
  Status replay();
  std::string journal_head() const;
  Status write_journal(const std::string& line) const;

  std::shared_ptr<const CompiledSandbox> sandbox_;
  SandboxOptions options_;
  mutable std::shared_mutex mutex_;
  World world_;  // Guarded by mutex_.

  mutable std::mutex cache_mutex_;
  struct Cached {
    std::string key;
    std::uint64_t revision;
    std::shared_ptr<const Selection> selection;
  };
  mutable std::list<Cached> selections_;  // Guarded by cache_mutex_. The latest first.
  mutable std::unordered_map<std::string, Row> found_rows_;  // Guarded by cache_mutex_. Hints.
};

}  // namespace tendril
