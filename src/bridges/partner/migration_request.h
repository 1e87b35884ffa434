// What a Migrate call asks for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "data/instant.h"

namespace fivetran_sdk::v2 {
class MigrationDetails;
}  // namespace fivetran_sdk::v2

namespace tendril {

struct MigrationOrder {
  std::string name;  // For people.
  std::vector<SqlTableName> tables;
  std::function<Status(SqlSession&)> work;
};

// `details` must outlive the order.
// Errors: Unsupported when no version of the protocol that is known here has it; BadData when it
//   lacks a name or a time.
Result<MigrationOrder> migration_order(const std::string& schema,
                                       const fivetran_sdk::v2::MigrationDetails& details,
                                       Instant now);

}  // namespace tendril
