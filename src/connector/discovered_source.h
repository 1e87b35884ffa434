// A source whose catalog is known, so that it is asked for it only once.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "connector/source.h"

namespace tendril {

class DiscoveredSource final : public Source {
 public:
  // `source` must outlive this one.
  DiscoveredSource(Source& source, Catalog catalog)
      : source_(source), catalog_(std::move(catalog)) {}

  Status check(std::stop_token stop) override { return source_.check(std::move(stop)); }
  Result<Catalog> discover(std::stop_token) override { return catalog_; }
  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token stop) override {
    return source_.open(request, std::move(stop));
  }
  std::optional<int> concurrency_max() const override { return source_.concurrency_max(); }
  SourceCounters counters() const override { return source_.counters(); }

 private:
  Source& source_;
  const Catalog catalog_;
};

}  // namespace tendril
