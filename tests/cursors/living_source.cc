#include "living_source.h"

#include <algorithm>
#include <tuple>

#include "data/instant.h"

namespace tendril {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::uint64_t kHistoryRows = 25;

std::int64_t number_in(const std::string& text, std::int64_t otherwise) {
  return text.empty() ? otherwise : std::stoll(text);
}

std::int64_t seconds_in(const std::string& text, std::int64_t otherwise) {
  return text.empty() ? otherwise : micros_of(parse_datetime(text).value().instant) / 1'000'000;
}

}  // namespace

LivingSource::LivingSource(std::uint64_t seed, const LivingRules& rules, FakeClock& clock)
    : random_(seed), rules_(rules), clock_(clock) {
  for (std::uint64_t i = 10 + random_.below(kHistoryRows); i > 0; --i) {
    write(++last_id_, now() - 60 - static_cast<std::int64_t>(random_.below(19 * kDay)));
  }
  lives_ = true;
}

std::int64_t LivingSource::now() const { return micros_of(clock_.now()) / 1'000'000 + rules_.skew; }

void LivingSource::show(const Row& row) {
  if (deleted_.contains(row.id)) {
    return;
  }
  const auto [place, is_new] = rows_.try_emplace(row.id, row);
  if (is_new || place->second.seq < row.seq) {
    place->second = row;
    ever_.emplace(rules_.keyed ? row.id : 0, row.value);
  }
}

void LivingSource::show_late(bool all) {
  const std::vector<Late> late = std::exchange(late_, {});
  for (const Late& each : late) {
    if (all || each.seen_at <= now()) {
      show(each.row);
    } else {
      late_.push_back(each);
    }
  }
}

void LivingSource::write(std::int64_t id, std::int64_t time) {
  const std::int64_t seq = ++last_seq_;
  // Without keys, rows of one second are often equal.
  const std::int64_t content = rules_.keyed ? seq : static_cast<std::int64_t>(random_.below(2));
  const Row row{id, seq, time, "v" + std::to_string(content)};
  if (lives_ && rules_.late_max > 0 && random_.below(3) == 0) {
    const auto delay =
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(rules_.late_max) + 1));
    late_.push_back({row, time + delay});
  } else {
    show(row);
  }
}

void LivingSource::change() {
  clock_.advance(std::chrono::milliseconds(random_.below(1'500)));
  show_late(false);
  for (std::uint64_t i = random_.below(3); i > 0 && changes_left_ > 0; --i, --changes_left_) {
    const std::uint64_t kind = random_.below(6);
    const auto any =
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(last_id_)) + 1);
    if (kind <= 2 || (kind <= 4 && !rules_.updates) || !rows_.contains(any)) {
      write(++last_id_, now());
    } else if (kind <= 4) {
      write(any, now());
    } else if (rules_.deletes) {
      rows_.erase(any);
      deleted_.insert(any);
    }
  }
}

void LivingSource::begin_run() { changes_left_ = kChangesMax; }

void LivingSource::rest() {
  lives_ = false;
  show_late(true);
  clock_.advance(std::chrono::seconds(rules_.late_max + std::abs(rules_.skew) + 5));
}

// Each version has a spelling of its own: as texts they are in no order.
std::string LivingSource::spelled(const Row& row) const {
  const Instant instant = instant_from_micros(row.time * 1'000'000);
  const std::string utc = format_datetime(Datetime{instant}, "%Y-%m-%dT%H:%M:%S");
  switch (row.time % 3) {
    case 0: return utc + "Z";
    case 1: return utc + ".000+00:00";
    default: break;
  }
  const Instant east = instant + std::chrono::hours(9);
  return format_datetime(Datetime{east}, "%Y-%m-%dT%H:%M:%S") + "+09:00";
}

std::string LivingSource::json(const Row& row) const {
  const std::string id = rules_.keyed ? std::to_string(row.id) : "0";
  const std::string seq = rules_.keyed ? std::to_string(row.seq) : "0";
  return "{\"id\":" + id + ",\"seq\":" + seq + ",\"updated_at\":\"" + spelled(row) +
         "\",\"value\":\"" + row.value + "\"}";
}

std::string LivingSource::page(const std::function<std::string(std::string_view)>& parameter) {
  if (lives_) {
    change();
  }
  const std::string order = parameter("order");
  const auto place = [&](const Row& row) -> std::pair<std::int64_t, std::int64_t> {
    if (order == "id") {
      return {row.id, 0};
    }
    return order == "seq" ? std::pair(row.seq, std::int64_t{0}) : std::pair(row.time, row.id);
  };
  const std::int64_t since = seconds_in(parameter("since"), INT64_MIN);
  const std::int64_t until = seconds_in(parameter("until"), INT64_MAX);
  const std::int64_t above = number_in(parameter("above"), INT64_MIN);
  const std::int64_t up_to = number_in(parameter("up_to"), INT64_MAX);
  const std::int64_t from = number_in(parameter("from"), INT64_MIN);
  const std::int64_t team = number_in(parameter("team"), -1);
  std::vector<Row> rows;
  for (const auto& [id, row] : rows_) {
    const bool is_asked = row.time >= since && row.time <= until && id > above && id <= up_to &&
                          row.seq >= from && (team < 0 || id % 2 == team);
    if (is_asked) {
      rows.push_back(row);
    }
  }
  std::ranges::sort(rows, [&](const Row& a, const Row& b) {
    return order == "newest" ? place(b) < place(a) : place(a) < place(b);
  });
  if (const std::string after = parameter("after"); !after.empty()) {
    const std::size_t bar = after.find('b');
    const std::pair<std::int64_t, std::int64_t> token(std::stoll(after.substr(1, bar - 1)),
                                                      std::stoll(after.substr(bar + 1)));
    std::erase_if(rows, [&](const Row& row) {
      return order == "newest" ? place(row) >= token : place(row) <= token;
    });
  }
  const auto skipped = static_cast<std::size_t>(number_in(parameter("offset"), 0));
  rows.erase(rows.begin(),
             rows.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, rows.size())));
  const auto limit = static_cast<std::size_t>(number_in(parameter("limit"), 1'000'000));
  const bool has_more = rows.size() > limit;
  rows.resize(std::min(limit, rows.size()));
  std::string text = "{\"items\":[";
  for (const Row& row : rows) {
    text += (text.back() == '[' ? "" : ",") + json(row);
  }
  text += "],\"next\":";
  if (!has_more) {
    return text + "null}";
  }
  const auto last = place(rows.back());
  return text + "\"a" + std::to_string(last.first) + "b" + std::to_string(last.second) + "\"}";
}

std::map<std::int64_t, std::string> LivingSource::current() const {
  std::map<std::int64_t, std::string> current;
  for (const auto& [id, row] : rows_) {
    current[id] = row.value;
  }
  return current;
}

}  // namespace tendril
