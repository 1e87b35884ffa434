// Reads the journal of a ledger, a CSV file that grows by lines which post, correct and void
// entries; a sync goes on where the last one ended. What makes no sense goes to the table
// `problems`.
#include <fstream>

#include <tendril/connector.h>

using namespace tendril::sdk;

class Ledger : public Connector {
  std::vector<Table> schema(const Configuration&) override {
    return {{"entries", {"id"}, {{"time", Type::UtcDatetime}, {"amount", Type::decimal(12, 2)}}},
            {"accounts", {"name"}, {{"last_used", Type::UtcDatetime}}},
            {"problems", {"line"}}};
  }

  void update(const Configuration& configuration, const State& state, Sync& sync) override {
    std::ifstream journal(configuration.at("journal"), std::ios::binary);
    std::int64_t offset = state.value_or("offset", 0);
    std::int64_t number = state.value_or("lines", 0);
    if (!journal.seekg(offset)) {
      throw ConnectorError("journal can not be read: " + configuration.at("journal"));
    }
    sync.truncate("problems");
    for (std::string line; std::getline(journal, line) && !journal.eof();) {  // Whole ones.
      offset += static_cast<std::int64_t>(line.size()) + 1;
      try {
        take(line, sync);
      } catch (const ConnectorError& fault) {
        sync.upsert("problems", {{"line", number + 1}, {"text", line}, {"problem", fault.what()}});
      }
      if (++number % 1000 == 0) {
        sync.checkpoint({{"offset", offset}, {"lines", number}});
      }
    }
    sync.checkpoint({{"offset", offset}, {"lines", number}});
  }

  static void take(std::string_view line, Sync& sync) {
    std::string_view cells[5];
    for (std::string_view& cell : cells) {
      cell = line.substr(0, line.find(','));
      line.remove_prefix(std::min(line.size(), cell.size() + 1));
    }
    const auto& [action, id, time, account, amount] = cells;
    if (action == "post") {
      sync.upsert("entries",
                  {{"id", id}, {"time", time}, {"account", account}, {"amount", amount}});
      sync.upsert("accounts", {{"name", account}, {"last_used", time}});
    } else if (action == "correct") {
      sync.update("entries", {{"id", id}, {"amount", amount}});
    } else if (action == "void") {
      sync.delete_row("entries", {{"id", id}});
    } else {
      throw ConnectorError("there is no action " + std::string(action));
    }
  }
};
TENDRIL_CONNECTOR(Ledger)
