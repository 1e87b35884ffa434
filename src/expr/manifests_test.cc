// Compiles every template of the public manifests, where they are at hand.
#include <filesystem>
#include <map>

#include <yaml-cpp/yaml.h>

#include <gtest/gtest.h>

#include "expr/template.h"

namespace tendril {
namespace {

// What the manifests' own reference refuses too: filters and functions that do not exist there,
// and broken syntax.
constexpr double kShareWanted = 0.995;

class Tally {
 public:
  void visit(const YAML::Node& node) {
    if (node.IsScalar()) {
      visit_text(node.Scalar());
    } else if (node.IsSequence()) {
      for (const YAML::Node& item : node) {
        visit(item);
      }
    } else if (node.IsMap()) {
      for (const auto& member : node) {
        visit(member.first);
        visit(member.second);
      }
    }
  }

  std::size_t total() const { return total_; }
  std::size_t compiled() const { return compiled_; }
  const std::map<std::string, int>& faults() const { return faults_; }

 private:
  void visit_text(const std::string& text) {
    if (text.find("{{") == text.npos && text.find("{%") == text.npos) {
      return;
    }
    ++total_;
    const auto result = Template::compile(text, scope_);
    if (result.ok()) {
      ++compiled_;
    } else {
      ++faults_[result.error().message];
    }
  }

  const Scope scope_{{"config", "record", "response", "parameters", "headers", "last_record",
                      "last_page_size", "next_page_token",
                      "stream_slice|stream_partition|stream_interval"}};
  std::size_t total_ = 0;
  std::size_t compiled_ = 0;
  std::map<std::string, int> faults_;
};

TEST(PublicManifests, Compile) {
  const std::filesystem::path folder = TENDRIL_SOURCE_DIR "/../shared/manifests";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "there are no public manifests at " << folder;
  }
  Tally tally;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto file = entry.path() / "manifest.yaml";
    if (std::filesystem::exists(file)) {
      tally.visit(YAML::LoadFile(file));
    }
  }

  const double share = static_cast<double>(tally.compiled()) / static_cast<double>(tally.total());
  for (const auto& [fault, count] : tally.faults()) {
    std::cout << count << " × " << fault << "\n";
  }
  std::cout << tally.compiled() << " of " << tally.total() << " templates compile: " << share * 100
            << " %\n";

  EXPECT_GT(tally.total(), 1000U);
  EXPECT_GE(share, kShareWanted);
}

}  // namespace
}  // namespace tendril
