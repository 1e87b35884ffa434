// ProjectFixture: a folder with a project of the Connector SDK, and the real program to run it.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "child_process.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {

class ProjectFixture : public ::testing::Test {
 protected:
  // Writes connector.py: `update` is the body of update(), indented by four.
  void project(std::string_view update, std::string_view schema = "[]") const {
    std::ofstream(folder_ / "connector.py")
        << "from fivetran_connector_sdk import Connector, Logging as log, Operations as op\n"
        << "def schema(configuration):\n    return " << schema
        << "\ndef update(configuration, state):\n"
        << update << "\nconnector = Connector(update=update, schema=schema)\n";
  }

  std::vector<std::string> debug_words(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"debug", folder_.path().string()});
    return options;
  }

  Ended debug(std::vector<std::string> options = {}) const {
    return run_tendril(debug_words(std::move(options)));
  }

  Warehouse warehouse() const { return Warehouse(folder_ / "files" / "warehouse.db"); }

  std::string text_of(const std::filesystem::path& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  const TemporaryFolder folder_;
};

}  // namespace tendril
