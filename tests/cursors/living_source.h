// LivingSource: the rows of an API that change while they are read: between pages, windows and
// runs. Rows come, change and go; some are seen only after others with a later time; the clock of
// the server is not ours; times are shared, and spelled in many ways. All by seed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/random.h"
#include "testing/fake_clock.h"

namespace tendril {

struct LivingRules {
  bool updates = true;
  bool deletes = false;
  std::int64_t late_max = 0;  // Seconds from a row's time until it is seen.
  std::int64_t skew = 0;      // Seconds that the server's clock is ahead of ours.
  bool keyed = true;          // False: rows have no id that tells them apart, and some are equal.
};

// Threads: one at a time.
class LivingSource {
 public:
  using Version = std::pair<std::int64_t, std::string>;  // Id and value.

  // The history of twenty days before the clock's time.
  LivingSource(std::uint64_t seed, const LivingRules& rules, FakeClock& clock);

  // Answers one request; the rows change before it. Parameters: since, until (times), from
  // (a number), above and up_to (ids), team (0 or 1: even or odd ids), order (time, newest, id,
  // seq), limit, and after (a token) or offset. `{"items": […], "next": "…"}`.
  std::string page(const std::function<std::string(std::string_view)>& parameter);

  // So many rows may change until the next call: else a slow reader never comes to an end.
  static constexpr int kChangesMax = 40;
  void begin_run();

  // Nothing changes any more, and all is seen.
  void rest();

  // What is there now, and all that was ever seen.
  std::map<std::int64_t, std::string> current() const;
  const std::multiset<Version>& ever() const { return ever_; }

 private:
  struct Row {
    std::int64_t id = 0;
    std::int64_t seq = 0;   // Of the change.
    std::int64_t time = 0;  // Seconds, of the server's clock.
    std::string value;
  };
  struct Late {
    Row row;
    std::int64_t seen_at = 0;
  };

  std::int64_t now() const;
  void change();
  void write(std::int64_t id, std::int64_t time);
  void show(const Row& row);
  void show_late(bool all);
  std::string spelled(const Row& row) const;
  std::string json(const Row& row) const;

  Random random_;
  const LivingRules rules_;
  FakeClock& clock_;
  std::map<std::int64_t, Row> rows_;
  std::set<std::int64_t> deleted_;
  std::vector<Late> late_;
  std::multiset<Version> ever_;
  std::int64_t last_id_ = 0;
  std::int64_t last_seq_ = 0;
  int changes_left_ = 0;
  bool lives_ = false;
};

}  // namespace tendril
