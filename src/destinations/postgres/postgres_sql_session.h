// PostgresSqlSession: a session of a PostgreSQL server that speaks SqlSession's terms.
#pragma once

#include <memory>

#include "connector/sql_warehouse.h"
#include "destinations/postgres/session.h"

namespace tendril {

std::unique_ptr<SqlSession> postgres_sql_session(std::unique_ptr<PostgresSession> session);

}  // namespace tendril
