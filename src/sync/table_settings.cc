#include "sync/table_settings.h"

#include <algorithm>

namespace tendril {
namespace {

template <class T>
void fill(std::optional<T>& own, const std::optional<T>& general) {
  if (!own.has_value()) {
    own = general;
  }
}

}  // namespace

ContractRule TableRules::on_new_column(std::string_view column) const {
  const auto found = columns.find(column);
  return found == columns.end() ? contract.columns : found->second;
}

ContractRule TableRules::on_new_type(std::string_view column) const {
  const auto found = columns.find(column);
  return found == columns.end() ? contract.types : found->second;
}

bool TableRules::lets_all_pass() const {
  return contract == Contract() && !variants &&
         std::ranges::all_of(
             columns, [](const auto& column) { return column.second == ContractRule::Evolve; });
}

TableSettings merged(const TableSettings& own, const TableSettings& general) {
  TableSettings settings = own;
  fill(settings.mode, general.mode);
  fill(settings.hard_deletes, general.hard_deletes);
  fill(settings.new_columns, general.new_columns);
  fill(settings.new_types, general.new_types);
  settings.columns.insert(general.columns.begin(), general.columns.end());
  fill(settings.variants, general.variants);
  fill(settings.normalize, general.normalize);
  fill(settings.normalize_depth, general.normalize_depth);
  fill(settings.on_error, general.on_error);
  fill(settings.rejected_max, general.rejected_max);
  fill(settings.cursor_field, general.cursor_field);
  return settings;
}

TableRules rules_of(const TableSettings& settings, std::int64_t rejected_max) {
  return {.contract = {.columns = settings.new_columns.value_or(ContractRule::Evolve),
                       .types = settings.new_types.value_or(ContractRule::Evolve)},
          .columns = {settings.columns.begin(), settings.columns.end()},
          .variants = settings.variants.value_or(false),
          .normalize = settings.normalize.value_or(Normalization()),
          .normalize_depth = settings.normalize_depth.value_or(kNormalizeDepth),
          .on_error = settings.on_error.value_or(OnRejected::Continue),
          .rejected_max = settings.rejected_max.value_or(rejected_max)};
}

std::string_view to_string(ContractRule rule) {
  switch (rule) {
    case ContractRule::Evolve: return "evolve";
    case ContractRule::Freeze: return "freeze";
    case ContractRule::DiscardRow: return "discard-row";
    case ContractRule::DiscardValue: return "discard-value";
  }
  return "unknown";
}

}  // namespace tendril
