// tendril_expr_bench: the helper program of `./dev bench expr`. Evaluates the templates of a file
// and prints, as JSON, what each yields, the CPU nanoseconds of one evaluation and its allocations.
// A program of its own because it counts what goes through operator new.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string>

#include "data/json.h"
#include "expr/template.h"

namespace {

std::int64_t allocations = 0;  // This program has one thread.

void* counted(std::size_t size) {
  ++allocations;
  if (void* pointer = std::malloc(std::max<std::size_t>(size, 1))) {
    return pointer;
  }
  std::abort();
}

void* counted(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  if (void* pointer = std::aligned_alloc(step, (size + step - 1) / step * step)) {
    return pointer;
  }
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new(std::size_t size, std::align_val_t align) { return counted(size, align); }
void* operator new[](std::size_t size, std::align_val_t align) { return counted(size, align); }
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete[](void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::size_t, std::align_val_t) noexcept {
  std::free(pointer);
}

namespace tendril::bench {
namespace {

constexpr std::int64_t kBatchNs = 5'000'000;
constexpr int kBatches = 5;

struct Measurement {
  double ns = 0;
  double allocations = 0;
};

// Of the process: what others do to the machine is not in it.
std::int64_t cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t batch(const Template& compiled, const Context& context, std::int64_t calls) {
  Value scratch;
  bool ok = true;
  const std::int64_t start = cpu_ns();
  for (std::int64_t i = 0; i < calls; ++i) {
    ok = compiled.evaluate(context, scratch).ok() && ok;
  }
  return ok ? cpu_ns() - start : 0;
}

// One evaluation, the best of several batches. REQUIRES: it succeeds.
Measurement measure(const Template& compiled, const Context& context) {
  std::int64_t calls = 64;
  std::int64_t taken = batch(compiled, context, calls);
  while (taken < kBatchNs / 4) {
    calls *= 2;
    taken = batch(compiled, context, calls);
  }
  calls = std::max<std::int64_t>(1, calls * kBatchNs / taken);
  const std::int64_t before = allocations;
  std::int64_t best = batch(compiled, context, calls);
  const std::int64_t made = allocations - before;
  for (int i = 1; i < kBatches; ++i) {
    best = std::min(best, batch(compiled, context, calls));
  }
  // The memory that a batch reuses is taken once: it rounds away.
  const auto count = static_cast<double>(calls);
  return {static_cast<double>(best) / count, static_cast<double>(made / calls)};
}

const Scope& scope() {
  static const Scope kScope({"config", "parameters",
                             "stream_slice|stream_partition|stream_interval", "next_page_token",
                             "response", "headers", "record"});
  return kScope;
}

Context context_of(const Value& values, const Clock& clock) {
  Context context(scope(), clock);
  for (const Map::Member& member : values.as_map()->members()) {
    context.set(scope().slot(member.first).value(), &member.second);
  }
  return context;
}

Result<Value> line_of(const Value& shape, const Context& context) {
  const Template compiled = TRY(Template::compile(*shape.find("template")->as_string(), scope()));
  Value result = TRY(compiled.evaluate(context));
  const Measurement taken = measure(compiled, context);
  return Value(Map{
      {"result", std::move(result)}, {"ours_ns", taken.ns}, {"allocations", taken.allocations}});
}

Status measure_all(const char* file) {
  const Value content = TRY(read_json_file(file));
  const auto clock = system_clock();
  const Context context = context_of(*content.find("context"), *clock);
  List lines;
  for (const char* part : {"commonest", "further"}) {
    for (const Value& shape : *content.find(part)->as_list()) {
      Value line = TRY(line_of(shape, context));
      lines.push_back(std::move(line));
    }
  }
  std::puts(to_json(lines).c_str());
  return {};
}

}  // namespace
}  // namespace tendril::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: tendril_expr_bench SHAPES_JSON\n", stderr);
    return 2;
  }
  const auto measured = tendril::bench::measure_all(argv[1]);
  if (!measured.ok()) {
    std::fprintf(stderr, "%s\n", measured.error().message.c_str());
    return 1;
  }
  return 0;
}
