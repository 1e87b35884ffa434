#include "bridges/partner/commit_journal.h"

#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "core/encoding.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr const char* kSchema =
    "PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS epochs (place TEXT, connection TEXT, epoch INTEGER,"
    " PRIMARY KEY (place, connection));"
    "CREATE TABLE IF NOT EXISTS states (place TEXT, connection TEXT, stream TEXT, slice TEXT,"
    " state TEXT, PRIMARY KEY (place, connection, stream, slice));"
    "CREATE TABLE IF NOT EXISTS loads (place TEXT, connection TEXT, table_name TEXT,"
    " started INTEGER, PRIMARY KEY (place, connection, table_name));"
    "CREATE TABLE IF NOT EXISTS commits (place TEXT, connection TEXT, steps TEXT,"
    " checkpoint TEXT, PRIMARY KEY (place, connection));";

const std::string& text_of(const SqliteValue& value) {
  static const std::string kNone;
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? kNone : *text;
}

std::string json_of(const std::vector<PartnerStep>& steps) {
  List list;
  for (const PartnerStep& step : steps) {
    List files;
    for (const std::string& file : step.files) {
      files.emplace_back(file);
    }
    list.emplace_back(
        List{static_cast<int>(step.kind), base64_encode(step.request), Value(std::move(files))});
  }
  return to_json(Value(std::move(list)));
}

std::string json_of(const Checkpoint& checkpoint) {
  List erased;
  for (const StateKey& key : checkpoint.erased) {
    erased.emplace_back(List{key.stream, key.slice});
  }
  List entries;
  for (const StateEntry& entry : checkpoint.entries) {
    entries.emplace_back(List{entry.stream, entry.slice, entry.json});
  }
  List completed;
  for (const std::string& table : checkpoint.completed_tables) {
    completed.emplace_back(table);
  }
  return to_json(Value(
      List{Value(std::move(erased)), Value(std::move(entries)), Value(std::move(completed))}));
}

// Reads what json_of() writes; whatever else stands in the file is damage.
class KeptCommit {
 public:
  static Result<PendingCommit> read(const std::string& steps, const std::string& checkpoint) {
    KeptCommit reader;
    const Value all_steps = TRY(parse_json(steps));
    const Value all = TRY(parse_json(checkpoint));
    PendingCommit commit;
    for (const Value& each : reader.items(&all_steps)) {
      commit.steps.push_back(reader.step(each));
    }
    for (const Value& each : reader.items(reader.item(all, 0))) {
      commit.checkpoint.erased.push_back({reader.text(each, 0), reader.text(each, 1)});
    }
    for (const Value& each : reader.items(reader.item(all, 1))) {
      commit.checkpoint.entries.push_back(
          {reader.text(each, 0), reader.text(each, 1), reader.text(each, 2)});
    }
    for (const Value& each : reader.items(reader.item(all, 2))) {
      commit.checkpoint.completed_tables.push_back(reader.text(&each));
    }
    if (reader.damaged_) {
      return Error{.code = ErrorCode::BadData, .message = "the commit that was kept is damaged"};
    }
    return commit;
  }

 private:
  const List& items(const Value* value) {
    static const List kNone;
    const List* list = value == nullptr ? nullptr : value->as_list();
    damaged_ = damaged_ || list == nullptr;
    return list == nullptr ? kNone : *list;
  }
  const Value* item(const Value& list, std::size_t index) {
    const List& all = items(&list);
    damaged_ = damaged_ || index >= all.size();
    return index < all.size() ? &all[index] : nullptr;
  }
  std::string text(const Value* value) {
    const std::string* found = value == nullptr ? nullptr : value->as_string();
    damaged_ = damaged_ || found == nullptr;
    return found == nullptr ? std::string() : *found;
  }
  std::string text(const Value& list, std::size_t index) { return text(item(list, index)); }

  PartnerStep step(const Value& value) {
    PartnerStep step;
    const Value* kind = item(value, 0);
    const std::int64_t* number = kind == nullptr ? nullptr : kind->as_int();
    const std::optional<std::string> request = base64_decode(text(value, 1));
    damaged_ = damaged_ || number == nullptr || !request;
    step.kind = static_cast<PartnerStepKind>(number == nullptr ? 0 : *number);
    step.request = request.value_or("");
    for (const Value& file : items(item(value, 2))) {
      step.files.push_back(text(&file));
    }
    return step;
  }

  bool damaged_ = false;
};

}  // namespace

Result<CommitJournal> CommitJournal::open(const std::filesystem::path& file, std::string place,
                                          std::string connection) {
  std::error_code fault;
  if (std::filesystem::create_directories(file.parent_path(), fault)) {
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, fault);
  }
  auto database = TRY(SqliteDatabase::open(file));
  TRY(database->run_script(kSchema));
  return CommitJournal(std::move(database), std::move(place), std::move(connection));
}

std::vector<SqliteValue> CommitJournal::with_key(std::vector<SqliteValue> more) const {
  std::vector<SqliteValue> parameters{place_, connection_};
  parameters.insert(parameters.end(), more.begin(), more.end());
  return parameters;
}

Status CommitJournal::begin_epoch() {
  const auto raised = TRY(database_->rows(
      "INSERT INTO epochs VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 "
      "RETURNING epoch",
      with_key()));
  epoch_ = std::get<std::int64_t>(raised.at(0).at(0));
  return {};
}

Result<bool> CommitJournal::check_epoch() {
  const auto found = TRY(
      database_->rows("SELECT 1 FROM epochs WHERE place = ?1 AND connection = ?2 AND epoch = ?3",
                      with_key({epoch_})));
  if (found.empty()) {
    return Error{.code = ErrorCode::Cancelled,
                 .message = "another run of the connection took over: " + connection_};
  }
  return true;
}

Result<std::vector<StateEntry>> CommitJournal::load() {
  const auto rows = TRY(database_->rows(
      "SELECT stream, slice, state FROM states WHERE place = ?1 AND connection = ?2 "
      "ORDER BY stream, slice",
      with_key()));
  std::vector<StateEntry> entries;
  for (const SqliteRow& row : rows) {
    entries.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2])});
  }
  return entries;
}

Result<std::optional<PendingCommit>> CommitJournal::pending() {
  const auto rows = TRY(database_->rows(
      "SELECT steps, checkpoint FROM commits WHERE place = ?1 AND connection = ?2", with_key()));
  if (rows.empty()) {
    return std::optional<PendingCommit>();
  }
  PendingCommit commit = TRY(KeptCommit::read(text_of(rows[0][0]), text_of(rows[0][1])));
  return std::optional(std::move(commit));
}

Status CommitJournal::begin(const PendingCommit& commit) {
  TRY(database_->transaction([&] { return keep(commit); }));
  return {};
}

Result<bool> CommitJournal::keep(const PendingCommit& commit) {
  TRY(check_epoch());
  TRY(database_->run("INSERT OR REPLACE INTO commits VALUES (?1, ?2, ?3, ?4)",
                     with_key({json_of(commit.steps), json_of(commit.checkpoint)})));
  return true;
}

Status CommitJournal::complete(const Checkpoint& checkpoint) {
  TRY(database_->transaction([&] { return apply(checkpoint); }));
  return {};
}

Result<bool> CommitJournal::apply(const Checkpoint& checkpoint) {
  TRY(check_epoch());
  for (const StateKey& key : checkpoint.erased) {
    TRY(database_->run(
        "DELETE FROM states WHERE place = ?1 AND connection = ?2 AND stream = ?3 AND slice = ?4",
        with_key({key.stream, key.slice})));
  }
  for (const StateEntry& entry : checkpoint.entries) {
    TRY(database_->run("INSERT OR REPLACE INTO states VALUES (?1, ?2, ?3, ?4, ?5)",
                       with_key({entry.stream, entry.slice, entry.json})));
  }
  for (const std::string& table : checkpoint.completed_tables) {
    TRY(database_->run("DELETE FROM loads WHERE place = ?1 AND connection = ?2 AND table_name = ?3",
                       with_key({table})));
  }
  TRY(database_->run("DELETE FROM commits WHERE place = ?1 AND connection = ?2", with_key()));
  return true;
}

Status CommitJournal::abandon() {
  TRY(database_->run(
      "DELETE FROM commits WHERE place = ?1 AND connection = ?2 AND EXISTS (SELECT 1 "
      "FROM epochs e WHERE e.place = ?1 AND e.connection = ?2 AND e.epoch = ?3)",
      with_key({epoch_})));
  return {};
}

Result<Instant> CommitJournal::begin_load(const std::string& table, bool resume, Instant now) {
  if (resume) {
    const auto known = TRY(database_->rows(
        "SELECT started FROM loads WHERE place = ?1 AND connection = ?2 AND table_name = ?3",
        with_key({table})));
    if (!known.empty()) {
      return instant_from_micros(std::get<std::int64_t>(known[0][0]));
    }
  }
  TRY(database_->run("INSERT OR REPLACE INTO loads VALUES (?1, ?2, ?3, ?4)",
                     with_key({table, micros_of(now)})));
  return now;
}

}  // namespace tendril
