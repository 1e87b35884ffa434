// Sync: the operations of a connector on its tables, while update() runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cell.h"
#include "frames.h"
#include "json_text.h"
#include "rows.h"
#include "schema.h"

namespace tendril::sdk {

enum class Level : std::uint8_t {
  Debug = 1,
  Fine = 2,
  Info = 3,
  Warning = 4,
  Error = 5,
  Severe = 6,
  Critical = 7
};

// All operations block while the program is behind. Rows are sent many at a time, so that they cost
// little; every operation but those on rows sends what waits.
// Errors: ConnectorError for a row that is wrong, naming table, row and column, after which the
//   connector may go on without it; SyncEnded when nobody takes operations any more.
// Threads: safe to share, with threads that end before update() returns.
class Sync {
 public:
  // `frames` must outlive it. With `in_order`, rows of different tables keep their order.
  Sync(FrameWriter& frames, const std::vector<Table>& tables, bool in_order)
      : frames_(frames), in_order_(in_order) {
    for (const Table& table : tables) {
      buffer_of(table.name).rows.declare(table);
    }
  }
  Sync(const Sync&) = delete;
  Sync& operator=(const Sync&) = delete;

  // Inserts the row, or replaces the one of the same key; columns that it lacks become NULL.
  void upsert(std::string_view table, std::initializer_list<Field> row) {
    take(Operation::Upsert, table, {row.begin(), row.size()});
  }
  void upsert(std::string_view table, std::span<const Field> row) {
    take(Operation::Upsert, table, row);
  }

  // Changes the given columns of a row that is there.
  void update(std::string_view table, std::initializer_list<Field> row) {
    take(Operation::Update, table, {row.begin(), row.size()});
  }
  void update(std::string_view table, std::span<const Field> row) {
    take(Operation::Update, table, row);
  }

  // Marks the row of this key as deleted.
  void delete_row(std::string_view table, std::initializer_list<Field> key) {
    take(Operation::Delete, table, {key.begin(), key.size()});
  }
  void delete_row(std::string_view table, std::span<const Field> key) {
    take(Operation::Delete, table, key);
  }

  // Marks, at the successful end, the rows as deleted that are not written again after this.
  void truncate(std::string_view table) {
    const std::lock_guard lock(mutex_);
    const std::string& name = buffer_of(table).rows.name();
    build_all();
    std::string& out = frames_.begin(FrameKind::Rows);
    out += static_cast<char>(Operation::Truncate);
    append_sized(out, name);
    append_raw(out, std::uint32_t{0});
    append_raw(out, std::uint32_t{0});
    frames_.end();
    frames_.send();
  }

  // Makes everything so far durable, together with the state from which the next sync goes on: an
  // object; {} is an empty one.
  void checkpoint(const State& state) {
    if (!state.is_object() && !state.is_null()) {
      throw ConnectorError(std::string("state must be one JSON object: checkpoint() got ") +
                           state.kind());
    }
    const std::string text = state.is_null() ? "{}" : state.text();
    if (!is_utf8(text)) {
      throw ConnectorError("state holds a text that is not UTF-8");
    }
    if (text.size() > kStateBytesMax) {
      throw ConnectorError("state is too large: " + std::to_string(text.size()) +
                           " bytes, at most 10 MB (" + std::to_string(kStateBytesMax) + " bytes)");
    }
    send(FrameKind::Checkpoint, text);
  }

  // Shows the user a warning.
  void warning(std::string_view message) {
    send(FrameKind::Warning, Json{{"message", readable(message)}}.text());
  }

  // Shows the user what he has to do; the sync fails.
  void error(std::string_view message) {
    send(FrameKind::Task, Json{{"message", readable(message)}, {"trace", nullptr}}.text());
  }

  // Writes a line of the log.
  void log(Level level, std::string_view message) {
    const std::lock_guard lock(mutex_);
    std::string& out = frames_.begin(FrameKind::LogLine);
    out += static_cast<char>(level);
    out += readable(message);
    frames_.end();
    frames_.send();
  }
  void info(std::string_view message) { log(Level::Info, message); }

  // Sends what waits. To be called when update() has returned.
  void finish() {
    const std::lock_guard lock(mutex_);
    build_all();
    frames_.send();
  }

 private:
  static constexpr std::size_t kStateBytesMax = std::size_t{10} * 1024 * 1024;
  // Rows go out when this much waits in all tables together, or so many rows of one table.
  static constexpr std::size_t kWaitingBytes = std::size_t{256} * 1024;
  static constexpr std::uint32_t kRowsMax = 16'384;

  struct TableBuffer {
    explicit TableBuffer(std::string_view name) : rows(name) {}

    RowBuffer rows;
    std::string spelling = {};  // Equal for tables that the naming rules may make one.
    bool has_namesake = false;
  };

  // Messages may quote what came from anywhere.
  static std::string readable(std::string_view text) {
    std::string clean(text);
    for (std::size_t at = 0; at < clean.size();) {
      const std::size_t bytes = utf8_bytes_at(clean, at);
      clean[at] = bytes == 0 ? '?' : clean[at];
      at += std::max<std::size_t>(bytes, 1);
    }
    return clean;
  }

  // Letters and digits of ASCII alone; empty, which is like all others, for a name that has more.
  static std::string spelling_of(std::string_view name) {
    std::string plain;
    for (const char c : name) {
      if (static_cast<unsigned char>(c) >= 0x80) {
        return {};
      }
      const bool is_upper = c >= 'A' && c <= 'Z';
      if (is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        plain += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
      }
    }
    return plain;
  }

  TableBuffer& buffer_of(std::string_view name) {
    if (last_ != nullptr && last_->rows.name() == name) {
      return *last_;
    }
    const auto known = tables_.find(name);
    if (known != tables_.end()) {
      return known->second;
    }
    TableBuffer& made = tables_.try_emplace(std::string(name), name).first->second;
    made.spelling = spelling_of(name);
    for (auto& [other_name, other] : tables_) {
      const bool may_be_one =
          made.spelling.empty() || other.spelling.empty() || other.spelling == made.spelling;
      if (&other != &made && may_be_one) {
        other.has_namesake = true;
        made.has_namesake = true;
      }
    }
    return made;
  }

  // Whether something waits that must not come after a row of this operation, or mix with it.
  bool is_in_the_way(const TableBuffer& table, Operation operation) const {
    if (table.rows.rows() > 0 && table.rows.operation() != operation) {
      return true;
    }
    if (in_order_ && last_ != nullptr && last_ != &table && last_->rows.rows() > 0) {
      return true;
    }
    return table.has_namesake && std::any_of(tables_.begin(), tables_.end(), [&](const auto& each) {
             return &each.second != &table && each.second.has_namesake &&
                    each.second.rows.rows() > 0;
           });
  }

  void take(Operation operation, std::string_view name, std::span<const Field> row) {
    const std::lock_guard lock(mutex_);
    TableBuffer& table = buffer_of(name);
    if (is_in_the_way(table, operation)) {
      build_all();
    }
    waiting_bytes_ += table.rows.take(operation, row);
    last_ = &table;
    if (waiting_bytes_ >= kWaitingBytes || table.rows.rows() >= kRowsMax) {
      build_all();
      frames_.send();
    }
  }

  void send(FrameKind kind, std::string_view payload) {
    const std::lock_guard lock(mutex_);
    build_all();
    frames_.add(kind, payload);
    frames_.send();
  }

  void build_all() {
    for (auto& [name, table] : tables_) {
      if (table.rows.rows() > 0) {
        table.rows.build(frames_);
      }
    }
    waiting_bytes_ = 0;
  }

  FrameWriter& frames_;
  const bool in_order_;
  std::mutex mutex_;  // Guards all below, and the frames.
  std::map<std::string, TableBuffer, std::less<>> tables_;
  TableBuffer* last_ = nullptr;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace tendril::sdk
