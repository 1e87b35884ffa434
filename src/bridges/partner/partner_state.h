// PartnerState: the state of all streams of a source as a client of the partner protocol keeps it,
// one JSON object, and the entries that the engine works with; each way.
//   {"version":1,"streams":{"issues":{"state":{…},"slices":{"id":{…}}}}}
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/state_entry.h"

namespace tendril {

// Threads: one at a time.
class PartnerState {
 public:
  // Reads what json() returned; "" and "{}" are the state before the first update.
  // Errors: InvalidConfig for what is no such state; Unsupported for that of a newer program.
  static Result<PartnerState> parse(std::string_view json);

  // All of it, as a destination's load_state() returns it.
  std::vector<StateEntry> entries() const;

  // Takes over what a commit brings.
  void apply(const Checkpoint& checkpoint);

  std::string json() const;

 private:
  struct Stream {
    std::string entry;                                       // As the engine stores it, or "".
    std::map<std::string, std::string, std::less<>> slices;  // By the key of the slice.
  };

  std::map<std::string, Stream, std::less<>> streams_;
};

}  // namespace tendril
