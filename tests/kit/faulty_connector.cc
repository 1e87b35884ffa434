// A connector that does what the configuration's `act` says: what authors do wrong, and what they
// do right with every type.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <tendril/connector.h>
#include <unistd.h>

namespace {

using namespace tendril::sdk;  // NOLINT: as connectors have it.
using std::chrono::microseconds;

void send_every_type(Sync& sync) {
  const auto day = std::chrono::year(2024) / 2 / 29;
  const std::chrono::sys_time<microseconds> instant = std::chrono::sys_days(day) + microseconds(7);
  const Json tree{{"a", 1}, {"b", Json::array({true, nullptr, "ü", 2.5})}};
  sync.upsert("every", {{"id", 1},
                        {"flag", true},
                        {"small", std::int16_t{-7}},
                        {"number", 42},
                        {"large", std::numeric_limits<std::int64_t>::min()},
                        {"real", 1.5F},
                        {"wide", 0.1},
                        {"money", Decimal(-1205, 2)},
                        {"day", day},
                        {"naive", std::chrono::local_days(day) + std::chrono::hours(12)},
                        {"instant", instant},
                        {"time", std::chrono::minutes(750)},
                        {"bytes", Binary(std::string_view("\0\xFF", 2))},
                        {"xml", Xml{"<a/>"}},
                        {"text", "Grüße"},
                        {"json", tree},
                        {"learnt", std::string("x")},
                        {"learnt_json", RawJson{"[1, 2]"}},
                        {"nothing", std::optional<int>()}});
  sync.upsert("every", {{"id", 2}, {"text", absent}, {"learnt", nullptr}});
}

void send_from_threads(Sync& sync) {
  std::vector<std::thread> threads;
  for (int first = 0; first < 4; ++first) {
    threads.emplace_back([&sync, first] {
      for (int id = first; id < 20'000; id += 4) {
        sync.upsert(id % 2 == 0 ? "even" : "odd", {{"id", id}, {"text", std::to_string(id)}});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

void send_from_a_fork(Sync& sync) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      sync.upsert("items", {{"id", 1}});
      sync.checkpoint({});
    } catch (const ConnectorError& refused) {
      std::printf("refused: %s\n", refused.what());
      std::fflush(stdout);
    }
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  sync.upsert("items", {{"id", 2}});
}

const std::map<std::string, std::function<void(Sync&)>, std::less<>>& acts() {
  static const std::map<std::string, std::function<void(Sync&)>, std::less<>> kActs{
      {"every type", send_every_type},
      {"threads", send_from_threads},
      {"fork", send_from_a_fork},
      {"wrong type",
       [](Sync& sync) {
         sync.upsert("every", {{"id", 7}, {"number", "seven"}});
       }},
      {"go on",
       [](Sync& sync) {
         try {
           sync.upsert("items", {{"id", 1}, {"text", "\xFF"}});
         } catch (const ConnectorError& fault) {
           sync.log(Level::Warning, fault.what());
         }
         sync.upsert("items", {{"id", 2}, {"text", "good"}});
       }},
      {"throw",
       [](Sync& sync) {
         sync.upsert("items", {{"id", 1}});
         sync.checkpoint({{"at", 1}});
         sync.upsert("items", {{"id", 2}});
         try {
           throw std::out_of_range("map::at");
         } catch (...) {
           std::throw_with_nested(std::runtime_error("page 3"));
         }
       }},
      {"throw an int", [](Sync&) { throw 7; }},
      {"crash",
       [](Sync&) {
         ::signal(SIGSEGV, SIG_DFL);  // Sanitizers would make an exit of it.
         ::raise(SIGSEGV);
       }},
      {"exit", [](Sync&) { std::_Exit(3); }},
      {"list as state", [](Sync& sync) { sync.checkpoint(Json::array({1})); }},
      {"task", [](Sync& sync) { sync.error("renew the key"); }},
      {"notes",
       [](Sync& sync) {
         std::printf("printed\n");
         sync.info("logged");
         sync.warning("warned");
       }},
      {"sleep",
       [](Sync& sync) {
         sync.info("at work");
         std::this_thread::sleep_for(std::chrono::minutes(10));
       }},
  };
  return kActs;
}

class FaultyConnector : public Connector {
  std::vector<Table> schema(const Configuration& configuration) override {
    if (configuration.has("twice")) {
      return {{"items", {"id"}}, {"items"}};
    }
    return {{"items", {"id"}},
            {"even", {"id"}},
            {"odd", {"id"}},
            {"every",
             {"id"},
             {{"id", Type::Int},
              {"flag", Type::Boolean},
              {"small", Type::Short},
              {"number", Type::Int},
              {"large", Type::Long},
              {"real", Type::Float},
              {"wide", Type::Double},
              {"money", Type::decimal(10, 2)},
              {"day", Type::NaiveDate},
              {"naive", Type::NaiveDatetime},
              {"time", Type::NaiveTime},
              {"instant", Type::UtcDatetime},
              {"bytes", Type::Binary},
              {"xml", Type::Xml},
              {"text", Type::String},
              {"json", Type::Json}}}};
  }

  void update(const Configuration& configuration, const State&, Sync& sync) override {
    acts().at(configuration.at("act"))(sync);
  }

  Form form() override {
    return {.fields = {{.name = "act", .label = "Act", .required = true}},
            .tests = {{.name = "known", .label = "Is it known?", .check = [](const auto& settings) {
                         acts().at(settings.at("act"));
                       }}}};
  }
};

}  // namespace

TENDRIL_CONNECTOR(FaultyConnector)
