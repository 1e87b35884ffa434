#include "sandbox/faults.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::Lt;
using testing::SizeIs;

ApiRequest page(int number) {
  return {.path = "/rows", .query = {{"page", std::to_string(number)}}};
}

std::vector<VendorFault> drawn(FaultSchedule& schedule, int pages, int times) {
  std::vector<VendorFault> kinds;
  for (int number = 1; number <= pages; ++number) {
    for (int time = 0; time < times; ++time) {
      kinds.push_back(schedule.draw(page(number)));
    }
  }
  return kinds;
}

std::string spoilt(VendorFault kind, const std::string& body) {
  ApiResponse response{.body = body};
  spoil(kind, response);
  return response.body;
}

TEST(FaultSchedule, DoesTheSameForTheSameSeed) {
  FaultSchedule one(7);
  FaultSchedule same(7);
  FaultSchedule other(8);
  const auto kinds = drawn(one, 50, 6);
  EXPECT_EQ(drawn(same, 50, 6), kinds);
  EXPECT_NE(drawn(other, 50, 6), kinds);
}

TEST(FaultSchedule, DoesTheSameToARequestWhateverComesBetween) {
  FaultSchedule alone(7);
  FaultSchedule among(7);
  const auto kinds = drawn(alone, 1, 30);
  std::vector<VendorFault> found;
  for (int time = 0; time < 30; ++time) {
    among.draw(page(2));
    found.push_back(among.draw(page(1)));
  }
  EXPECT_EQ(found, kinds);
}

TEST(FaultSchedule, KnowsEveryKindAndLetsEveryThirdTryPass) {
  FaultSchedule schedule(3);
  const auto kinds = drawn(schedule, 400, 6);
  EXPECT_THAT((std::set<VendorFault>(kinds.begin(), kinds.end())),
              SizeIs(vendor_faults().size() + 1));
  for (std::size_t i = 2; i < kinds.size(); i += 3) {
    EXPECT_EQ(kinds[i], VendorFault::None);
  }
  EXPECT_GT(schedule.drawn(), kinds.size() / 20);
}

TEST(FaultSchedule, ZeroEndsIt) {
  FaultSchedule schedule(7);
  schedule.reseed(0);
  for (const VendorFault kind : drawn(schedule, 50, 2)) {
    EXPECT_EQ(kind, VendorFault::None);
  }
}

TEST(FaultSchedule, NeverExpiresTheFirstPage) {
  FaultSchedule schedule(9);
  for (int time = 0; time < 2000; ++time) {
    EXPECT_NE(schedule.draw(page(1)), VendorFault::ExpiredCursor);
  }
}

TEST(RefusalOf, HasAStatusForEachKind) {
  EXPECT_EQ(refusal_of(VendorFault::TooManyRequests).status, 429);
  EXPECT_NE(find_header(refusal_of(VendorFault::TooManyRequests).headers, "Retry-After"), nullptr);
  EXPECT_EQ(find_header(refusal_of(VendorFault::TooManyRequestsMute).headers, "Retry-After"),
            nullptr);
  EXPECT_EQ(refusal_of(VendorFault::ServerError).status, 502);
  EXPECT_EQ(refusal_of(VendorFault::ExpiredToken).status, 401);
  EXPECT_EQ(refusal_of(VendorFault::ExpiredCursor).status, 422);
}

TEST(Spoil, RepeatsAndReordersRowsBareOrEnveloped) {
  EXPECT_EQ(spoilt(VendorFault::DuplicatedRows, R"([{"a":1},{"a":2}])"),
            R"([{"a":1},{"a":2},{"a":1},{"a":2}])");
  EXPECT_EQ(spoilt(VendorFault::ReorderedRows, R"({"n":2,"rows":[{"a":1},{"a":2}]})"),
            R"({"n":2,"rows":[{"a":2},{"a":1}]})");
  EXPECT_EQ(spoilt(VendorFault::DuplicatedRows, R"({"a":1})"), R"({"a":1})");
}

TEST(Spoil, AddsAMemberOfTwoTypes) {
  EXPECT_EQ(spoilt(VendorFault::SchemaDrift, R"([{"a":1},{"a":2}])"),
            R"([{"a":1,"x_drift":0},{"a":2,"x_drift":"1"}])");
}

TEST(Spoil, LeavesNoJsonBehind) {
  const std::string body = R"([{"a":1},{"a":2}])";
  EXPECT_THAT(spoilt(VendorFault::TruncatedJson, body).size(), Lt(body.size()));
  EXPECT_FALSE(parse_json(spoilt(VendorFault::TruncatedJson, body)).ok());
  EXPECT_FALSE(parse_json(spoilt(VendorFault::MalformedJson, body)).ok());
}

TEST(Spoil, TurnsTheClockBack) {
  ApiResponse response;
  spoil(VendorFault::ClockSkew, response);
  EXPECT_THAT(*find_header(response.headers, "Date"), HasSubstr("2000"));
}

}  // namespace
}  // namespace tendril
