// BoundarySet: the records at the upper edge of what a stream has read. The next run reads that
// edge again, for records that came late or share its value; those that are known from before it
// leaves out. Bounded: beyond its limit records are forgotten and may come twice, but none is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Which record it is, and in which version. The same on every machine.
struct Fingerprint {
  std::uint64_t key = 0;
  std::uint64_t version = 0;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Of a record with a primary key: `key` has the values of that, `record` all of it.
Fingerprint keyed_fingerprint(std::string_view key, std::string_view record);
// Of a record without one, which only its content tells from others.
Fingerprint whole_fingerprint(std::string_view record);

// Threads: one at a time.
class BoundarySet {
 public:
  // With keys a record is known when it was last read in the same version. Without keys equal
  // records are counted: as many are left out as were read before.
  enum class Identity { Key, Content };

  static constexpr std::size_t kEntriesMax = 10'000;  // Unless a stream says otherwise.

  explicit BoundarySet(Identity identity, std::size_t entries_max = kEntriesMax)
      : identity_(identity), entries_max_(entries_max) {}

  // False: the record is known, and to be left out. `value` is the cursor's.
  bool admit(std::int64_t value, const Fingerprint& record);

  // Records below `floor` are not read again after this run.
  void raise_floor(std::int64_t floor);

  // The set as it stands in the middle of a run; take_over() brings it back.
  Value progress() const;
  // What the slice has read of the edge, for absorb().
  Value seen() const;

  // Adds what progress(), seen() or state() returned. Errors: BadData when it is no such thing.
  Status take_over(const Value& entries);
  // Adds what seen() of another slice of the run returned. Errors: the same.
  Status absorb(const Value& entries);

  // Ends the run: only records from `floor` on are kept, and no more than the limit: those with
  // the greatest values.
  void settle(std::int64_t floor);
  // For the next run's take_over(). REQUIRES: settle() was called last.
  Value state() const;

  std::size_t size() const { return entries_.size(); }
  // Records from the floor on had to be forgotten: the next run may bring them again.
  bool has_forgotten() const { return has_forgotten_; }

 private:
  using Id = std::pair<std::uint64_t, std::uint64_t>;
  struct Entry {
    std::int64_t value = 0;
    std::uint64_t version = 0;
    std::int64_t known = 0;  // How often earlier runs read it.
    std::int64_t seen = 0;   // How often this one did.
  };
  struct Parsed {
    Fingerprint record;
    Entry entry;
  };

  static Result<Parsed> parsed(const Value& text);
  Id id_of(const Fingerprint& record) const;
  Value written(bool only_seen) const;
  void make_room();
  void keep_greatest();

  Identity identity_;
  std::size_t entries_max_;
  std::map<Id, Entry> entries_;
  std::size_t known_ = 0;  // Entries that came from earlier runs, at most.
  std::int64_t floor_ = INT64_MIN;
  bool has_forgotten_ = false;
};

}  // namespace tendril
