#include "sync/schema_gate.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "data/row_choice.h"

namespace tendril {
namespace {

bool same_but_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

bool would_become_text(Type from, Type to) {
  return to.kind != TypeKind::String && to.kind != TypeKind::Unknown &&
         widen(from, to).kind == TypeKind::String;
}

std::string variant_name(std::string_view column, Type type) {
  std::string kind = to_string(type);
  kind.resize(std::min(kind.find('('), kind.size()));
  std::ranges::transform(kind, kind.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::string(column) + "__" + kind;
}

// A batch on its way through the gate.
struct SchemaGate::Passage {
  struct Refusal {
    RowMask rows;
    std::string reason;
  };

  explicit Passage(Batch given) : batch(std::move(given)) {}

  std::shared_ptr<arrow::Array> values(std::size_t position) const {
    return batch.rows->column(static_cast<int>(position));
  }

  void keep(Column column, std::shared_ptr<arrow::Array> array) {
    columns.push_back(std::move(column));
    arrays.push_back(std::move(array));
  }

  Result<Admitted> leave() {
    Admitted admitted{.batch = std::move(batch), .changed = changed};
    admitted.values_discarded = values_discarded;
    if (!changed) {
      return admitted;
    }
    RowMask refused;
    for (const Refusal& refusal : refusals) {
      refused.resize(refusal.rows.size(), false);
      for (std::size_t row = 0; row < refused.size(); ++row) {
        refused[row] = refused[row] || refusal.rows[row];
      }
    }
    for (std::size_t row = 0; row < refused.size(); ++row) {
      if (refused[row]) {
        admitted.rejected.push_back(rejection(admitted.batch, row));
      }
    }
    TableSchema schema = *admitted.batch.schema;
    schema.columns = std::move(columns);
    const std::int64_t rows = admitted.batch.row_count();
    admitted.batch.rows = arrow::RecordBatch::Make(arrow_schema(schema), rows, std::move(arrays));
    admitted.batch.schema = std::make_shared<const TableSchema>(std::move(schema));
    if (!admitted.rejected.empty()) {
      admitted.batch = TRY(without_rows(admitted.batch, refused));
      admitted.refused = std::move(refused);
    }
    return admitted;
  }

  RejectedRow rejection(const Batch& of, std::size_t row) const {
    const auto first =
        std::ranges::find_if(refusals, [row](const Refusal& refusal) { return refusal.rows[row]; });
    return {.reason = first->reason, .payload = row_json(of, static_cast<std::int64_t>(row))};
  }

  Batch batch;
  bool changed = false;
  bool opposed = false;  // Some column was looked at more closely.
  std::vector<Column> columns = {};
  arrow::ArrayVector arrays = {};
  std::vector<Refusal> refusals = {};
  std::int64_t values_discarded = 0;
};

SchemaGate::SchemaGate(TableSchema declared, const TableRules& rules)
    : declared_(std::move(declared)), rules_(rules), prepared_(declared_) {}

void SchemaGate::inform(const std::optional<TableSchema>& stored) {
  informed_ = true;
  making_ = !stored.has_value();
  const std::vector<Column>& columns = making_ ? declared_.columns : stored->columns;
  for (const Column& column : columns) {
    known_.insert_or_assign(column.name, column.type);
  }
  std::erase_if(prepared_.columns, [&](Column& column) {
    Type* known = known_type(column.name);
    if (known == nullptr) {
      return rule_of_new(column) != ContractRule::Evolve;
    }
    const bool stays = rule_of_type(column) != ContractRule::Evolve ||
                       (rules_.variants && would_become_text(column.type, *known));
    if (!fits(column.type, *known) && stays) {
      column.type = *known;
    }
    return false;
  });
}

Result<Admitted> SchemaGate::admit(Batch batch) {
  if (batch.rows == nullptr || batch.schema == unopposed_ || rules_.lets_all_pass()) {
    return Admitted{.batch = std::move(batch)};
  }
  Passage passage(std::move(batch));
  const std::shared_ptr<const TableSchema> schema = passage.batch.schema;
  for (std::size_t i = 0; i < schema->columns.size(); ++i) {
    TRY(admit_column(passage, i));
  }
  if (!passage.opposed) {
    unopposed_ = schema;
  }
  return passage.leave();
}

Status SchemaGate::admit_column(Passage& passage, std::size_t position) {
  const Column column = passage.batch.schema->columns[position];
  if (passage.batch.operation == Operation::Delete && !is_key(column.name)) {
    passage.opposed = true;
    passage.changed = true;  // Only the key counts; the rest gives a table no columns.
    return {};
  }
  Type* known = known_type(column.name);
  if (known == nullptr) {
    return admit_new(passage, column, position);
  }
  if (known->kind == TypeKind::Unknown || fits(column.type, *known)) {
    *known = widen(column.type, *known);
    passage.keep(column, passage.values(position));
    return {};
  }
  return admit_other_type(passage, column, position);
}

Status SchemaGate::admit_new(Passage& passage, const Column& column, std::size_t position) {
  const std::shared_ptr<arrow::Array> values = passage.values(position);
  const std::int64_t value_count = values->length() - values->null_count();
  ContractRule rule = rule_of_new(column);
  if (rule == ContractRule::Evolve) {
    if (value_count > 0) {
      known_.emplace(column.name, column.type);
      if (making_) {
        learnt_.insert(column.name);
      }
    } else {
      passage.opposed = true;  // Its type is not known before it has a value.
    }
    passage.keep(column, values);
    return {};
  }
  passage.opposed = true;
  passage.changed = true;
  if (value_count == 0) {
    return {};
  }
  switch (rule) {
    case ContractRule::Freeze:
      return frozen("column is new: " + column.name + " (" + to_string(column.type) + ")");
    case ContractRule::DiscardRow: {
      RowMask rows(static_cast<std::size_t>(values->length()));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        rows[row] = !values->IsNull(static_cast<std::int64_t>(row));
      }
      passage.refusals.push_back(
          {std::move(rows), "column is new: " + column.name + " (" + to_string(column.type) + ")"});
      return {};
    }
    default: passage.values_discarded += value_count; return {};
  }
}

Status SchemaGate::admit_other_type(Passage& passage, const Column& column, std::size_t position) {
  Type& known = *known_type(column.name);
  ContractRule rule = rule_of_type(column);
  const bool divertible =
      rules_.variants && !is_key(column.name) && would_become_text(column.type, known);
  passage.opposed = true;
  if (rule == ContractRule::Evolve && !divertible) {
    known = widen(column.type, known);
    passage.keep(column, passage.values(position));
    return {};
  }
  passage.changed = true;
  FittedColumn fitted = TRY(fit_column(*passage.values(position), column.type, known));
  if (fitted.misfit_count > 0 && rule == ContractRule::Evolve) {
    return divert(passage, column, std::move(fitted), position);
  }
  passage.keep({column.name, known}, fitted.values);
  if (fitted.misfit_count == 0) {
    return {};
  }
  const std::string what = "column " + column.name + " holds " + to_string(known) +
                           ", the source gives " + to_string(column.type);
  if (rule == ContractRule::Freeze) {
    return frozen(what);
  }
  if (rule == ContractRule::DiscardRow || is_key(column.name)) {
    passage.refusals.push_back({std::move(fitted.misfits), what});
  } else {
    passage.values_discarded += fitted.misfit_count;
  }
  return {};
}

// Values that are not of the column's kind go to a column of their own, for each kind one.
Status SchemaGate::divert(Passage& passage, const Column& column, FittedColumn fitted,
                          std::size_t position) {
  const Type known = *known_type(column.name);
  const arrow::Array& values = *passage.values(position);
  std::map<std::string, std::pair<Type, RowMask>> variants;
  for (std::size_t row = 0; row < fitted.misfits.size(); ++row) {
    if (fitted.misfits[row]) {
      const Type own = own_type(values, column.type, static_cast<std::int64_t>(row));
      auto& [type, rows] = variants[variant_name(column.name, own)];
      type = own;
      rows.resize(fitted.misfits.size(), false);
      rows[row] = true;
    }
  }
  passage.keep({column.name, known}, std::move(fitted.values));
  for (const auto& [name, variant] : variants) {
    if (passage.batch.schema->find(name) != nullptr) {
      return Error{.code = ErrorCode::Unsupported,
                   .message = "table " + declared_.name + " has a column where the variants of " +
                              column.name + " should go: " + name};
    }
    auto array = TRY(chosen_values(values, column.type, variant.first, variant.second));
    passage.keep({name, variant.first}, std::move(array));
    Type& type = known_.try_emplace(name, variant.first).first->second;
    type = widen(type, variant.first);
  }
  return {};
}

ContractRule SchemaGate::rule_of_type(const Column& column) const {
  return learnt_.contains(column.name) ? ContractRule::Evolve : rules_.on_new_type(column.name);
}

ContractRule SchemaGate::rule_of_new(const Column& column) const {
  return making_ ? ContractRule::Evolve : rules_.on_new_column(column.name);
}

bool SchemaGate::is_key(std::string_view column) const {
  return std::ranges::find(declared_.primary_key, column) != declared_.primary_key.end();
}

// Storages that do not tell "Id" from "id" may have a column in another spelling.
Type* SchemaGate::known_type(std::string_view column) {
  const auto exact = known_.find(column);
  if (exact != known_.end()) {
    return &exact->second;
  }
  const auto similar = std::ranges::find_if(
      known_, [&](const auto& known) { return same_but_case(known.first, column); });
  return similar == known_.end() ? nullptr : &similar->second;
}

Error SchemaGate::frozen(const std::string& what) const {
  return {.code = ErrorCode::BadData,
          .message = "the schema of table " + declared_.name + " is frozen, and " + what};
}

}  // namespace tendril
