// Runs and their records: what is left of a killed run, a cancel, a retry, two at once, a stall;
// and the state that a destination keeps, shown and changed.
#include <csignal>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "child_process.h"
#include "data/json.h"
#include "data/value.h"
#include "shop.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class RunsTest : public Shop {
 protected:
  void SetUp() override {
    Shop::SetUp();
    serve_good_data();
  }

  LaunchOptions home() const { return {.environment = {{"TENDRIL_HOME", path("home").string()}}}; }

  Ended tendril(std::vector<std::string> arguments) const {
    return run_tendril(std::move(arguments), home());
  }

  Ended recorded_sync(std::vector<std::string> more = {}) const {
    return sync(std::move(more), home());
  }

  // The answer to the stream's request never comes.
  void hang(const std::string& route) {
    imposter_.when("GET", route).answer(ScriptedAnswer::silence());
  }

  // A sync that has landed `items` and hangs in `orders`.
  ChildProcess hanging_sync(std::vector<std::string> more = {}) {
    hang("/orders");
    more.insert(more.end(), {"--concurrency", "1"});
    return ChildProcess(sync_arguments(std::move(more)), home());
  }

  // The runs as `runs list` tells them, newest first.
  List runs() const {
    const Ended listed = tendril({"runs", "list", "--json"});
    EXPECT_EQ(listed.status, 0) << listed.messages;
    const Result<Value> json = parse_json(listed.output);
    return json.ok() && json->is_list() ? *json->as_list() : List();
  }

  static std::string text(const Value& run, std::string_view name) {
    const Value* member = run.find(name);
    return member == nullptr || member->as_string() == nullptr ? "" : *member->as_string();
  }

  std::string state_of_last() const {
    const List all = runs();
    return all.empty() ? "none" : text(all.front(), "state");
  }

  std::string last_reason() const {
    const List all = runs();
    return all.empty() ? "none" : text(all.front(), "reason");
  }

  std::vector<std::string> state_arguments(std::string verb, std::vector<std::string> more) const {
    more.insert(more.begin(), {"state", std::move(verb), "duckdb:" + path("shop.duckdb").string(),
                               "--connection", "shop"});
    return more;
  }
};

TEST_F(RunsTest, ASyncIsRecorded) {
  ASSERT_EQ(recorded_sync().status, 0);

  const List all = runs();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(text(all.front(), "state"), "succeeded");
  EXPECT_EQ(text(all.front(), "connection"), "shop");
  EXPECT_EQ(text(all.front(), "destination"), "duckdb:" + path("shop.duckdb").string());
  EXPECT_EQ(*all.front().find("rows_committed"), Value(4));
  EXPECT_EQ(*all.front().find("exit_code"), Value(0));

  const Ended shown = tendril({"runs", "show", "last"});
  EXPECT_EQ(shown.status, 0) << shown.messages;
  EXPECT_THAT(shown.output, AllOf(HasSubstr("succeeded"), HasSubstr("items"), HasSubstr("orders"),
                                  HasSubstr("4 committed")));
}

TEST_F(RunsTest, NothingIsRecordedWhenNotWanted) {
  ASSERT_EQ(recorded_sync({"--no-record"}).status, 0);

  EXPECT_FALSE(std::filesystem::exists(path("home")));
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(RunsTest, AKilledRunIsLostAndSaysHowFarItCame) {
  ChildProcess process = hanging_sync();
  ASSERT_TRUE(process.wait_for_message("stream finished"));
  process.signal(SIGKILL);
  ASSERT_EQ(process.wait().signal, SIGKILL);

  EXPECT_EQ(state_of_last(), "lost");
  EXPECT_THAT(last_reason(), HasSubstr("ended without a word"));
  const Ended shown = tendril({"runs", "show", "last"});
  EXPECT_THAT(shown.output, HasSubstr("tendril runs retry "));
}

TEST_F(RunsTest, ARetryGoesOnFromTheLastCommit) {
  {
    ChildProcess process = hanging_sync();
    ASSERT_TRUE(process.wait_for_message("stream finished"));
    process.signal(SIGKILL);
    process.wait();
  }
  imposter_.when("GET", "/orders").answer(200, R"({"data":[{"id":7,"name":"seven"}]})");

  const Ended retried = tendril({"runs", "retry", "last"});

  EXPECT_EQ(retried.status, 0) << retried.messages;
  EXPECT_THAT(everything(), AllOf(HasSubstr("items 3 "), HasSubstr("orders 7 ")));
  EXPECT_EQ(state_of_last(), "succeeded");
  EXPECT_THAT(runs(), SizeIs(2));
}

TEST_F(RunsTest, ARetryOfAFailedRunTakesItsFolder) {
  imposter_.when("GET", "/orders").answer(500, "oops");
  ASSERT_EQ(recorded_sync().status, 3);
  EXPECT_EQ(state_of_last(), "partly failed");
  EXPECT_THAT(last_reason(), HasSubstr("orders"));
  imposter_.when("GET", "/orders").answer(200, R"({"data":[{"id":7,"name":"seven"}]})");

  EXPECT_EQ(tendril({"runs", "retry", "last"}).status, 0);
}

TEST_F(RunsTest, ACancelEndsALiveRunAtASafePoint) {
  ChildProcess process = hanging_sync();
  ASSERT_TRUE(process.wait_for_message("stream finished"));

  const Ended order = tendril({"runs", "cancel", "last"});

  EXPECT_EQ(order.status, 0) << order.messages;
  const Ended ended = process.wait();
  EXPECT_EQ(ended.status, 130) << ended.messages;
  EXPECT_THAT(ended.messages, HasSubstr("rows are kept"));
  EXPECT_EQ(state_of_last(), "cancelled");
  EXPECT_THAT(everything(), HasSubstr("items 3 "));
}

TEST_F(RunsTest, ACancelOfARunThatIsGoneEndsItAtOnce) {
  {
    ChildProcess process = hanging_sync();
    ASSERT_TRUE(process.wait_for_message("stream finished"));
    process.signal(SIGKILL);
    process.wait();
  }

  const Ended order = tendril({"runs", "cancel", "last"});

  EXPECT_EQ(order.status, 0);
  EXPECT_THAT(order.messages, HasSubstr("has ended: lost"));
}

TEST_F(RunsTest, ASecondRunOfAConnectionIsRefusedNamingTheFirst) {
  ChildProcess process = hanging_sync();
  ASSERT_TRUE(process.wait_for_message("stream finished"));
  const std::string first = text(runs().front(), "id");

  const Ended second = recorded_sync();

  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors(), ElementsAre(AllOf(HasSubstr(first), HasSubstr("process "),
                                                 HasSubstr("--take-over"))));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait().status, 130);
  EXPECT_EQ(state_of_last(), "cancelled");
}

TEST_F(RunsTest, ATakeOverEndsTheRunThatHeldTheLease) {
  hang("/orders");
  const std::vector<std::string> to_nowhere = {"sync",     path("shop.yaml").string(),
                                               "--config", path("config.json").string(),
                                               "--to",     "duckdb:" + path("one.duckdb").string()};
  ChildProcess process(to_nowhere, home());
  ASSERT_TRUE(process.wait_for_message("stream finished"));
  process.signal(SIGSTOP);
  std::vector<std::string> again = to_nowhere;
  again.push_back("--take-over");

  // The file is locked by the stopped process; what matters here is the record.
  const Ended second = tendril(again);
  process.signal(SIGCONT);
  const Ended first = process.wait();

  EXPECT_THAT(second.errors(), Not(testing::Contains(HasSubstr("being synced already"))));
  EXPECT_EQ(first.status, 1) << first.messages;
  EXPECT_THAT(first.errors(),
              testing::Contains(AllOf(HasSubstr("lost its lease"), HasSubstr("took over"))));
  EXPECT_EQ(text(runs().at(1), "state"), "lost");
}

TEST_F(RunsTest, ADestinationThatAnotherProcessHasOpenIsOneClearError) {
  ChildProcess process = hanging_sync();
  ASSERT_TRUE(process.wait_for_message("stream finished"));

  const Ended second = recorded_sync({"--connection", "other"});

  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors(), ElementsAre(HasSubstr("shop.duckdb")));
  EXPECT_EQ(state_of_last(), "failed");
}

TEST_F(RunsTest, ARunThatStandsStillEndsNamingTheStream) {
  ChildProcess process = hanging_sync({"--stall-timeout", "2"});

  const Ended ended = process.wait();

  EXPECT_EQ(ended.status, 1) << ended.messages;
  EXPECT_THAT(ended.errors(), testing::Contains(AllOf(HasSubstr("stalled"), HasSubstr("orders"))));
  EXPECT_EQ(state_of_last(), "failed");
  EXPECT_THAT(everything(), HasSubstr("items 3 "));
}

TEST_F(RunsTest, ASyncDoesNotFailForWantOfARecord) {
  write_file("home", "a file where the folder should be");

  const Ended ended = recorded_sync();

  EXPECT_EQ(ended.status, 0) << ended.messages;
  EXPECT_THAT(ended.messages, HasSubstr("can not be recorded"));
  EXPECT_THAT(everything(), HasSubstr("items 3 "));
}

TEST_F(RunsTest, NoSecretIsRecorded) {
  ASSERT_EQ(recorded_sync({"--set", "token=" + std::string(kToken)}).status, 0);

  for (const auto& file : std::filesystem::directory_iterator(path("home"))) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_THAT(bytes, Not(HasSubstr(std::string(kToken)))) << file.path();
  }
  const Ended retried = tendril({"runs", "retry", "last"});
  EXPECT_EQ(retried.status, 2);
  EXPECT_THAT(retried.errors(), ElementsAre(HasSubstr("held a secret")));
}

TEST_F(RunsTest, TheStateIsShownResetAndEdited) {
  ASSERT_EQ(recorded_sync().status, 0);

  const Ended shown = tendril(state_arguments("show", {}));
  EXPECT_EQ(shown.status, 0) << shown.messages;
  EXPECT_THAT(shown.output, AllOf(HasSubstr("items"), HasSubstr("orders")));

  const Ended edited = tendril(state_arguments(
      "edit", {"--stream", "items", "--set", R"({"version":1,"cursor":{"id":41}})"}));
  EXPECT_EQ(edited.status, 0) << edited.messages;
  EXPECT_THAT(edited.messages, AllOf(HasSubstr("replaced {"), HasSubstr("can not commit")));
  EXPECT_THAT(tendril(state_arguments("show", {"--json", "--stream", "items"})).output,
              AllOf(HasSubstr("41"), Not(HasSubstr("orders"))));

  EXPECT_EQ(tendril(state_arguments("reset", {"--stream", "items"})).status, 2) << "nobody asked";
  EXPECT_EQ(tendril(state_arguments("reset", {"--stream", "items", "--yes"})).status, 0);
  EXPECT_THAT(tendril(state_arguments("show", {})).output,
              AllOf(Not(HasSubstr("items")), HasSubstr("orders")));
  EXPECT_EQ(recorded_sync().status, 0);
}

TEST_F(RunsTest, AStateThatIsNoneIsRefused) {
  ASSERT_EQ(recorded_sync().status, 0);
  const auto edit = [&](const std::string& json) {
    return tendril(state_arguments("edit", {"--stream", "items", "--set", json}));
  };

  EXPECT_EQ(edit("{nonsense").status, 2);
  EXPECT_THAT(edit(R"({"cursor":1})").errors(), ElementsAre(HasSubstr("version")));
  EXPECT_THAT(edit(R"({"version":9,"cursor":1})").errors(), ElementsAre(HasSubstr("newer")));
  write_file("large.json", R"({"version":1,"cursor":")" + std::string(2'000'000, 'x') + "\"}");
  EXPECT_THAT(
      tendril(state_arguments("edit", {"--stream", "items", "--file", path("large.json").string()}))
          .errors(),
      ElementsAre(HasSubstr("larger than is kept")));
}

TEST_F(RunsTest, TooLittleMemoryIsRefusedNamingTheLeast) {
  const Ended ended = recorded_sync({"--memory", "16MiB"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr("128MiB")));
}

}  // namespace
}  // namespace tendril
