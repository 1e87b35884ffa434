// The simulated GitHub over real sockets, against what its documentation promises.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include <httplib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "data/json.h"
#include "sandbox/sandbox.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSource = TENDRIL_SOURCE_DIR;

std::string text_at(const Value& value, std::string_view pointer) {
  const Value* found = find_pointer(value, pointer);
  if (found == nullptr) {
    return "<nothing>";
  }
  return found->is_string() ? *found->as_string() : to_json(*found);
}

class GithubSandboxTest : public testing::Test {
 protected:
  void start(SandboxOptions options) {
    auto definition = load_sandbox(kSource / "connectors" / "github");
    ASSERT_TRUE(definition.ok()) << definition.error().message;
    auto server = SandboxServer::start(*definition, options);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(server).value();
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_->port());
    client_->set_keep_alive(true);
    client_->set_url_encode(false);
  }

  httplib::Response get(const std::string& target, const httplib::Headers& headers = {}) {
    httplib::Headers all{{"User-Agent", "tendril-tests"}};
    if (headers.count("Authorization") == 0) {
      all.emplace("Authorization", "Bearer sandbox-token");
    }
    all.insert(headers.begin(), headers.end());
    auto response = client_->Get(target, all);
    EXPECT_TRUE(response) << target;
    return response ? *response : httplib::Response();
  }

  Value get_json(const std::string& target) {
    const httplib::Response response = get(target);
    EXPECT_EQ(response.status, 200) << target << " " << response.body;
    const auto value = parse_json(response.body);
    EXPECT_TRUE(value.ok());
    return value.ok() ? *value : Value();
  }

  // Follows the Link headers from `target` to the end.
  List list(std::string target) {
    List rows;
    std::smatch next;
    while (!target.empty()) {
      const httplib::Response response = get(target);
      EXPECT_EQ(response.status, 200) << target << " " << response.body;
      const auto page = parse_json(response.body);
      EXPECT_TRUE(page.ok());
      rows.insert(rows.end(), page->as_list()->begin(), page->as_list()->end());
      const std::string link = response.get_header_value("Link");
      const std::regex following("<" + server_->base_url() + "([^>]*)>; rel=\"next\"");
      target = std::regex_search(link, next, following) ? next[1].str() : "";
    }
    return rows;
  }

  List state(std::string_view entity) {
    List rows;
    std::istringstream lines(*sandbox_rows(server_->address(), entity));
    for (std::string line; std::getline(lines, line);) {
      rows.push_back(*parse_json(line));
    }
    return rows;
  }

  MutationReport mutate(MutationKind kind, int count, const std::string& entity = "") {
    auto report =
        mutate_sandbox(server_->address(), {kind, static_cast<std::uint64_t>(count), entity});
    EXPECT_TRUE(report.ok());
    return report.ok() ? std::move(report).value() : MutationReport();
  }

  std::vector<std::string> repositories() {
    std::vector<std::string> names;
    for (const Value& repository : list("/orgs/acme/repos?per_page=4")) {
      names.push_back(text_at(repository, "/full_name"));
    }
    return names;
  }

  // The rows that every repository lists at `path`, by `key`; each must come once.
  std::map<std::string, Value> rows_of_all(const std::string& path, const std::string& key) {
    std::map<std::string, Value> rows;
    for (const std::string& repository : repositories()) {
      for (const Value& row : list("/repos/" + repository + path)) {
        EXPECT_TRUE(rows.emplace(text_at(row, key), row).second) << text_at(row, key) << " twice";
      }
    }
    return rows;
  }

  std::map<std::string, Value> by_key(const List& rows, const std::string& key) {
    std::map<std::string, Value> keyed;
    for (const Value& row : rows) {
      keyed.emplace(text_at(row, key), row);
    }
    return keyed;
  }

  std::unique_ptr<SandboxServer> server_;
  std::unique_ptr<httplib::Client> client_;
};

struct Listing {
  const char* entity;
  const char* path;
  const char* key;
};

const std::vector<Listing> kListings{
    {"issue", "/issues?state=all&per_page=37", "/id"},
    {"issue", "/issues?state=all&sort=updated&direction=asc&per_page=100", "/id"},
    {"issue", "/issues?state=all&sort=comments", "/id"},
    {"issue_comment", "/issues/comments?per_page=100", "/id"},
    {"issue_comment", "/issues/comments?sort=updated&direction=desc&per_page=50", "/id"},
    {"pull", "/pulls?state=all&per_page=20", "/id"},
    {"pull", "/pulls?state=all&sort=updated", "/id"},
    {"review_comment", "/pulls/comments?per_page=100", "/id"},
    {"commit", "/commits?per_page=100", "/sha"},
    {"label", "/labels?per_page=5", "/id"},
    {"milestone", "/milestones?state=all&per_page=3", "/id"},
    {"release", "/releases?per_page=5", "/id"}};

TEST_F(GithubSandboxTest, ListsEveryRowExactlyOnceAndAsItsStateSays) {
  start({.records = 600, .seed = 21, .limits = {"core=off"}});
  for (const Listing& listing : kListings) {
    SCOPED_TRACE(listing.path);
    EXPECT_EQ(rows_of_all(listing.path, listing.key), by_key(state(listing.entity), listing.key));
  }
}

TEST_F(GithubSandboxTest, ListsAreStillWholeAfterMutations) {
  start({.records = 300, .seed = 22, .limits = {"core=off"}});
  for (const MutationKind kind :
       {MutationKind::Insert, MutationKind::Update, MutationKind::Delete, MutationKind::Insert}) {
    ASSERT_EQ(mutate(kind, 40).rows.size(), 40U);
  }
  for (const Listing& listing : kListings) {
    SCOPED_TRACE(listing.path);
    EXPECT_EQ(rows_of_all(listing.path, listing.key), by_key(state(listing.entity), listing.key));
  }
}

TEST_F(GithubSandboxTest, SinceListsWhatChangedAndNothingElse) {
  start({.records = 500, .seed = 23, .limits = {"core=off"}});
  const std::string before = text_at(*parse_json(*sandbox_summary(server_->address())), "/now");
  const std::string since =
      "state=all&sort=updated&direction=asc&per_page=10&since=" + url_encode(before);
  EXPECT_TRUE(rows_of_all("/issues?" + since, "/id").empty());
  std::set<std::string> changed;
  for (const auto& [kind, count] :
       {std::pair(MutationKind::Insert, 12), std::pair(MutationKind::Update, 25)}) {
    const MutationReport report = mutate(kind, count, "issue");
    for (const MutationReport::Row& row : report.rows) {
      changed.insert(row.key);
    }
  }
  std::set<std::string> listed;
  for (const auto& [id, issue] : rows_of_all("/issues?" + since, "/id")) {
    listed.insert(id);
    EXPECT_GE(text_at(issue, "/updated_at"), before);
  }
  EXPECT_EQ(listed, changed);
}

TEST_F(GithubSandboxTest, SinceIsInclusiveAndIndependentOfTheOrder) {
  start({.records = 400, .seed = 24, .limits = {"core=off"}});
  const List all =
      list("/repos/acme/atlas/issues?state=all&sort=updated&direction=desc&per_page=100");
  const std::string since = text_at(all[60], "/updated_at");
  std::size_t expected = 0;
  for (const Value& issue : all) {
    expected += text_at(issue, "/updated_at") >= since ? 1 : 0;
  }
  for (const char* order :
       {"sort=created", "sort=updated&direction=asc", "sort=comments", "state=all"}) {
    EXPECT_EQ(list("/repos/acme/atlas/issues?state=all&" + std::string(order) +
                   "&per_page=100&since=" + since)
                  .size(),
              expected);
  }
}

TEST_F(GithubSandboxTest, DeletedIssuesAreGoneWithTheirComments) {
  start({.records = 60, .seed = 25, .limits = {"core=off"}});
  const Value issue = list("/repos/acme/atlas/issues?state=all&sort=comments")[0];
  const std::string target = "/repos/acme/atlas/issues/" + text_at(issue, "/number");
  EXPECT_EQ(std::to_string(list(target + "/comments").size()), text_at(issue, "/comments"));
  mutate(MutationKind::Delete, 1000, "issue");
  EXPECT_EQ(get(target).status, 410);
  EXPECT_EQ(get(target + "/comments").status, 410);
  EXPECT_TRUE(rows_of_all("/issues/comments", "/id").empty());
  EXPECT_TRUE(rows_of_all("/pulls?state=all", "/id").empty());
  EXPECT_EQ(get("/repos/acme/atlas/issues/999999").status, 404);
}

TEST_F(GithubSandboxTest, PullRequestsAreIssuesToo) {
  start({.records = 200, .seed = 26, .limits = {"core=off"}});
  const auto issues = rows_of_all("/issues?state=all&per_page=100", "/url");
  std::size_t marked = 0;
  for (const auto& [url, issue] : issues) {
    marked += issue.find("pull_request") != nullptr ? 1 : 0;
  }
  const auto pulls = rows_of_all("/pulls?state=all&per_page=100", "/url");
  EXPECT_EQ(pulls.size(), marked);
  for (const auto& [url, pull] : pulls) {
    const Value& issue = issues.at(text_at(pull, "/issue_url"));
    EXPECT_EQ(text_at(issue, "/pull_request/url"), url);
    for (const char* same :
         {"/number", "/title", "/state", "/updated_at", "/user", "/labels", "/node_id"}) {
      EXPECT_EQ(text_at(pull, same), text_at(issue, same)) << same;
    }
    EXPECT_NE(text_at(pull, "/id"), text_at(issue, "/id"));
  }
}

TEST_F(GithubSandboxTest, KnowsItsCallers) {
  start({.records = 10, .seed = 27});
  const httplib::Response bad = get("/orgs/acme", {{"Authorization", "Bearer nonsense"}});
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(
      bad.body,
      R"({"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"})");
  EXPECT_EQ(get("/user", {{"Authorization", "token sandbox-token"}}).status, 200);
  EXPECT_EQ(client_->Get("/user", {{"User-Agent", "x"}})->status, 401);
  const auto anonymous = client_->Get("/orgs/acme", {{"User-Agent", "x"}});
  EXPECT_EQ(anonymous->status, 200);
  EXPECT_EQ(anonymous->get_header_value("X-RateLimit-Limit"), "60");
  EXPECT_EQ(
      client_->Get("/orgs/acme", {{"User-Agent", ""}, {"Authorization", "Bearer sandbox-token"}})
          ->status,
      403);
  EXPECT_EQ(get("/orgs/acme", {{"X-GitHub-Api-Version", "2022-11-28"}}).status, 200);
  EXPECT_EQ(get("/orgs/acme", {{"X-GitHub-Api-Version", "1999-01-01"}}).status, 400);
  EXPECT_EQ(
      get("/repos/acme/atlas/issues", {{"Authorization", "Bearer sandbox-metadata-token"}}).status,
      403);
  EXPECT_EQ(get("/orgs/ACME/repos", {{"Authorization", "Bearer sandbox-metadata-token"}}).status,
            200);
  EXPECT_EQ(get("/orgs/acme", {{"Authorization", "Bearer sandbox-app-token"}})
                .get_header_value("X-RateLimit-Limit"),
            "15000");
}

TEST_F(GithubSandboxTest, RefusesWhatTheDocumentationForbids) {
  start({.records = 100, .seed = 28, .limits = {"core=off"}});
  const auto invalid = parse_json(get("/repos/acme/atlas/issues?state=odd").body);
  EXPECT_EQ(text_at(*invalid, "/message"), "Validation Failed");
  EXPECT_EQ(text_at(*invalid, "/errors/0/field"), "state");
  EXPECT_EQ(text_at(*invalid, "/errors/0/resource"), "Issue");
  for (const char* wrong : {"issues?since=soon", "issues?sort=size", "pulls?direction=up",
                            "milestones?state=x", "commits?until=then"}) {
    EXPECT_EQ(get(std::string("/repos/acme/atlas/") + wrong).status, 422) << wrong;
  }
  EXPECT_EQ(get("/repos/acme/nothing/issues").status, 404);
  EXPECT_EQ(get("/orgs/nobody").status, 404);
  EXPECT_EQ(get_json("/repos/acme/atlas/labels?per_page=0&page=x").as_list()->size(), 12U);
}

TEST_F(GithubSandboxTest, ClampsPagesAndLinksThem) {
  start({.records = 3000, .seed = 29, .limits = {"core=off"}});
  EXPECT_EQ(get_json("/repos/acme/atlas/commits?per_page=500").as_list()->size(), 100U);
  EXPECT_EQ(get_json("/repos/acme/atlas/commits").as_list()->size(), 30U);
  const std::string id = text_at(get_json("/repos/acme/atlas"), "/id");
  const std::string link = get("/repos/acme/atlas/commits?page=2").get_header_value("Link");
  const std::string url = server_->base_url() + "/repositories/" + id + "/commits?page=";
  EXPECT_THAT(link,
              HasSubstr("<" + url + "1>; rel=\"prev\", <" + url + "3>; rel=\"next\", <" + url));
  EXPECT_THAT(link, HasSubstr("rel=\"last\", <" + url + "1>; rel=\"first\""));
  EXPECT_EQ(get("/repos/acme/atlas/labels").get_header_value("Link"), "");
}

TEST_F(GithubSandboxTest, LimitsRequests) {
  start({.records = 10, .seed = 30, .limits = {"core=3"}});
  for (const char* remaining : {"2", "1", "0"}) {
    const httplib::Response response = get("/orgs/acme");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.get_header_value("X-RateLimit-Remaining"), remaining);
    EXPECT_EQ(response.get_header_value("X-RateLimit-Resource"), "core");
  }
  const httplib::Response refused = get("/orgs/acme");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.get_header_value("X-RateLimit-Remaining"), "0");
  EXPECT_THAT(refused.body, HasSubstr("API rate limit exceeded"));
  EXPECT_EQ(text_at(get_json("/rate_limit"), "/resources/core/remaining"), "0");
  start({.records = 10, .seed = 30, .limits = {"secondary=1"}});
  EXPECT_EQ(get("/orgs/acme").status, 200);
  const httplib::Response secondary = get("/orgs/acme");
  EXPECT_EQ(secondary.status, 429);
  EXPECT_LE(std::stoi(secondary.get_header_value("Retry-After")), 60);
}

TEST_F(GithubSandboxTest, NotModifiedCostsNothing) {
  start({.records = 10, .seed = 31});
  const httplib::Response first = get("/orgs/acme/repos");
  const httplib::Response again =
      get("/orgs/acme/repos", {{"If-None-Match", first.get_header_value("ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.get_header_value("X-RateLimit-Used"), first.get_header_value("X-RateLimit-Used"));
}

TEST_F(GithubSandboxTest, IdsAreLargeAndTimesInOrder) {
  start({.records = 150, .seed = 32, .limits = {"core=off"}});
  for (const Value& issue : state("issue")) {
    EXPECT_GT(*issue.find("id")->as_int(), std::int64_t{1} << 31);
    EXPECT_LE(text_at(issue, "/created_at"), text_at(issue, "/updated_at"));
    EXPECT_EQ(issue.find("closed_at")->is_null(), text_at(issue, "/state") == "open");
  }
  const auto issues = by_key(state("issue"), "/url");
  for (const Value& comment : state("issue_comment")) {
    EXPECT_GE(text_at(comment, "/created_at"),
              text_at(issues.at(text_at(comment, "/issue_url")), "/created_at"));
  }
}

// The names that the vendor's GraphQL schema gives the same enumerations.
TEST_F(GithubSandboxTest, UsesOnlyStatesThatTheVendorKnows) {
  const fs::path schema = kSource / ".." / "shared" / "vendor-apis" / "github" / "schema.graphql";
  if (!fs::exists(schema)) {
    GTEST_SKIP() << "no vendor description at " << schema;
  }
  std::ifstream file(schema);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto values_of = [&](const std::string& name) {
    const std::size_t start = text.find("\nenum " + name + " {");
    const std::string body = text.substr(start, text.find("\n}", start) - start + 1);
    std::set<std::string> values;
    const std::regex value("\n  ([A-Z_]+)\n");
    for (std::sregex_iterator at(body.begin(), body.end(), value); at != std::sregex_iterator();
         ++at) {
      values.insert((*at)[1]);
    }
    EXPECT_FALSE(values.empty()) << name;
    return values;
  };
  start({.records = 400, .seed = 33, .limits = {"core=off"}});
  for (const auto& [pointer, name] :
       {std::pair("/state", "IssueState"), std::pair("/state_reason", "IssueClosedStateReason"),
        std::pair("/author_association", "CommentAuthorAssociation"),
        std::pair("/active_lock_reason", "LockReason")}) {
    const std::set<std::string> known = values_of(name);
    for (const Value& issue : state("issue")) {
      std::string value = text_at(issue, pointer);
      std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) {
        return c == ' ' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
      });
      EXPECT_TRUE(value == "NULL" || known.count(value) == 1) << pointer << " " << value;
    }
  }
}

TEST_F(GithubSandboxTest, AnswersFitTheVendorsDescription) {
  const char* named = std::getenv("TENDRIL_GITHUB_OPENAPI");
  const fs::path shared =
      kSource / ".." / "shared" / "vendor-apis" / "github" / "api.github.com.json";
  const fs::path openapi = named != nullptr ? fs::path(named) : shared;
  if (!fs::exists(openapi)) {
    GTEST_SKIP() << "no OpenAPI description at " << openapi
                 << "; TENDRIL_GITHUB_OPENAPI names another";
  }
  start({.records = 2000, .seed = 34, .limits = {"core=off"}});
  mutate(MutationKind::Insert, 200);
  const std::string login = text_at(state("user")[3], "/login");
  const std::string repository = "/repos/{owner}/{repo}";
  std::vector<std::string> pairs{
      "/orgs/{org}=/orgs/acme",
      "/orgs/{org}/repos=/orgs/acme/repos",
      "/orgs/{org}/members=/orgs/acme/members",
      "/users/{username}=/users/" + login,
      "/user=/user",
      "/rate_limit=/rate_limit",
      repository + "=/repos/acme/atlas",
      repository + "/issues/{issue_number}=/repos/acme/atlas/issues/2",
      repository + "/issues/{issue_number}/comments=/repos/acme/atlas/issues/2/comments",
      repository + "/issues=/repos/acme/atlas/issues?state=wrong",
      repository + "/issues=/repos/acme/none/issues"};
  for (const char* path : {"/issues", "/issues/comments", "/pulls", "/pulls/comments", "/commits",
                           "/labels", "/milestones", "/releases"}) {
    pairs.push_back(repository + path + "=/repos/acme/atlas" + path + "?state=all&per_page=100");
  }
  std::string command = "python3 '" +
                        (kSource / "tests" / "sandbox" / "validate_answers.py").string() + "' " +
                        server_->base_url() + " sandbox-token '" + openapi.string() + "'";
  for (const std::string& pair : pairs) {
    command += " '" + pair + "'";
  }
  const int ended =
      std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): one thread waits.
  if (WEXITSTATUS(ended) == 77) {
    GTEST_SKIP() << "a tool of the validator is missing";
  }
  EXPECT_EQ(ended, 0);
}

}  // namespace
}  // namespace tendril
