// The rows of projects/narrow and projects/wide, sent by a connector in C++.
#include <cstdlib>
#include <string>
#include <vector>

#include <tendril/connector.h>

namespace {

using namespace tendril::sdk;  // NOLINT: as connectors have it.

class BenchRows : public Connector {
  std::vector<Table> schema(const Configuration&) override { return {{"rows", {"id"}}}; }

  void update(const Configuration& configuration, const State&, Sync& sync) override {
    const std::int64_t count = configuration.value_or("rows", 0);
    configuration.at("project") == "wide" ? wide(count, sync) : narrow(count, sync);
    sync.checkpoint({{"done", true}});
  }

  static void narrow(std::int64_t count, Sync& sync) {
    std::string name;
    for (std::int64_t number = 0; number < count; ++number) {
      name = "name " + std::to_string(number);
      sync.upsert("rows", {{"id", number},
                           {"name", name},
                           {"amount", static_cast<double>(number) * 0.5},
                           {"active", number % 2 == 0},
                           {"city", "Berlin"}});
    }
  }

  static void wide(std::int64_t count, Sync& sync) {
    std::vector<std::string> names;
    for (int column = 0; column < 20; ++column) {
      for (const char* const kind : {"whole_", "real_", "text_"}) {
        names.push_back(kind + std::to_string(column));
      }
    }
    std::vector<std::string> texts(20);
    std::vector<Field> row;
    for (std::int64_t number = 0; number < count; ++number) {
      row.assign(1, {"id", number});
      for (std::size_t column = 0; column < 20; ++column) {
        texts[column] = "value " + std::to_string(number) + " of " + std::to_string(column);
        row.push_back({names[3 * column], number + static_cast<std::int64_t>(column)});
        row.push_back(
            {names[3 * column + 1], static_cast<double>(number) / static_cast<double>(column + 1)});
        row.push_back({names[3 * column + 2], texts[column]});
      }
      sync.upsert("rows", row);
    }
  }
};

}  // namespace

TENDRIL_CONNECTOR(BenchRows)
