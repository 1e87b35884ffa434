// StreamChoice: a stream, or the two streams of which one is read: the first from scratch, the
// second from where an earlier run ended. Source: manifest components "DeclarativeStream" and
// "StateDelegatingStream".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// What a stream without a cursor keeps, so that later runs know that it was read whole.
Value whole_stream_state();

// Threads: safe to share.
class StreamChoice {
 public:
  struct Chosen {
    std::shared_ptr<const DeclarativeStream> stream;
    Value state;  // What it goes on from, or null.
  };

  // `node` is either component. `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<StreamChoice> compile(const Node& node, const Environment& environment);

  // The stream for a run that has this state. `plan` is what Slicer::plan() returned in the run
  // that is gone on with, or null. A state that is older than what the API remembers does not
  // count.
  Result<Chosen> choose(const Value& state, const Value& plan) const;

  const std::string& name() const { return whole_->name; }
  const DeclarativeStream& whole() const { return *whole_; }

 private:
  explicit StreamChoice(const Environment& environment) : environment_(&environment) {}
  Result<bool> is_forgotten(const Value& state) const;

  const Environment* environment_;
  std::shared_ptr<const DeclarativeStream> whole_;
  std::shared_ptr<const DeclarativeStream> incremental_;  // Null: there is nothing to choose.
  std::optional<Duration> retention_;
};

// The DeclarativeStream that describes the component: itself, or the one that is read from scratch.
const Node& representative(const Node& stream);

}  // namespace tendril
