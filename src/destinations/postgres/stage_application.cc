#include "destinations/postgres/stage_application.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/server_error.h"
#include "destinations/postgres/sql.h"
#include "destinations/postgres/stage_marks.h"
#include "destinations/postgres/staged_keys.h"

namespace tendril {
namespace {

class StageApplication {
 public:
  StageApplication(PostgresSession& session, const PostgresStage& stage, const StagedTarget& target)
      : session_(session),
        stage_(stage),
        target_(target),
        table_(target.table.name.sql()),
        synced_(postgres_instant(stage.written_at())) {}

  Result<StagedCounts> run() {
    TRY(apply());
    if (stage_.kind() != PostgresStage::Kind::Truncate) {
      TRY(session_.run("DROP TABLE " + stage_.table().sql()));
    }
    return counts_;
  }

 private:
  Status apply() {
    switch (stage_.kind()) {
      case PostgresStage::Kind::Insert: return insert_all("false");
      case PostgresStage::Kind::Merge: return merge();
      case PostgresStage::Kind::Update: return update();
      case PostgresStage::Kind::Delete: return remove();
      case PostgresStage::Kind::Truncate: break;
    }
    return truncate();
  }

  Result<StagedKeys> collect_keys() {
    return StagedKeys::collect(session_, stage_, target_.table, staged_key(stage_, target_.key));
  }

  Status merge() {
    if (!stage_.has_deletes()) {
      const bool done = TRY(insert_by_index());
      if (done) {
        return {};
      }
    }
    const StagedKeys keys = TRY(collect_keys());
    if (stage_.has_deletes()) {
      TRY(remove_keys(keys));
    }
    // The quick way: a table without rows has none to replace.
    const bool empty = TRY(is_empty());
    for (const std::string& match : empty ? std::vector<std::string>() : keys.matches()) {
      TRY(session_.run(
          fmt::format("DELETE FROM {} AS t USING {} AS k WHERE {} AND k.{} IS NOT NULL", table_,
                      keys.table(), match, postgres_name(kUpsertedMark))));
    }
    if (keys.count() == stage_.rows() && !stage_.has_deletes()) {
      TRY(insert_all("false"));
    } else {
      TRY(insert_last(keys));
    }
    return keys.drop(session_);
  }

  Status remove() {
    const StagedKeys keys = TRY(collect_keys());
    TRY(remove_keys(keys));
    return keys.drop(session_);
  }

  // Deletes or marks the rows whose key was deleted and not upserted afterwards.
  Status remove_keys(const StagedKeys& keys) {
    const std::string last = fmt::format("k.{0} IS NOT NULL AND (k.{1} IS NULL OR k.{0} > k.{1})",
                                         postgres_name(kRemovedMark), postgres_name(kUpsertedMark));
    for (const std::string& match : keys.matches()) {
      TRY(count(
          counts_.deleted,
          session_.change(
              target_.hard_deletes
                  ? fmt::format("DELETE FROM {} AS t USING {} AS k WHERE {} AND {}", table_,
                                keys.table(), match, last)
                  : fmt::format("UPDATE {0} AS t SET {1} = true, {2} = {3} FROM {4} AS k "
                                "WHERE {5} AND {6} AND t.{1} IS NOT TRUE",
                                table_, postgres_name(kDeletedColumn), postgres_name(kSyncedColumn),
                                synced_, keys.table(), match, last))));
    }
    return {};
  }

  // Lets the index find the rows to replace, as long as keys are what they are expected to be.
  // Returns false, with nothing done, where they are not.
  Result<bool> insert_by_index() {
    counts_.keys = target_.keys;
    if (counts_.keys == StagedKeysAre::New) {
      const bool done = TRY(try_insert("", kUniqueViolation));
      if (done) {
        return true;
      }
      counts_.keys = StagedKeysAre::Different;
    }
    if (counts_.keys == StagedKeysAre::Different) {
      // PostgreSQL refuses to change a row a second time.
      const bool done = TRY(try_insert(replacement(), kCardinalityViolation));
      if (done) {
        return true;
      }
      counts_.keys = StagedKeysAre::Any;
    }
    return false;
  }

  // What an insert does with a row whose key is there.
  std::string replacement() const {
    std::string changes = fmt::format("{0} = excluded.{0}", postgres_name(kSyncedColumn));
    if (target_.table.marks.deleted) {
      changes += fmt::format(", {0} = excluded.{0}", postgres_name(kDeletedColumn));
    }
    for (const PostgresColumn& column : stage_.columns()) {
      changes += fmt::format(", {0} = excluded.{0}", postgres_name(column.name));
    }
    return fmt::format(" ON CONFLICT ({}) DO UPDATE SET {}", postgres_names(target_.key), changes);
  }

  // Inserts every staged row. Returns false, with nothing done, after the error `expected`.
  Result<bool> try_insert(const std::string& conflicts, std::string_view expected) {
    TRY(session_.run("SAVEPOINT tendril_insert"));
    const Result<std::int64_t> written = session_.change(
        fmt::format("{} FROM {} AS s{}", insert_select("false"), stage_.table().sql(), conflicts));
    if (written.ok()) {
      counts_.written += *written;
      TRY(session_.run("RELEASE SAVEPOINT tendril_insert"));
      return true;
    }
    if (session_.last_state() != expected) {
      return written.error();
    }
    TRY(session_.run("ROLLBACK TO SAVEPOINT tendril_insert"));
    return false;
  }

  // Inserts every staged row.
  Status insert_all(std::string_view deleted) {
    return count(counts_.written,
                 session_.change(
                     fmt::format("{} FROM {} AS s", insert_select(deleted), stage_.table().sql())));
  }

  // Inserts the last upsert of each key. One that was deleted afterwards is inserted as deleted,
  // or, with hard deletes, not at all.
  Status insert_last(const StagedKeys& keys) {
    const std::string removed = fmt::format(
        "coalesce(k.{} > k.{}, false)", postgres_name(kRemovedMark), postgres_name(kUpsertedMark));
    const std::string kept = target_.hard_deletes ? "NOT " + removed : "true";
    return count(counts_.written,
                 session_.change(fmt::format("{} FROM {} AS s JOIN {} AS k ON s.{} = k.{} WHERE {}",
                                             insert_select(removed), stage_.table().sql(),
                                             keys.table(), postgres_name(kOrderMark),
                                             postgres_name(kUpsertedMark), kept)));
  }

  Status update() {
    const StagedKeys keys = TRY(collect_keys());
    std::string changes = fmt::format("{0} = s.{0}", postgres_name(kSyncedColumn));
    for (const PostgresColumn& column : stage_.columns()) {
      if (std::find(target_.key.begin(), target_.key.end(), column.name) == target_.key.end()) {
        changes += ", " + postgres_name(column.name) + " = " +
                   staged_value(stage_, target_.table, "s.", column.name);
      }
    }
    for (const std::string& match : keys.matches()) {
      TRY(count(counts_.written,
                session_.change(fmt::format(
                    "UPDATE {} AS t SET {} FROM {} AS k JOIN {} AS s ON s.{} = k.{} WHERE {}",
                    table_, changes, keys.table(), stage_.table().sql(), postgres_name(kOrderMark),
                    postgres_name(kUpsertedMark), match))));
    }
    return keys.drop(session_);
  }

  Status truncate() {
    const std::string older = fmt::format("coalesce({} < {}, true)", postgres_name(kSyncedColumn),
                                          postgres_instant(stage_.truncate_before()));
    return count(
        counts_.deleted,
        session_.change(
            target_.hard_deletes
                ? fmt::format("DELETE FROM {} WHERE {}", table_, older)
                : fmt::format("UPDATE {0} SET {1} = true, {2} = {3} WHERE {4} AND {1} IS NOT TRUE",
                              table_, postgres_name(kDeletedColumn), postgres_name(kSyncedColumn),
                              synced_, older)));
  }

  static Status count(std::int64_t& rows, const Result<std::int64_t>& changed) {
    const std::int64_t more = TRY(changed);
    rows += more;
    return {};
  }

  Result<bool> is_empty() {
    const PostgresRows found = TRY(session_.rows(fmt::format("SELECT 1 FROM {} LIMIT 1", table_)));
    return found.empty();
  }

  // "INSERT INTO t (...) SELECT ...", up to the FROM.
  std::string insert_select(std::string_view deleted) const {
    std::string names;
    std::string values;
    for (const PostgresColumn& column : stage_.columns()) {
      names += postgres_name(column.name) + ", ";
      values += staged_value(stage_, target_.table, "s.", column.name) + ", ";
    }
    if (target_.table.marks.deleted) {
      names += postgres_name(kDeletedColumn) + ", ";
      values += std::string(deleted) + ", ";
    }
    return fmt::format("INSERT INTO {0} ({1}{2}) SELECT {3}s.{2}", table_, names,
                       postgres_name(kSyncedColumn), values);
  }

  PostgresSession& session_;
  const PostgresStage& stage_;
  const StagedTarget& target_;
  const std::string table_;
  const std::string synced_;
  StagedCounts counts_;
};

}  // namespace

Result<StagedCounts> apply_postgres_stage(PostgresSession& session, const PostgresStage& stage,
                                          const StagedTarget& target) {
  return StageApplication(session, stage, target).run();
}

std::vector<std::string> staged_key(const PostgresStage& stage,
                                    const std::vector<std::string>& key) {
  std::vector<std::string> present;
  for (const std::string& name : key) {
    const auto& columns = stage.columns();
    if (std::any_of(columns.begin(), columns.end(),
                    [&](const auto& column) { return column.name == name; })) {
      present.push_back(name);
    }
  }
  return present;
}

}  // namespace tendril
