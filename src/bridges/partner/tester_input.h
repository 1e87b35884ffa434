// What an input file of the destination tester orders, in the order in which it is carried out.
// Source: the destination tester's README in the partner SDK, sections "List of Operations" and
// "Schema Migration Operations".
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bridges/partner/wire_table.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

enum class TesterRowsKind { Upsert, Update, Delete, SoftDelete };

// One operation on rows of one table.
struct TesterRows {
  TesterRowsKind kind = TesterRowsKind::Upsert;
  std::string table;
  List rows;
};

struct TesterTruncation {
  std::string table;
  bool soft = false;
};

// A migration, with what the input says of it: {"table": …, "column": …}.
struct TesterMigration {
  std::string name;
  Map details;
};

struct TesterInput {
  // A table without a key has `_fivetran_id`, which its rows name, in the place of one.
  std::vector<PartnerTable> created;
  std::vector<PartnerTable> altered;
  std::vector<std::variant<TesterRows, TesterTruncation>> operations;
  std::vector<TesterMigration> migrations;
  std::vector<std::string> described;
};

std::string to_string(TesterRowsKind kind);  // "upsert", "soft_delete"

// Errors: InvalidConfig, naming where in the input something is wrong.
Result<TesterInput> read_tester_input(const Value& document);

// "DOUBLE", "DECIMAL", {"type": "DECIMAL", "precision": 6, "scale": 3}. Errors: InvalidConfig.
Result<Type> tester_type(const Value& text, const std::string& where);

}  // namespace tendril
