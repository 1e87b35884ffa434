// Migrations of a tester's input as calls.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bridges/partner/tester_input.h"
#include "core/result.h"
#include "destination_sdk.pb.h"

namespace tendril {

// What has to be seen once a migration is through.
struct TesterExpectation {
  std::string table;
  std::string column = {};  // Empty: the table itself.
  bool present = true;
};

struct TesterCall {
  std::string table;
  // One of the two: a table as it is to be, made of the one that is there; or a migration.
  std::function<Status(fivetran_sdk::v2::Table&)> altered = nullptr;
  std::optional<fivetran_sdk::v2::MigrateRequest> migration = std::nullopt;
  std::vector<TesterExpectation> expected = {};
};

// Errors: InvalidConfig when there is no such migration, or something lacks that it needs.
Result<TesterCall> tester_call(const std::string& schema, const TesterMigration& migration);

}  // namespace tendril
