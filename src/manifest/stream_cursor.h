// StreamCursor: reads a stream by a value that grows with its records: what windows to ask for,
// what value a record carries, and how far the stream has been read. Source: manifest field
// "DeclarativeStream.incremental_sync".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/boundary_set.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/request_draft.h"
#include "manifest/request_option.h"
#include "manifest/window.h"

namespace tendril {

// An extension of the language: windows that shrink when the API does not answer in time, and grow
// back. See AdaptiveWindows.
struct AdaptiveStep {
  Micros min_step = Micros(0);
  int tries_max = 8;  // Of one window.
};

// An extension of the language: what is read again below the state, and left out where it is known.
// See RereadFilter.
struct OverlapRules {
  Micros span = Micros(0);
  std::size_t remembered_max = BoundarySet::kEntriesMax;  // Of all partitions together.
};

// An extension of the language: what an IdCursor says in requests. See IdRead.
struct IdPaging {
  RequestOption id_option;                  // Records above this id.
  std::optional<RequestOption> end_option;  // And up to this one.
  std::optional<RequestOption> size_option;
  std::vector<std::int64_t> page_sizes;  // From the greatest to the least; never empty.
  std::int64_t range_size = 0;           // Ids of a slice; 0: one slice has them all.
  int rejected_max = 100;                // Records of a slice that can not be read.
};

// Values are instants; a cursor that counts carries its numbers as so many microseconds, so that
// one arithmetic serves both.
// Threads: safe to share.
class StreamCursor {
 public:
  struct Options {
    std::string field;
    WindowRules rules = {};
    // What is taken off the value of the last run.
    Duration lookback = {};
    // Values that differ by no more than this follow each other without a gap.
    Micros unit = std::chrono::milliseconds(1);
    bool is_data_feed = false;                // From the newest record to older ones.
    bool is_client_side_incremental = false;  // The API can not filter.
    bool is_global = false;                   // All partitions share one state.
    bool is_newest_first = false;             // Windows are read from the last to the first.
    // Windows of the past that one run reads, newest first; nullopt: all.
    std::optional<std::int64_t> windows_per_run = std::nullopt;
    std::optional<OverlapRules> overlap = std::nullopt;
    std::optional<AdaptiveStep> adaptive = std::nullopt;
    std::shared_ptr<const IdPaging> id_paging = nullptr;  // Pages are asked for by id.
    bool takes_partitions = true;
    bool is_time = true;
  };

  virtual ~StreamCursor() = default;

  const Options& options() const { return options_; }
  const std::string& field() const { return options_.field; }
  bool is_data_feed() const { return options_.is_data_feed; }
  bool is_client_side_incremental() const { return options_.is_client_side_incremental; }

  // The span that a run reads when nothing was read before. Evaluated anew at each call, since it
  // may depend on the clock.
  // Errors: InvalidConfig naming the template and what it came to.
  virtual Result<Window> span() const = 0;

  // The greatest value of interest, now; `span` is that of the run.
  virtual Instant latest(const Window& span) const = 0;

  // Reads a record's or a state's value.
  virtual Result<Instant> parse(std::string_view text) const = 0;
  virtual Value format(Instant value) const = 0;

  // What templates see of a window: {"start_time": …, "end_time": …}, under the manifest's names.
  virtual Map window_view(const Window& window) const = 0;
  // The way back; nullopt for a cursor without windows, which goes by its records alone.
  virtual std::optional<Window> window_of(const Map& window_view) const = 0;
  virtual Status inject(const Map& window_view, RequestDraft& draft) const = 0;

 protected:
  StreamCursor() = default;
  StreamCursor(const StreamCursor&) = default;
  StreamCursor& operator=(const StreamCursor&) = default;

  Options options_;
};

// The cursor of a stream, by the component's type; null when the stream has none. `environment`
// must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<const StreamCursor>> stream_cursor(const Node& stream,
                                                          const Environment& environment);

// How a stream is to be loaded. An extension: manifest field "DeclarativeStream.load_mode".
enum class LoadMode {
  Full,         // Whole, each time.
  Incremental,  // Whole at first, then what is new.
  Reverse,      // As Incremental, but the newest records first.
};

// Incremental where the stream says nothing.
// Errors: InvalidConfig with file, line and column.
Result<LoadMode> load_mode(const Node& stream);

// The component that says which field the cursor goes by: `incremental_sync` itself, or what the
// extensions around it hold.
const Node& innermost_cursor(const Node& incremental_sync);

// Extensions around a cursor.
struct CursorExtensions {
  bool is_newest_first = false;
  std::optional<std::int64_t> windows_per_run = std::nullopt;
  std::optional<OverlapRules> overlap = std::nullopt;
  std::optional<AdaptiveStep> adaptive = std::nullopt;
};

// Source: manifest components "DatetimeBasedCursor" and "IncrementingCountCursor".
Result<std::unique_ptr<const StreamCursor>> datetime_cursor(
    const Node& node, const Environment& environment, const CursorExtensions& extensions = {});
Result<std::unique_ptr<const StreamCursor>> counting_cursor(
    const Node& node, const Environment& environment, const CursorExtensions& extensions = {});
// An extension.
Result<std::unique_ptr<const StreamCursor>> id_cursor(const Node& node,
                                                      const Environment& environment,
                                                      const CursorExtensions& extensions = {});

}  // namespace tendril
