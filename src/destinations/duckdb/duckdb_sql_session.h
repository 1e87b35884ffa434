// DuckdbSqlSession: a session of a DuckDB file that speaks SqlSession's terms.
#pragma once

#include <memory>

#include "connector/sql_warehouse.h"
#include "destinations/duckdb/session.h"

namespace tendril {

std::unique_ptr<SqlSession> duckdb_sql_session(std::unique_ptr<DuckdbSession> session);

}  // namespace tendril
