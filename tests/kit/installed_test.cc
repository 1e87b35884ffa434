// The installed program: from a prefix of its own, with all that it looks for beside itself, and
// with the kit, against which the example is built.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "child_process.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kEntries =
    "SELECT id, make_timestamp(epoch_us(\"time\"))::VARCHAR, account, amount::VARCHAR, "
    "_fivetran_deleted::VARCHAR FROM tester.entries ORDER BY id";

class InstalledTest : public ::testing::Test {
 protected:
  static Ended run(const fs::path& program, std::vector<std::string> arguments,
                   const fs::path& folder = ".") {
    return run_tendril(std::move(arguments), {.program = program, .folder = folder});
  }

  static Ended tendril(std::vector<std::string> arguments, const fs::path& folder) {
    return run(TENDRIL_PROGRAM, std::move(arguments), folder);
  }

  // Configures and builds a project against the prefix, without optimization.
  Ended build(const fs::path& project) const {
    const Ended configured =
        run(TENDRIL_CMAKE,
            {"-S", project.string(), "-B", (project / "build").string(), "-G", "Ninja",
             "-DCMAKE_BUILD_TYPE=Debug", std::string("-DCMAKE_CXX_COMPILER=") + TENDRIL_COMPILER,
             "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wconversion -Werror -O0 -g0",
             "-DCMAKE_PREFIX_PATH=" TENDRIL_PREFIX});
    EXPECT_EQ(configured.status, 0) << configured.output << configured.messages;
    return run(TENDRIL_CMAKE, {"--build", (project / "build").string()});
  }

  const TemporaryFolder folder_;
};

TEST_F(InstalledTest, BuildsAndRunsTheExample) {
  const fs::path project = folder_ / "ledger";
  fs::copy(fs::path(TENDRIL_SOURCE_DIR) / "examples/cpp/ledger", project);
  std::ifstream source(project / "connector.cc");
  EXPECT_LT(std::count(std::istreambuf_iterator<char>(source), {}, '\n'), 60);
  const Ended built = build(project);
  ASSERT_EQ(built.status, 0) << built.output << built.messages;

  const Ended first = tendril({"debug", "build/ledger"}, project);
  ASSERT_EQ(first.status, 0) << first.output << first.messages;
  {
    const Warehouse warehouse(project / "files/warehouse.db");
    EXPECT_THAT(warehouse.query(kEntries),
                ElementsAre(WarehouseRow{"E-1", "2024-03-01 09:00:00", "cash", "120.00", "false"},
                            WarehouseRow{"E-2", "2024-03-01 08:30:00", "rent", "-850.50", "false"},
                            WarehouseRow{"E-3", "2024-03-02 10:00:00", "cash", "17.00", "true"}));
    EXPECT_THAT(warehouse.query("SELECT name FROM tester.accounts ORDER BY name"),
                ElementsAre(WarehouseRow{"cash"}, WarehouseRow{"rent"}));
    EXPECT_THAT(warehouse.query("SELECT line::VARCHAR, text FROM tester.problems"),
                ElementsAre(WarehouseRow{"6", "post,E-4,last Tuesday,cash,5.00"}));
  }

  // The next sync goes on where this one ended, with what was added.
  std::ofstream(project / "journal.csv", std::ios::app)
      << "post,E-4,2024-03-05T10:00:00Z,cash,5.00\nvoid,E-2\npost,E-5,2024-";
  const Ended second = tendril({"debug", "build/ledger"}, project);
  ASSERT_EQ(second.status, 0) << second.output << second.messages;

  const Warehouse warehouse(project / "files/warehouse.db");
  EXPECT_THAT(warehouse.query("SELECT id, _fivetran_deleted::VARCHAR FROM tester.entries ORDER BY "
                              "id"),
              ElementsAre(WarehouseRow{"E-1", "false"}, WarehouseRow{"E-2", "true"},
                          WarehouseRow{"E-3", "true"}, WarehouseRow{"E-4", "false"}));
  EXPECT_THAT(warehouse.query("SELECT count(*) FROM tester.problems WHERE NOT _fivetran_deleted"),
              ElementsAre(WarehouseRow{"0"}));
}

TEST_F(InstalledTest, FindsWhatIsBesideIt) {
  const Ended listed = tendril({"connectors"}, folder_.path());
  EXPECT_EQ(listed.status, 0) << listed.messages;
  EXPECT_THAT(listed.output, HasSubstr("github"));

  const std::string made = (folder_ / "made").string();
  ASSERT_EQ(tendril({"init", made}, folder_.path()).status, 0);
  const Ended ran = tendril({"debug", made}, "/");
  EXPECT_EQ(ran.status, 0) << ran.output << ran.messages;

  for (const char* const file :
       {"include/tendril/connector.h", "lib/cmake/Tendril/TendrilConfig.cmake",
        "share/doc/tendril/LICENSE", "share/tendril/connectors/github/manifest.yaml",
        "share/tendril/python/serve_project.py"}) {
    EXPECT_TRUE(fs::exists(fs::path(TENDRIL_PREFIX) / file)) << file;
  }
}

TEST_F(InstalledTest, BeginsAProjectThatBuildsAsALibraryToo) {
  const fs::path project = folder_ / "My Greetings";
  ASSERT_EQ(tendril({"init", project.string(), "--template", "cpp"}, "/").status, 0);
  std::ifstream made(project / "CMakeLists.txt");
  std::string text(std::istreambuf_iterator<char>(made), {});
  text.replace(text.find("connector.cc"), 12, "connector.cc SHARED");
  std::ofstream(project / "CMakeLists.txt") << text;
  const Ended built = build(project);
  ASSERT_EQ(built.status, 0) << built.output << built.messages;

  const Ended ran = tendril({"debug", "build/my-greetings.so"}, project);

  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(Warehouse(project / "files/warehouse.db")
                  .query("SELECT text FROM tester.greetings WHERE id = 1"),
              ElementsAre(WarehouseRow{"Hello, world!"}));
}

}  // namespace
}  // namespace tendril
