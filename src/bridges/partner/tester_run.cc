#include "bridges/partner/tester_run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bridges/partner/batch_folder.h"
#include "bridges/partner/batch_group.h"
#include "bridges/partner/partner_calls.h"
#include "bridges/partner/partner_step.h"
#include "bridges/partner/tester_input.h"
#include "bridges/partner/tester_operations.h"
#include "bridges/partner/tester_rows.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
namespace wire = fivetran_sdk::v2;

// The protocol's instants have milliseconds: what is to be before another waits that long.
constexpr std::chrono::milliseconds kTick{2};

// A folder for batch files, gone with its owner.
class PassingFolder {
 public:
  static Result<PassingFolder> make() {
    std::error_code fault;
    std::string path = (fs::temp_directory_path(fault) / "tendril-tester-XXXXXX").string();
    if (fault || ::mkdtemp(path.data()) == nullptr) {  // Which gives rights to this user only.
      return Error{.code = ErrorCode::System,
                   .message = "no temporary folder can be made: " + path};
    }
    return PassingFolder(path);
  }
  explicit PassingFolder(fs::path path) : path_(std::move(path)) {}
  ~PassingFolder() {
    if (!path_.empty()) {
      std::error_code ignored;  // What stays, only this user can read.
      fs::remove_all(path_, ignored);
    }
  }
  PassingFolder(PassingFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PassingFolder& operator=(PassingFolder&&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string text_of(const wire::Column& column) {
  const bool is_decimal = column.params().has_decimal();
  return fmt::format("{} {}{}{}", column.name(), wire::DataType_Name(column.type()),
                     is_decimal ? fmt::format("({},{})", column.params().decimal().precision(),
                                              column.params().decimal().scale())
                                : "",
                     column.primary_key() ? " key" : "");
}

std::string text_of(const wire::Table& table) {
  std::string text;
  for (const wire::Column& column : table.columns()) {
    text += (text.empty() ? "" : ", ") + text_of(column);
  }
  return text;
}

bool has_column(const wire::Table& table, const std::string& name) {
  return std::ranges::find(table.columns(), name, &wire::Column::name) != table.columns().end();
}

class TesterRun {
 public:
  TesterRun(const TesterOptions& options, Clock& clock, const TesterReport& report,
            PartnerCalls& calls, BatchFolder& folder)
      : options_(options), clock_(clock), report_(report), calls_(calls), folder_(folder) {}

  Status run(const TesterInput& input) {
    for (const PartnerTable& table : input.created) {
      TRY(named("create_table", table.schema.name, create(table)));
    }
    for (const PartnerTable& table : input.altered) {
      TRY(named("alter_table", table.schema.name, alter(table)));
    }
    for (const auto& operation : input.operations) {
      TRY(std::visit([&](const auto& each) { return carry_out(each); }, operation));
    }
    TRY(flush_all());
    for (const TesterMigration& migration : input.migrations) {
      const TesterCall call = TRY(tester_call(options_.schema, migration));
      TRY(named(migration.name, call.table, migrate(migration.name, call)));
    }
    for (const std::string& table : input.described) {
      TRY(named("describe_table", table, describe(table)));
    }
    return {};
  }

 private:
  // A table that rows are written to, and those that were not sent yet.
  struct Target {
    PartnerTable table;
    std::unique_ptr<BatchGroup> group = nullptr;
    std::string holds = {};  // "2 upsert, 1 delete"
  };

  Status tell(const std::string& line) { return report_(line); }

  // Says in which operation an error came.
  static Status named(const std::string& operation, const std::string& table, Status status) {
    return status.ok() ? std::move(status)
                       : Status(std::move(status).error().while_doing(operation + " " + table));
  }

  Status create(const PartnerTable& table) {
    const std::string& name = table.schema.name;
    const auto present = TRY(calls_.describe(options_.schema, name));
    if (present) {
      TRY(tell("create_table " + name + ": is there already"));
      return alter(table);
    }
    TRY(perform(create_step(options_.schema, table), calls_));
    TRY(tell("create_table " + name + ": " + text_of(to_wire(table))));
    return expect(table);
  }

  Status alter(const PartnerTable& table) {
    TRY(perform(alter_step(options_.schema, table), calls_));
    TRY(tell("alter_table " + table.schema.name + ": " + text_of(to_wire(table))));
    return expect(table);
  }

  // The server shows the table as it was asked for. Types may be those that it has for them.
  Status expect(const PartnerTable& table) {
    const std::string& name = table.schema.name;
    const auto shown = TRY(calls_.describe(options_.schema, name));
    if (!shown) {
      return Error{.code = ErrorCode::BadData,
                   .message = "the server describes no table " + name + " afterwards"};
    }
    const wire::Table wanted = to_wire(table);
    const bool names_key = std::ranges::any_of(shown->columns(), &wire::Column::primary_key);
    for (const wire::Column& column : wanted.columns()) {
      const auto found = std::ranges::find(shown->columns(), column.name(), &wire::Column::name);
      if (found == shown->columns().end()) {
        return missing(name, column.name());
      }
      if (names_key && found->primary_key() != column.primary_key()) {
        return Error{.code = ErrorCode::BadData,
                     .message =
                         "the server describes a column as part of the key, or not as part "
                         "of it, otherwise than asked: " +
                         name + "." + column.name()};
      }
    }
    targets_[name].table = table;
    return {};
  }

  static Error missing(const std::string& table, const std::string& column) {
    return {.code = ErrorCode::BadData,
            .message = "the server describes no column " + table + "." + column + " afterwards"};
  }

  // Returns nullptr when the server has no such table.
  Result<Target*> target(const std::string& name) {
    if (!targets_.contains(name)) {
      const auto present = TRY(calls_.describe(options_.schema, name));
      if (!present) {
        return static_cast<Target*>(nullptr);
      }
      PartnerTable table = table_of(*present);
      if (table.mode == PartnerTableMode::Numbered) {  // The rows name their ids here.
        table.mode = PartnerTableMode::Merged;
        table.schema.columns.push_back({"_fivetran_id", {TypeKind::String}});
        table.schema.primary_key = {"_fivetran_id"};
      }
      if (table.schema.primary_key.empty()) {
        return Error{.code = ErrorCode::InvalidConfig,
                     .message = "the server names no key of table " + name +
                                ", and the input does not create it"};
      }
      targets_[name].table = std::move(table);
    }
    return &targets_[name];
  }

  Status carry_out(const TesterRows& rows) {
    const std::string name = to_string(rows.kind);
    Target* const found = TRY(target(rows.table));
    if (found == nullptr) {
      return tell(name + " " + rows.table + ": left out, there is no such table");
    }
    return named(name, rows.table, add(*found, rows));
  }

  Status add(Target& target, const TesterRows& rows) {
    std::vector<TesterRow> read;
    std::vector<RowKey> keys;
    std::vector<std::int64_t> starts;
    const std::int64_t now = micros_of(this->now());
    for (const Value& row : rows.rows) {
      TesterRow one = TRY(tester_row(target.table, *row.as_map()));
      read.push_back(std::move(one));
      keys.push_back(keys_of(read.back().batch, target.table.schema.primary_key).front());
      starts.push_back(read.back().start == 0 ? now : read.back().start);
    }
    const bool versions = target.table.mode == PartnerTableMode::Versions;
    if (versions && target.group != nullptr && target.group->holds_any(keys)) {
      TRY(flush(target));
    }
    const VersionChain chain = chain_versions(keys, std::move(starts));
    for (std::size_t row = 0; row < read.size(); ++row) {
      const std::vector<RowKey> key{keys[row]};
      if (!versions && target.group != nullptr && target.group->holds_any(key)) {
        TRY(flush(target));
      }
      if (target.group == nullptr) {
        target.group = std::make_unique<BatchGroup>(folder_, target.table);
      }
      target.group->remember(key);
      const VersionChain version{.starts = {chain.starts[row]},
                                 .ends = {chain.ends[row]},
                                 .active = {chain.active[row]},
                                 .first = {chain.first[row]}};
      TRY(put(*target.group, rows.kind, read[row].batch,
              {.synced = this->now(), .versions = versions ? &version : nullptr}));
    }
    target.holds +=
        fmt::format("{}{} {}", target.holds.empty() ? "" : ", ", read.size(), to_string(rows.kind));
    return {};
  }

  static Status put(BatchGroup& group, TesterRowsKind kind, const Batch& row,
                    const BatchGroup::Times& times) {
    switch (kind) {
      case TesterRowsKind::Upsert: return group.replace(row, times);
      case TesterRowsKind::Update: return group.update(row, times);
      case TesterRowsKind::Delete: return group.remove(row, times);
      case TesterRowsKind::SoftDelete: break;
    }
    // A version that is not there any more is ended, however it was deleted.
    return group.table().marks_deleted ? group.mark_deleted(row, times) : group.remove(row, times);
  }

  Status flush(Target& target) {
    if (target.group == nullptr) {
      return {};
    }
    const std::unique_ptr<BatchGroup> group = std::exchange(target.group, nullptr);
    const std::string holds = std::exchange(target.holds, "");
    TRY(group->close_files());
    const PartnerStep step = write_step(options_.schema, *group, folder_.params());
    const std::string call =
        step.kind == PartnerStepKind::WriteHistory ? "WriteHistoryBatch" : "WriteBatch";
    const std::string what =
        call + " " + target.table.schema.name + (holds.empty() ? "" : " (" + holds + ")");
    Status sent = perform(step, calls_);
    if (!sent.ok()) {
      return std::move(sent).error().while_doing(what);
    }
    TRY(tell(fmt::format("{}: {} files, the server took them", what, step.files.size())));
    for (const std::string& file : step.files) {
      std::error_code ignored;  // It goes with the folder.
      fs::remove(file, ignored);
    }
    return {};
  }

  Status flush_all() {
    for (auto& [name, each] : targets_) {
      TRY(flush(each));
    }
    return {};
  }

  Status carry_out(const TesterTruncation& truncation) {
    const std::string name = truncation.soft ? "soft_truncate_before" : "truncate_before";
    if (const auto found = targets_.find(truncation.table); found != targets_.end()) {
      TRY(flush(found->second));
    }
    clock_.sleep(kTick, {});  // What was written before it, is.
    const Instant before = now();
    const PartnerStep step = truncate_step({.schema = options_.schema,
                                            .table = truncation.table,
                                            .before = before,
                                            .soft = truncation.soft});
    TRY(named(name, truncation.table, perform(step, calls_)));
    return tell(name + " " + truncation.table + ": before " + to_iso(before));
  }

  Status migrate(const std::string& name, const TesterCall& call) {
    const auto present = TRY(calls_.describe(options_.schema, call.table));
    if (!present) {
      return tell(name + " " + call.table + ": left out, there is no such table");
    }
    if (call.altered) {
      wire::AlterTableRequest request;
      request.set_schema_name(options_.schema);
      *request.mutable_table() = *present;
      request.set_drop_columns(true);
      TRY(call.altered(*request.mutable_table()));
      TRY(calls_.alter(std::move(request)));
    } else {
      const bool supported = TRY(calls_.migrate(*call.migration));
      if (!supported) {
        return tell(name + " " + call.table + ": the server does not support it");
      }
    }
    for (const TesterExpectation& expected : call.expected) {
      TRY(check(expected));
    }
    return tell(name + " " + call.table + ": done");
  }

  Status check(const TesterExpectation& expected) {
    const auto shown = TRY(calls_.describe(options_.schema, expected.table));
    const bool present = shown && (expected.column.empty() || has_column(*shown, expected.column));
    if (present == expected.present) {
      return {};
    }
    return Error{
        .code = ErrorCode::BadData,
        .message = fmt::format("the server {} {} afterwards: {}{}{}",
                               expected.present ? "describes no" : "still describes a",
                               expected.column.empty() ? "table" : "column", expected.table,
                               expected.column.empty() ? "" : ".", expected.column)};
  }

  Status describe(const std::string& table) {
    const auto shown = TRY(calls_.describe(options_.schema, table));
    return tell("describe_table " + table + ": " +
                (shown ? text_of(*shown) : std::string("there is no such table")));
  }

  Instant now() const { return std::chrono::floor<std::chrono::milliseconds>(clock_.now()); }

  const TesterOptions& options_;
  Clock& clock_;
  const TesterReport& report_;
  PartnerCalls& calls_;
  BatchFolder& folder_;
  std::map<std::string, Target> targets_;
};

}  // namespace

Status run_tester(const TesterOptions& options, Clock& clock, const TesterReport& report,
                  std::stop_token stop) {
  const Value document = TRY(read_json_file(options.input_file));
  const TesterInput input = TRY(read_tester_input(document));
  auto configuration = TRY(read_partner_configuration(options.configuration_file));
  const auto calls =
      TRY(PartnerCalls::connect(options.address, std::move(configuration), std::move(stop)));
  const auto form = TRY(calls->form());
  for (const auto& test : form.tests()) {
    Status passed = calls->test(test.name());
    if (!passed.ok()) {
      return Error{.code = ErrorCode::System, .message = passed.error().message};
    }
    TRY(report("test " + test.name() + ": passed"));
  }
  const wire::BatchFileFormat asked = TRY(calls->format());
  const BatchFileFormat format = options.format.value_or(
      asked == wire::PARQUET ? BatchFileFormat::Parquet : BatchFileFormat::Csv);
  TRY(report(std::string("batch files: ") + (format == BatchFileFormat::Csv ? "CSV" : "PARQUET")));
  const bool compressed = !options.plain_text && format == BatchFileFormat::Csv;
  const PassingFolder passing = TRY(PassingFolder::make());
  BatchFolder folder = TRY(BatchFolder::open(
      passing.path(), {.format = format,
                       .compression = compressed ? BatchCompression::Zstd : BatchCompression::Off,
                       .encrypted = !options.plain_text}));
  return TesterRun(options, clock, report, *calls, folder).run(input);
}

}  // namespace tendril
