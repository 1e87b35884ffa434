#include "bridges/fivetran/run_profile.h"

#include <gmock/gmock.h>

#include "data/json.h"

namespace tendril {
namespace {

using std::chrono::nanoseconds;

nanoseconds sum_of(const std::vector<ProfileLine>& lines) {
  nanoseconds sum{0};
  for (const ProfileLine& line : lines) {
    sum += line.wall;
  }
  return sum;
}

nanoseconds wall_of(const RunProfile& profile, const std::string& name) {
  for (const ProfileLine& line : profile.parts) {
    if (line.name == name) {
      return line.wall;
    }
  }
  return nanoseconds(-1);
}

const RunMoments kMoments{.began = nanoseconds(100),
                          .process_ended = nanoseconds(1000),
                          .ended = nanoseconds(1100),
                          .reading = {},
                          .queueing = {},
                          .writing = {nanoseconds(70), nanoseconds(60)},
                          .committing = {},
                          .idle = {}};

TEST(RunProfile, AddsUpToTheWallTime) {
  const Value told = parse_json(R"({"started": 150, "loaded": 200, "declared": 210, "go": 230,
      "ended": 900, "cpu": {"load": 40, "schema": 5, "update": 300},
      "main": {"network": {"wall": 200, "cpu": 20}, "encode": {"wall": 100, "cpu": 100}},
      "others": {"network": {"wall": 5000, "cpu": 3}}})")
                         .value();

  const RunProfile profile = profile_of(kMoments, told);

  EXPECT_EQ(profile.total, nanoseconds(1000));
  EXPECT_EQ(sum_of(profile.parts), profile.total);
  EXPECT_EQ(wall_of(profile, "network"), nanoseconds(200));
  EXPECT_EQ(wall_of(profile, "the connector's own code"), nanoseconds(370));
  EXPECT_EQ(wall_of(profile, "destination, after the connector"), nanoseconds(100));
  EXPECT_EQ(wall_of(profile, "other"), nanoseconds(0));
  EXPECT_EQ(profile.beside.front().wall, nanoseconds(5000));
}

TEST(RunProfile, AddsUpWhenTheProcessEndedWithoutTelling) {
  const RunProfile profile = profile_of(kMoments, Value());

  EXPECT_EQ(sum_of(profile.parts), profile.total);
  EXPECT_EQ(wall_of(profile, "the connector's process"), nanoseconds(900));
}

TEST(RunProfile, AddsUpWhenMomentsMakeNoSense) {
  const Value told =
      parse_json(R"({"started": 150, "loaded": 20, "go": 1500, "ended": "x"})").value();

  EXPECT_EQ(sum_of(profile_of(kMoments, told).parts), nanoseconds(1000));
}

}  // namespace
}  // namespace tendril
