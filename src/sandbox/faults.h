// FaultSchedule: what a simulated vendor does wrong, decided by a seed (requirement S2). The same
// seed does the same to the n-th time that a request is made, whatever else is asked for meanwhile,
// so that a run that failed can be repeated.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string_view>

#include "sandbox/exchange.h"

namespace tendril {

enum class VendorFault : std::uint8_t {
  None,
  TooManyRequests,      // 429 that says when to come back.
  TooManyRequestsMute,  // 429 that does not.
  ServerError,          // 500, 502 or 503.
  ExpiredToken,         // 401 for a good credential.
  ExpiredCursor,        // 422 for a page after the first.
  ConnectionReset,      // The connection ends within the body.
  TruncatedJson,        // The whole answer came, and ends early.
  MalformedJson,        // A byte within it is wrong.
  SlowBody,             // It takes its time.
  DuplicatedRows,       // Every row of the page comes twice.
  ReorderedRows,        // The last row of the page comes first.
  SchemaDrift,          // Rows have a member more, now a number, now a text.
  ClockSkew,            // The Date header is a day off.
};

struct VendorFaultName {
  VendorFault kind;
  std::string_view name;  // "server-error"
};

// All kinds but None.
std::span<const VendorFaultName> vendor_faults();

// Threads: safe to share.
class FaultSchedule {
 public:
  // 0: nothing goes wrong.
  explicit FaultSchedule(std::uint64_t seed) : seed_(seed) {}

  // Starts anew with another seed.
  void reseed(std::uint64_t seed);

  // Says what goes wrong with this request, made now.
  VendorFault draw(const ApiRequest& request);

  std::uint64_t drawn() const { return drawn_; }  // How many times something went wrong.

 private:
  std::mutex mutex_;
  std::uint64_t seed_;                            // Guarded by mutex_,
  std::map<std::uint64_t, std::uint64_t> times_;  // as is this: how often each request was made.
  std::atomic<std::uint64_t> drawn_ = 0;
};

// The answer in the place of the vendor's, for the kinds that refuse a request.
// REQUIRES: is_refusal(kind).
ApiResponse refusal_of(VendorFault kind);
bool is_refusal(VendorFault kind);

// Spoils an answer, for the kinds that do not touch the connection. What is no JSON list of
// objects, bare or within an object, has no rows to repeat.
void spoil(VendorFault kind, ApiResponse& response);

}  // namespace tendril
