// SqlWarehouse: a storage whose tables are worked on in SQL, for whoever has rules of its own of
// what becomes of rows, unlike a Destination. The rules are written once; what storages spell
// differently is here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "core/secret.h"
#include "data/instant.h"
#include "data/schema.h"

namespace tendril {

// Names as their owner has them; storages that can not carry a name store it under another one, the
// same each time.
struct SqlTableName {
  std::string schema;
  std::string table;

  friend bool operator==(const SqlTableName&, const SqlTableName&) = default;
};

struct SqlColumn {
  std::string name;
  Type type;
  bool in_key = false;
  // A type that no column of ours has, as the storage spells it; `type` is Unknown then. Only
  // columns that somebody else made.
  std::string foreign = {};

  friend bool operator==(const SqlColumn&, const SqlColumn&) = default;
};

struct SqlTable {
  SqlTableName name;
  std::vector<SqlColumn> columns;

  // Returns nullptr when there is no such column.
  const SqlColumn* find(std::string_view column) const;
  std::vector<std::string> key() const;
};

// Rows of a small result. Every value as text; nullopt is NULL.
using SqlCells = std::vector<std::vector<std::optional<std::string>>>;

// SqlStage: rows on their way into statements, in a temporary table that goes with the session.
// Threads: one at a time, together with its session.
class SqlStage {
 public:
  virtual ~SqlStage() = default;

  // The table as statements name it.
  virtual const std::string& sql() const = 0;

  // Takes rows with the columns of SqlSession::stage(), in that order, which carry their types as
  // arrow_type() says. Errors: BadData when the storage can not hold a value.
  virtual Status append(const arrow::RecordBatch& rows) = 0;

  // Takes no more rows: from here on statements see them.
  virtual Status close() = 0;
};

// SqlSession: one connection to a warehouse. What it does between begin() and commit() happens as a
// whole or not at all; dropping it rolls back.
//
// A transaction can alter a table and then change its rows, but not alter it after that: storages
// refuse it. Whoever has to do so fills another table and puts it into the place of the first.
// Threads: one at a time.
// Errors of all: BadData when a value is refused, InvalidConfig when something in the storage is in
//   the way, Unavailable when the same may work later, System for disk and memory.
class SqlSession {
 public:
  virtual ~SqlSession() = default;

  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void roll_back() = 0;

  // Runs one statement and returns the number of rows that it inserted, changed or deleted.
  virtual Result<std::int64_t> change(const std::string& sql) = 0;
  // REQUIRES: all columns of the result are texts or 64-bit integers.
  virtual Result<SqlCells> rows(const std::string& sql) = 0;

  // Returns nullopt when there is no such table.
  virtual Result<std::optional<SqlTable>> read(const SqlTableName& name) = 0;
  // Makes the schema, too, where there is none. Errors: InvalidConfig when there is such a table.
  virtual Status create(const SqlTable& table) = 0;
  virtual Status drop(const SqlTableName& name) = 0;
  // `to` is a name in the same schema. Errors: InvalidConfig when there is such a table.
  virtual Status rename(const SqlTableName& name, const std::string& to) = 0;
  // Puts the table `successor` into the place of another one, with the rights to it.
  virtual Status replace(const SqlTableName& successor, const SqlTableName& name) = 0;
  virtual Status rename_column(const SqlTableName& name, const std::string& from,
                               const std::string& to) = 0;
  // Makes `present`, which read() returned, what `wanted` says: columns are added, dropped and
  // changed in type, the key becomes another one. Columns that stay keep their places.
  // Errors: BadData when a value can not become one of the new type, InvalidConfig when the rows do
  //   not allow for the key.
  virtual Status alter(const SqlTable& present, const SqlTable& wanted) = 0;

  // Opens a temporary table for rows with `columns`.
  virtual Result<std::unique_ptr<SqlStage>> stage(const std::vector<Column>& columns) = 0;
  // A temporary table as statements name it, to be made by CREATE TEMPORARY TABLE.
  virtual std::string temporary(std::string_view name) const = 0;

  virtual std::string sql(const SqlTableName& name) const = 0;
  virtual std::string column(std::string_view name) const = 0;
  virtual std::string text(std::string_view text) const = 0;
  virtual std::string instant(Instant instant) const = 0;
  virtual std::string cast(const std::string& expression, Type to) const = 0;
  // True where both have the same value of a key.
  virtual std::string same_key(const std::string& a, const std::string& b) const = 0;
};

// What somebody who may log in has beside the warehouse's address; empty: as the address says.
struct SqlLogin {
  std::string user = {};
  Secret password = {};
};

// Threads: safe to share.
class SqlWarehouse {
 public:
  virtual ~SqlWarehouse() = default;

  // Where a table is that names no schema.
  virtual const std::string& default_schema() const = 0;
  // True when it knows who may log in.
  virtual bool has_login() const = 0;

  // Errors: Unavailable, Unauthenticated, PermissionDenied, NotFound, System, InvalidConfig.
  virtual Result<std::unique_ptr<SqlSession>> open(const SqlLogin& login) = 0;
};

}  // namespace tendril
