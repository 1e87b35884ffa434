// Evaluation: what all parts of one evaluation share: the context, the heap, the budget of
// work, and the fault that ends it. A fault is sticky: whoever meets one sets it and returns
// anything; the evaluator looks after each instruction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "expr/heap.h"
#include "expr/limits.h"
#include "expr/template.h"

namespace tendril {

enum class Fault : std::uint8_t {
  None,
  Undefined,  // Something undefined was used as if it were there: the template has no value.
  Type,       // A value was used as one of another type, where Python raises a TypeError.
  Error,
};

// Threads: one at a time.
class Evaluation {
 public:
  explicit Evaluation(const Context& context) : context_(context) {}

  const Context& context() const { return context_; }
  const Clock& clock() const { return context_.clock(); }
  TermHeap& heap() { return heap_; }

  // Takes from the budget of work. Returns false, with the fault set, when it is used up, or
  // the heap is.
  bool spend(std::size_t units);

  // Set the fault, unless there is one, and return Undefined for the caller to return.
  Term fail(std::string message, ErrorCode code = ErrorCode::InvalidConfig);
  Term fail_undefined();
  Term fail_type(std::string message);

  Fault fault() const { return fault_; }
  bool ok() const { return fault_ == Fault::None; }
  const std::string& message() const { return message_; }
  ErrorCode code() const { return code_; }

  // A text to build results in. REQUIRES: the caller is done with it before it calls anything
  // that may use it too.
  std::string& scratch() {
    scratch_.clear();
    return scratch_;
  }

 private:
  const Context& context_;
  TermHeap heap_;
  std::int64_t work_left_ = kWorkMax;
  Fault fault_ = Fault::None;
  ErrorCode code_ = ErrorCode::InvalidConfig;
  std::string message_;
  std::string scratch_;
};

}  // namespace tendril
