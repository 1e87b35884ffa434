#include "sandbox/simulation.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "data/json.h"
#include "sandbox/mutator.h"

namespace tendril {
namespace {

constexpr std::size_t kSelectionsMax = 64;
constexpr std::size_t kFoundRowsMax = 100'000;
// Below so many rows, selecting anew costs less than remembering.
constexpr std::uint64_t kWorthCaching = 512;

Population population_of(const CompiledSandbox& sandbox, const SandboxOptions& options) {
  const std::int64_t now_us = options.now ? micros_of(*options.now) : sandbox.now_us;
  return Population(sandbox.plans, Population::Size{.seed = options.seed,
                                                    .records = options.records,
                                                    .start_us = std::min(sandbox.start_us, now_us),
                                                    .now_us = now_us});
}

bool same_text(const FindStep& step, std::string_view a, std::string_view b) {
  return step.ignore_case ? equal_ignoring_case(a, b) : a == b;
}

}  // namespace

Simulation::Simulation(std::shared_ptr<const CompiledSandbox> sandbox,
                       const SandboxOptions& options)
    : sandbox_(std::move(sandbox)),
      options_(options),
      world_(population_of(*sandbox_, options),
             options.now ? micros_of(*options.now) : sandbox_->now_us) {}

Result<std::unique_ptr<Simulation>> Simulation::create(
    std::shared_ptr<const CompiledSandbox> sandbox, const SandboxOptions& options) {
  std::unique_ptr<Simulation> simulation(new Simulation(std::move(sandbox), options));
  if (!options.journal.empty()) {
    TRY(simulation->replay());
  }
  return simulation;
}

std::shared_ptr<const Selection> Simulation::select(const View& view, const Facts& facts,
                                                    ListQuery query) const {
  const World& world = view.world();
  const std::uint64_t rows = query.scope && world.is_base(*query.scope)
                                 ? world.population().below(query.entity, *query.scope).size()
                                 : world.changes(query.entity).end();
  if (rows < kWorthCaching) {
    return std::make_shared<const Selection>(world, facts, std::move(query));
  }
  std::string key = query.key();
  {
    const std::lock_guard lock(cache_mutex_);
    const auto found =
        std::find_if(selections_.begin(), selections_.end(), [&](const Cached& cached) {
          return cached.revision == world.revision() && cached.key == key;
        });
    if (found != selections_.end()) {
      selections_.splice(selections_.begin(), selections_, found);
      return selections_.front().selection;
    }
  }
  auto selection = std::make_shared<const Selection>(world, facts, std::move(query));
  const std::lock_guard lock(cache_mutex_);
  selections_.push_front(Cached{std::move(key), world.revision(), selection});
  if (selections_.size() > kSelectionsMax) {
    selections_.pop_back();
  }
  return selection;
}

std::optional<Row> Simulation::find_row(const View& view, const Scene& scene, const FindStep& step,
                                        std::optional<Row> scope, std::string_view text) const {
  const World& world = view.world();
  const auto inside = [&](Row row) {
    return !scope || world.ancestor(row, scope->entity) == *scope;
  };
  const auto& parent = world.population().plan(step.entity).parent;
  const bool scope_is_parent = scope && parent == scope->entity;
  if (step.field->invertible()) {
    const auto row =
        step.field->row_with(text, world, {step.entity, scope_is_parent ? scope : std::nullopt});
    return row && inside(*row) && step.field->text(scene.at(*row)) == text ? row : std::nullopt;
  }
  const std::string key =
      fmt::format("{}:{}:{}", static_cast<const void*>(step.field), scope ? scope->index : 0, text);
  {
    const std::lock_guard lock(cache_mutex_);
    const auto hint = found_rows_.find(key);
    if (hint != found_rows_.end() &&
        same_text(step, step.field->text(scene.at(hint->second)), text)) {
      return hint->second;
    }
  }
  const std::optional<Row> found = world.find_below(step.entity, scope, [&](Row row) {
    return same_text(step, step.field->text(scene.at(row)), text);
  });
  if (found) {
    const std::lock_guard lock(cache_mutex_);
    if (found_rows_.size() >= kFoundRowsMax) {
      found_rows_.clear();
    }
    found_rows_[key] = *found;
  }
  return found;
}

Result<MutationReport> Simulation::mutate(const MutationOrder& order) {
  const std::unique_lock lock(mutex_);
  MutationReport report = TRY(apply(order));
  if (!options_.journal.empty()) {
    TRY(write_journal(to_json(Value(Map{{"kind", to_string(order.kind)},
                                        {"count", static_cast<std::int64_t>(order.count)},
                                        {"entity", order.entity}}))));
  }
  return report;
}

Result<MutationReport> Simulation::apply(const MutationOrder& order) {
  std::optional<EntityIndex> entity;
  if (!order.entity.empty()) {
    entity = sandbox_->find_entity(order.entity);
    if (!entity) {
      return Error{ErrorCode::InvalidConfig, fmt::format("no such entity: {}", order.entity)};
    }
  }
  const std::vector<Row> rows = Mutator(*sandbox_, world_).apply(order.kind, order.count, entity);
  MutationReport report;
  report.now = to_iso(instant_from_micros(world_.now_us()));
  const Facts facts;
  for (const Row row : rows) {
    const Generator* key = sandbox_->traits[row.entity].key;
    report.rows.push_back(MutationReport::Row{sandbox_->entities[row.entity].name,
                                              key->text(Scene{world_, facts, row})});
  }
  return report;
}

Result<std::string> Simulation::rows(std::string_view entity, std::uint64_t& from,
                                     std::uint64_t limit, const std::string& base_url) const {
  const auto index = sandbox_->find_entity(entity);
  if (!index) {
    return Error{ErrorCode::NotFound, fmt::format("no such entity: {}", entity)};
  }
  const View view(*this);
  Facts facts;
  facts.set_base_url(base_url);
  const Generator* shown = sandbox_->entities[*index].views.find("")->second;
  const std::uint64_t end = view.world().changes(*index).end();
  std::string lines;
  std::uint64_t at = from;
  for (; at < end && at - from < limit; ++at) {
    const Row row{*index, at};
    if (view.world().alive(row)) {
      shown->append(lines, Scene{view.world(), facts, row}, Form::Json);
      lines += '\n';
    }
  }
  from = at < end ? at : 0;
  return lines;
}

std::string Simulation::summary() const {
  const View view(*this);
  Map counts;
  for (const EntityFields& entity : sandbox_->entities) {
    std::int64_t alive = 0;
    for (std::uint64_t i = 0; i < view.world().changes(entity.index).end(); ++i) {
      alive += view.world().alive(Row{entity.index, i}) ? 1 : 0;
    }
    counts.set(entity.name, alive);
  }
  return to_json(Value(Map{{"name", sandbox_->about.name},
                           {"seed", static_cast<std::int64_t>(options_.seed)},
                           {"records", static_cast<std::int64_t>(options_.records)},
                           {"now", to_iso(instant_from_micros(view.world().now_us()))},
                           {"mutations", static_cast<std::int64_t>(view.world().revision())},
                           {"rows", std::move(counts)}}));
}

std::string Simulation::journal_head() const {
  return to_json(Value(Map{{"sandbox", sandbox_->about.name},
                           {"seed", static_cast<std::int64_t>(options_.seed)},
                           {"records", static_cast<std::int64_t>(options_.records)}}));
}

Status Simulation::write_journal(const std::string& line) const {
  std::ofstream file(options_.journal, std::ios::app);
  file << line << '\n' << std::flush;
  if (!file) {
    return Error{ErrorCode::System, fmt::format("cannot write: {}", options_.journal.string())};
  }
  return {};
}

Status Simulation::replay() {
  std::ifstream file(options_.journal);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return write_journal(journal_head());
  }
  if (line != journal_head()) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("the journal is of another sandbox, seed or number of records: {}",
                             options_.journal.string())};
  }
  while (std::getline(file, line)) {
    const Value entry = TRY(parse_json(line));
    const Value* kind = entry.find("kind");
    const Value* count = entry.find("count");
    const Value* entity = entry.find("entity");
    if (kind == nullptr || !kind->is_string() || count == nullptr || count->as_int() == nullptr ||
        entity == nullptr || !entity->is_string()) {
      return Error{ErrorCode::BadData, fmt::format("journal has a broken line: {}", line)};
    }
    MutationOrder order;
    order.kind = TRY(parse_mutation_kind(*kind->as_string()));
    order.count = static_cast<std::uint64_t>(*count->as_int());
    order.entity = *entity->as_string();
    TRY(apply(order));
  }
  return {};
}

}  // namespace tendril
