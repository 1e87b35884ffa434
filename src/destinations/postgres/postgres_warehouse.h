// The tables of a PostgreSQL database, for whoever works on them in SQL.
#pragma once

#include <memory>
#include <string_view>

#include "connector/sql_warehouse.h"
#include "core/result.h"

namespace tendril {

// `target` is what follows "postgres:": //USER@HOST:PORT/DATABASE[?schema=NAME]. A table's key is
// its PRIMARY KEY.
// Errors: InvalidConfig, naming what is wrong with the target.
Result<std::unique_ptr<SqlWarehouse>> postgres_warehouse(std::string_view target);

}  // namespace tendril
