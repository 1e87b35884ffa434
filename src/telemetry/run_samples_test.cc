#include "telemetry/run_samples.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using std::chrono::milliseconds;

RunFigures figures_at(int second, std::int64_t rows, std::size_t resident) {
  RunFigures figures{.elapsed = milliseconds(1'000 * second)};
  figures.streams = {{.stream = "a", .rows_read = rows, .rows_committed = rows / 2}};
  figures.resident_bytes = resident;
  return figures;
}

TEST(RunSamples, MakeRatesOfCounters) {
  RunSamples samples;
  samples.add(figures_at(1, 100, 5));
  samples.add(figures_at(3, 500, 6));

  ASSERT_EQ(samples.samples().size(), 2U);
  EXPECT_DOUBLE_EQ(samples.samples()[0].rows_read_per_second, 100);
  EXPECT_DOUBLE_EQ(samples.samples()[1].rows_read_per_second, 200);
  EXPECT_DOUBLE_EQ(samples.samples()[1].rows_committed_per_second, 100);
}

TEST(RunSamples, StayFewAndKeepSumsAndPeaksHoweverLongTheRun) {
  RunSamples samples;
  constexpr int kSeconds = 100'000;
  for (int second = 1; second <= kSeconds; ++second) {
    samples.add(figures_at(second, 10 * second, second == 777 ? 1'000 : 1));
    ASSERT_LE(samples.samples().size(), RunSamples::kSamplesMax);
  }

  double rows = 0;
  std::size_t peak = 0;
  milliseconds before{0};
  for (const RunSample& sample : samples.samples()) {
    rows += sample.rows_read_per_second * std::chrono::duration<double>(sample.at - before).count();
    peak = std::max(peak, sample.resident_bytes);
    EXPECT_GT(sample.at, before);
    before = sample.at;
  }
  EXPECT_GT(samples.samples().size(), RunSamples::kSamplesMax / 4);
  EXPECT_NEAR(rows, 10.0 * kSeconds, 1);
  EXPECT_EQ(peak, 1'000U);
  EXPECT_EQ(before, milliseconds(1'000 * kSeconds));
}

}  // namespace
}  // namespace tendril
