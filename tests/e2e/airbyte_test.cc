// The real program as an Airbyte source: what a platform sees on its standard output.
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>

#include "child_process.h"
#include "data/json.h"
#include "shop.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class AirbyteTest : public Shop {
 protected:
  Ended run(std::vector<std::string> more, LaunchOptions options = {}) const {
    return run_tendril(arguments(std::move(more)), std::move(options));
  }

  std::vector<std::string> arguments(std::vector<std::string> more) const {
    more.insert(more.begin(), {"airbyte", path("shop.yaml").string()});
    return more;
  }

  // Reads both streams, with more options.
  Ended read(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"read", "--config", path("config.json").string(), "--catalog",
                               path("catalog.json").string()});
    return run(std::move(more));
  }

  void choose(const std::string& streams) const {
    std::string text;
    std::istringstream names(streams);
    for (std::string name; names >> name;) {
      text += (text.empty() ? "" : ",") +
              (R"({"stream":{"name":")" + name + R"("},"sync_mode":"full_refresh"})");
    }
    write_file("catalog.json", R"({"streams":[)" + text + "]}");
  }

  // The messages of one type, each shortened by `pointer` to what matters; log lines left out.
  static std::vector<std::string> sent(const Ended& ended, std::string_view type,
                                       std::string_view pointer) {
    std::vector<std::string> found;
    std::istringstream lines(ended.output);
    for (std::string line; std::getline(lines, line);) {
      const auto message = parse_json(line);
      EXPECT_TRUE(message.ok()) << line;
      const Value* part = message.ok() ? find_pointer(*message, pointer) : nullptr;
      if (part != nullptr && *message->find("type") == Value(type)) {
        found.push_back(to_json(*part));
      }
    }
    return found;
  }

  void SetUp() override {
    Shop::SetUp();
    choose("items orders");
  }
};

constexpr const char* kStatus = "/trace/stream_status/status";

TEST_F(AirbyteTest, SaysWhatItNeeds) {
  const Ended ended = run({"spec"});

  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(sent(ended, "SPEC", "/spec/connectionSpecification/required"),
              ElementsAre(R"(["url","token"])"));
}

TEST_F(AirbyteTest, ChecksAConnection) {
  serve_good_data();
  const Ended good = run({"check", "--config", path("config.json").string()});
  imposter_.when("GET", "/items").with_query("page", "1").answer(401, "{}");
  const Ended refused = run({"check", "--config", path("config.json").string()});
  write_file("config.json", R"({"url":"http://127.0.0.1:1"})");
  const Ended wrong = run({"check", "--config", path("config.json").string()});

  EXPECT_EQ(good.status, 0);
  EXPECT_THAT(sent(good, "CONNECTION_STATUS", "/connectionStatus"),
              ElementsAre(R"({"status":"SUCCEEDED"})"));
  EXPECT_EQ(refused.status, 0);
  EXPECT_THAT(sent(refused, "CONNECTION_STATUS", "/connectionStatus"),
              ElementsAre(AllOf(HasSubstr("FAILED"), HasSubstr("401"))));
  EXPECT_EQ(wrong.status, 0);
  EXPECT_THAT(sent(wrong, "CONNECTION_STATUS", "/connectionStatus"),
              ElementsAre(AllOf(HasSubstr("FAILED"), HasSubstr("token"))));
}

TEST_F(AirbyteTest, NamesItsStreams) {
  const Ended ended = run({"discover", "--config", path("config.json").string()});

  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(sent(ended, "CATALOG", "/catalog/streams/0"),
              ElementsAre(R"({"name":"items","json_schema":{"type":"object","properties":)"
                          R"({"id":{"type":"integer"},"name":{"type":"string"}}},)"
                          R"("supported_sync_modes":["full_refresh"],)"
                          R"("source_defined_primary_key":[["id"]],)"
                          R"("is_resumable":false,"is_file_based":false})"));
}

TEST_F(AirbyteTest, ReadsRecordsAsTheyAre) {
  serve_good_data();
  imposter_.when("GET", "/orders")
      .answer(200, "{\"data\":[{\"id\": 12345678901234567890123, \"x\":null,\n \"f\":1.10}]}");

  const Ended ended = read();

  EXPECT_EQ(ended.status, 0) << ended.output << ended.messages;
  EXPECT_THAT(sent(ended, "RECORD", "/record/data"),
              testing::UnorderedElementsAre(R"({"id":1,"name":"one"})", R"({"id":2,"name":"two"})",
                                            R"({"id":3,"name":"three"})",
                                            R"({"id":12345678901234567890123,"f":1.1})"));
  EXPECT_THAT(ended.output, HasSubstr(R"("data":{"id":12345678901234567890123,"f":1.10})"));
  EXPECT_THAT(sent(ended, "STATE", "/state/stream/stream_state"),
              Contains(R"({"__ab_no_cursor_state_message":true})").Times(2));
  EXPECT_THAT(sent(ended, "TRACE", kStatus),
              testing::UnorderedElementsAre("\"STARTED\"", "\"RUNNING\"", "\"COMPLETE\"",
                                            "\"STARTED\"", "\"RUNNING\"", "\"COMPLETE\""));
  EXPECT_THAT(ended.messages, IsEmpty());
}

TEST_F(AirbyteTest, ReadsTheRestWhenAStreamFails) {
  serve_good_data();
  imposter_.when("GET", "/orders").answer(403, R"({"message":"no"})");

  const Ended ended = read();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(sent(ended, "RECORD", "/record/stream"),
              AllOf(SizeIs(3), Each(std::string("\"items\""))));
  EXPECT_THAT(sent(ended, "TRACE", "/trace/error/failure_type"), ElementsAre("\"config_error\""));
  EXPECT_THAT(sent(ended, "TRACE", "/trace/error/stream_descriptor/name"),
              ElementsAre("\"orders\""));
  EXPECT_THAT(sent(ended, "TRACE", kStatus), Contains("\"INCOMPLETE\"").Times(1));
  EXPECT_THAT(ended.output, Not(HasSubstr(std::string(kToken))));
}

TEST_F(AirbyteTest, GoesOnWhereAnAttemptEnded) {
  serve_good_data();
  choose("items");
  imposter_.when("GET", "/items").with_query("page", "2").answer(400, "{}");
  const Ended first = read();
  ASSERT_EQ(first.status, 1);
  const std::vector<std::string> states = sent(first, "STATE", "/state");
  ASSERT_THAT(states, Not(IsEmpty()));
  EXPECT_THAT(states.back(), HasSubstr("_tendril"));
  write_file("state.json", "[" + states.back() + "]");
  imposter_.when("GET", "/items")
      .with_query("page", "2")
      .answer(200, R"({"data":[{"id":3,"name":"three"}]})");

  const Ended second = read({"--state", path("state.json").string()});

  EXPECT_EQ(second.status, 0) << second.output;
  EXPECT_THAT(sent(first, "RECORD", "/record/data/id"), ElementsAre("1", "2"));
  EXPECT_THAT(sent(second, "RECORD", "/record/data/id"), ElementsAre("3"));
}

TEST_F(AirbyteTest, LeavesAStreamIncompleteThatIsNotThere) {
  serve_good_data();
  choose("gone items");

  const Ended ended = read();

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(sent(ended, "RECORD", "/record/data/id"), SizeIs(3));
  EXPECT_THAT(sent(ended, "TRACE", "/trace/stream_status"),
              Contains(R"({"stream_descriptor":{"name":"gone"},"status":"INCOMPLETE"})"));
}

TEST_F(AirbyteTest, TellsThePlatformWhatKeepsItFromStarting) {
  write_file("catalog.json", "[]");
  const Ended catalog = read();
  choose("items");
  write_file("config.json", R"({"url":"http://127.0.0.1:1"})");
  const Ended config = read();

  EXPECT_EQ(catalog.status, 1);
  EXPECT_THAT(sent(catalog, "TRACE", "/trace/error/message"),
              ElementsAre(HasSubstr("configured catalog")));
  EXPECT_EQ(config.status, 1);
  EXPECT_THAT(sent(config, "TRACE", "/trace/error"),
              ElementsAre(AllOf(HasSubstr("token"), HasSubstr("config_error"))));
}

TEST_F(AirbyteTest, RefusesWrongUse) {
  EXPECT_EQ(run({"frob"}).status, 2);
  const Ended no_config = run({"check"});
  EXPECT_EQ(no_config.status, 2);
  EXPECT_THAT(no_config.errors(), ElementsAre(HasSubstr("--config is missing")));
  EXPECT_EQ(run({"read", "--config", path("config.json").string()}).status, 2);
}

TEST_F(AirbyteTest, TakesTheConfigurationAsItIs) {
  write_file("config.json", "{\"url\":\"" + imposter_.origin() + "\",\"token\":\"${HOME}\"}");
  imposter_.when("GET", "/items")
      .with_header("Authorization", "Bearer ${HOME}")
      .answer(200, R"({"data":[]})");
  choose("items");

  EXPECT_EQ(read().status, 0);
}

TEST_F(AirbyteTest, EndsWhenThePlatformGoesAway) {
  imposter_.when("GET", "/items").answer(200, R"({"data":[{"id":1},{"id":2}]})");  // For ever.
  choose("items");
  const std::string command =
      std::string(TENDRIL_PROGRAM) + " airbyte " + path("shop.yaml").string() + " read --config " +
      path("config.json").string() + " --catalog " + path("catalog.json").string() + " 2>" +
      path("err").string() + " | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}";

  const int status = std::system(("bash -c '" + command + "'").c_str());

  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(AirbyteTest, KeepsItsStateWhenItIsInterrupted) {
  imposter_.when("GET", "/items").answer(200, R"({"data":[{"id":1},{"id":2}]})");  // For ever.
  choose("items");
  ChildProcess child(arguments({"read", "--config", path("config.json").string(), "--catalog",
                                path("catalog.json").string()}));
  ASSERT_TRUE(child.wait_for_output("STARTED"));
  while (imposter_.requests().size() < 20) {
    std::this_thread::yield();
  }
  child.signal(SIGINT);

  const Ended ended = child.wait();

  EXPECT_EQ(ended.status, 130) << ended.output;
  EXPECT_THAT(sent(ended, "STATE", "/state"), Contains(HasSubstr("_tendril")));
  EXPECT_THAT(sent(ended, "TRACE", kStatus), Contains("\"INCOMPLETE\""));
}

TEST_F(AirbyteTest, RefusesACalendarThatIsNone) {
  const Ended ended = run({"spec"}, {.environment = {{"TENDRIL_NOW", "soon"}}});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr("TENDRIL_NOW is not an instant")));
}

TEST_F(AirbyteTest, SeesTheTimeThatItIsTold) {
  write_manifest("path: /orders", "path: \"/orders/{{ now_utc().strftime('%Y-%m-%d') }}\"");
  imposter_.when("GET", "/orders/2031-05-06").answer(200, R"({"data":[{"id":1}]})");
  choose("orders");

  const Ended ended = run({"read", "--config", path("config.json").string(), "--catalog",
                           path("catalog.json").string()},
                          {.environment = {{"TENDRIL_NOW", "2031-05-06T07:08:09Z"}}});

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(sent(ended, "RECORD", "/record/emitted_at"), ElementsAre("1935817689000"));
}

}  // namespace
}  // namespace tendril
