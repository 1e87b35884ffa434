// ProtocolState: the state of streams as platforms keep it, and the entries that the engine works
// with; each way.
//
// The state of a stream that has been read to its end is what the reference would send, so that a
// platform can change from it to this program and back. While a stream is being read its state has
// the member "_tendril" beside the cursor of the last complete read:
//   {"updated_at": …, "_tendril": {"stream": {…}, "slices": {"id": {…}, …}}}
// With it the next attempt goes on at the page where this one ended; the reference passes it over
// and reads again from the cursor.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/state_entry.h"
#include "data/value.h"

namespace tendril {

// Threads: one at a time.
class ProtocolState {
 public:
  // Reads what a platform hands over: a list of STATE contents of the types STREAM, GLOBAL and
  // LEGACY, one such object, or an old object of stream names; null for none.
  // Errors: InvalidConfig naming the place; BadData and Unsupported for a damaged or newer state.
  static Result<ProtocolState> parse(const Value& input);

  // All of it, as a destination's load_state() returns it.
  std::vector<StateEntry> entries() const;

  // Takes over what a commit brings. Returns the streams that it concerns.
  // Errors: Internal for entries that are not the engine's.
  Result<std::set<std::string>> apply(const Checkpoint& checkpoint);

  // The state of a stream as JSON.
  std::string json_of(std::string_view stream) const;

 private:
  struct Stream {
    std::string entry;                          // As the engine stores it, or "".
    std::map<std::string, std::string> slices;  // Entries by the key of the slice.
    std::string cursor;                         // Of the entry: an object as JSON, or "".
    std::string attempt;                        // The entry without its cursor; "" between loads.
  };

  Status take(const std::string& name, const Value& state);
  static Status look_into(const std::string& name, Stream& stream);

  std::map<std::string, Stream, std::less<>> streams_;
};

}  // namespace tendril
