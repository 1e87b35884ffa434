#include "sync/dry_run.h"

#include <utility>

#include "sync/guarded.h"
#include "sync/run_plan.h"
#include "sync/schema_gate.h"
#include "sync/stream_plan.h"

namespace tendril {
namespace {

// What becomes of a declared column that `stored` does not hold as it is.
std::optional<ColumnForecast> forecast_of(const Column& column, const TableSchema& stored,
                                          const TableSchema& prepared, const TableRules& rules) {
  using What = ColumnForecast::What;
  const Column* there = stored.find(column.name);
  ColumnForecast forecast{.column = column.name, .to = column.type};
  if (there == nullptr) {
    forecast.rule = rules.on_new_column(column.name);
    forecast.what = prepared.find(column.name) == nullptr ? What::LeftOut : What::Added;
    return forecast;
  }
  if (fits(column.type, there->type)) {
    return std::nullopt;
  }
  forecast.from = there->type;
  forecast.rule = rules.on_new_type(column.name);
  const Column* kept = prepared.find(column.name);
  if (kept != nullptr && kept->type == there->type) {
    forecast.what = forecast.rule == ContractRule::Evolve ? What::Varied : What::Kept;
  } else {
    forecast.what = What::Widened;
    forecast.to = widen(there->type, column.type);
  }
  return forecast;
}

Result<TableForecast> forecast_of(const StreamPlan& plan, Destination& destination) {
  const TableSchema& declared = plan.info.schema;
  TableForecast forecast{.table = declared.name,
                         .mode = plan.mode,
                         .hard_deletes = plan.hard_deletes,
                         .incremental = plan.incremental,
                         .resumes = plan.resumed(),
                         .primary_key = declared.primary_key,
                         .columns_declared = declared.columns.size(),
                         .contract = plan.rules.contract,
                         .child_paths = plan.rules.normalize.paths,
                         .all_lists = plan.rules.normalize.all,
                         .refused = plan.refused};
  forecast.cursor_field = plan.cursor_field.empty() ? plan.info.cursor_field : plan.cursor_field;
  forecast.cursor = plan.incremental ? plan.stored.cursor : Value();
  const std::optional<TableSchema> stored = TRY(guarded("looking at table " + declared.name, [&] {
    return destination.stored_table(declared.name);
  }));
  forecast.exists = stored.has_value();
  SchemaGate gate(declared, plan.rules);
  gate.inform(stored);
  for (const Column& column : declared.columns) {
    if (auto change =
            forecast_of(column, stored.value_or(TableSchema()), gate.prepared(), plan.rules)) {
      forecast.columns.push_back(std::move(*change));
    }
  }
  return forecast;
}

}  // namespace

Result<std::vector<TableForecast>> dry_run(Source& source, Destination& destination,
                                           const SyncOptions& options, std::stop_token stop) {
  TRY(check_options(options));
  TRY(guarded("looking at the destination",
              [&] { return destination.open_to_look(options.connection); }));
  const std::vector<StreamPlan> plans =
      TRY(plan_run(source, destination, options, std::move(stop)));
  std::vector<TableForecast> forecasts;
  for (const StreamPlan& plan : plans) {
    if (!plan.feed.has_value()) {
      TableForecast forecast = TRY(forecast_of(plan, destination));
      forecasts.push_back(std::move(forecast));
      continue;
    }
    for (const StreamPlan& table : plan.feed->tables) {
      TableForecast forecast = TRY(forecast_of(table, destination));
      forecast.resumes = plan.resumed();
      forecast.cursor = plan.incremental ? plan.stored.cursor : Value();
      forecast.refused = plan.refused;
      forecasts.push_back(std::move(forecast));
    }
  }
  return forecasts;
}

}  // namespace tendril
