// Sandbox: serves a simulated vendor API on loopback from a `sandbox.yaml`, so that a
// connector can be tested against an independent witness of the vendor's documentation.
//
//   auto definition = TRY(load_sandbox("connectors/github/sandbox.yaml"));
//   auto server = TRY(SandboxServer::start(definition, {.records = 50'000, .seed = 7}));
//   // ... sync from server->base_url() with definition->info().token ...
//   auto report = TRY(mutate_sandbox(server->address(), {MutationKind::Update, 20}));
//
// Shape: docs/reference/sandbox.md describes the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "data/instant.h"

namespace tendril {

struct SandboxInfo {
  std::string name;   // "github": the folder's connector.
  std::string title;  // "GitHub REST API".
  std::string token;  // A credential that the simulated API accepts; public, not a secret.
  std::vector<std::string> entities;
  // Paths worth trying first, with parameters filled in where the file says so.
  std::vector<std::string> examples;
};

// What a sandbox.yaml says, checked and compiled.
// Threads: immutable, safe to share.
class SandboxDefinition {
 public:
  virtual ~SandboxDefinition() = default;
  virtual const SandboxInfo& info() const = 0;
};

// `path` is the file, or the connector's folder.
// Errors: InvalidConfig naming the place in the file ("routes[3].list: no such entity: isue").
Result<std::shared_ptr<const SandboxDefinition>> load_sandbox(const std::filesystem::path& path);

struct SandboxOptions {
  std::string host = "127.0.0.1";
  int port = 0;                  // 0: any free port.
  std::uint64_t records = 1000;  // Rows of the main entity; the others follow by their ratio.
  std::uint64_t seed = 1;        // The same seed and records give the same data everywhere.
  // Simulated time at start; each mutation moves it on. Default: the definition's.
  std::optional<Instant> now = std::nullopt;
  // Changes of rate limits: "core=100", "core=off", "secondary=on". Default: the definition's.
  std::vector<std::string> limits = {};
  // Where mutate_sandbox() finds the server; empty: none is written.
  std::filesystem::path address_file = {};
  // Where mutations are kept so that a restart repeats them; empty: in memory only.
  std::filesystem::path journal = {};
  // What goes wrong, by seed: refusals, broken connections, spoilt answers. 0: nothing.
  std::uint64_t faults = 0;
};

// Where a running sandbox takes orders. The admin token keeps other users of the machine out.
struct SandboxAddress {
  std::string host;
  int port = 0;
  Secret admin_token;
};

// A running server: answers until destroyed or stopped.
// Threads: safe to share.
class SandboxServer {
 public:
  // Errors: System when the port is taken or a file cannot be written; InvalidConfig for a
  // limit that the definition does not name.
  static Result<std::unique_ptr<SandboxServer>> start(
      std::shared_ptr<const SandboxDefinition> definition, SandboxOptions options);

  virtual ~SandboxServer() = default;

  virtual int port() const = 0;
  virtual std::string base_url() const = 0;  // "http://127.0.0.1:4010"
  virtual const SandboxAddress& address() const = 0;
  virtual std::uint64_t requests_served() const = 0;
  // Ends open connections. Idempotent.
  virtual void stop() = 0;
};

// The file in which `tendril sandbox NAME` leaves its address for `… mutate`: below
// $XDG_RUNTIME_DIR, or the temporary directory; readable by this user only.
std::filesystem::path sandbox_address_file(std::string_view name);

// Errors: NotFound when no sandbox of that name left its address there.
Result<SandboxAddress> read_sandbox_address(const std::filesystem::path& file);

enum class MutationKind { Insert, Update, Delete };

// "insert", "update", "delete". Errors: InvalidConfig.
Result<MutationKind> parse_mutation_kind(std::string_view text);
std::string_view to_string(MutationKind kind);

struct MutationOrder {
  MutationKind kind = MutationKind::Update;
  std::uint64_t count = 1;
  std::string entity = {};  // Empty: the mix that the definition names.
};

struct MutationReport {
  struct Row {
    std::string entity;
    std::string key;  // The row's key field as text.
  };
  std::vector<Row> rows;  // In the order of change; fewer than asked for when rows ran out.
  std::string now;        // Simulated time after the last one.
};

// Changes rows of a running sandbox.
// Errors: Unavailable when nothing answers; InvalidConfig for an unknown entity.
Result<MutationReport> mutate_sandbox(const SandboxAddress& address, const MutationOrder& order);

// All rows of an entity as the sandbox itself knows them: one JSON object a line, in the order
// of creation, as the vendor's API would show each on its own.
// Errors: Unavailable when nothing answers; NotFound for an unknown entity.
Result<std::string> sandbox_rows(const SandboxAddress& address, std::string_view entity);

// One JSON object: name, seed, records, now, mutations, and the number of rows per entity.
Result<std::string> sandbox_summary(const SandboxAddress& address);

}  // namespace tendril
