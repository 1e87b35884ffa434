#include "bulk_loads.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "batches.h"
#include "bench_database.h"
#include "cli/builtin_destinations.h"
#include "connector/destination.h"
#include "connector/registry.h"

namespace tendril::bench {
namespace {

constexpr std::int64_t kMemoryMb = 2048;
constexpr std::size_t kBatchesPerCommit = 10;  // Of 10,000 rows each.
constexpr double kMicros = 1e6;

// Time and CPU time from construction on.
class Meter {
 public:
  void report(std::int64_t rows) const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    fmt::print("{{\"rows\":{},\"seconds\":{:.3f},\"cpu_seconds\":{:.3f}}}\n", rows, passed.count(),
               cpu_seconds() - cpu_start_);
  }

 private:
  static double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMicros;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_start_ = cpu_seconds();
};

void must(const Status& status) {
  if (!status.ok()) {
    std::fprintf(stderr, "writing failed: %s\n", status.error().message.c_str());
    std::exit(1);
  }
}

// Returns how many rows the commits counted.
std::int64_t write_all(Destination& destination, const TablePlan& plan,
                       const std::vector<Batch>& batches) {
  must(destination.open("bench"));
  must(destination.prepare(plan));
  std::int64_t written = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    must(destination.write(batches[i]));
    if ((i + 1) % kBatchesPerCommit == 0 || i + 1 == batches.size()) {
      const auto counts = destination.commit({});
      must(counts.ok() ? Status() : Status(counts.error()));
      for (const TableCounts& table : *counts) {
        written += table.rows_written;
      }
    }
  }
  return written;
}

}  // namespace

int write_destination(const std::string& uri, const std::string& mode, std::int64_t records) {
  std::vector<Batch> batches = batches_of(records);
  TablePlan plan{.schema = record_schema(),
                 .mode = mode == "merge" ? WriteMode::Merge : WriteMode::Append};
  plan.schema.primary_key = {"id"};
  Registry registry;
  add_builtin_destinations(registry);
  const Meter meter;
  auto destination = registry.make_destination(uri);
  must(destination.ok() ? Status() : Status(destination.error()));
  const std::int64_t written = write_all(**destination, plan, batches);
  destination->reset();  // Closing belongs to it.
  if (written != records) {
    std::fprintf(stderr, "%lld of %lld rows were written\n", static_cast<long long>(written),
                 static_cast<long long>(records));
    return 1;
  }
  meter.report(records);
  return 0;
}

int run_bulk_load(const char* path, const std::string& prepare, const std::string& load) {
  auto database = std::make_unique<BenchDatabase>(path, kMemoryMb);
  if (!prepare.empty()) {
    database->query(prepare);
  }
  const Meter meter;
  database->query(load);
  database.reset();
  meter.report(0);
  return 0;
}

}  // namespace tendril::bench
