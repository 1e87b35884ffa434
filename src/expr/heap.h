// TermHeap: the memory of one evaluation. Everything a template makes lives until the
// evaluation ends; small templates never leave the buffer inside.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string_view>

#include "expr/term.h"

namespace tendril {

// Threads: one at a time.
class TermHeap {
 public:
  TermHeap() : arena_(buffer_.data(), buffer_.size(), &outside_) {}
  TermHeap(const TermHeap&) = delete;
  TermHeap& operator=(const TermHeap&) = delete;

  // Copies `text`.
  std::string_view keep(std::string_view text);
  Term text(std::string_view text) { return Term::text(keep(text)); }
  Term datetime(const Datetime& datetime);
  Term duration(const Duration& duration);

  // Room for `size` characters, to be filled by the caller.
  char* room(std::size_t size);

  TermList* make_list();
  TermMap* make_map();
  LoopState* make_loop();
  // An array of Undefined terms.
  Term* make_terms(std::size_t count);

  // True when more was taken than one evaluation may.
  bool exhausted() const { return outside_.exhausted(); }

 private:
  // The ordinary memory beyond the buffer, counted.
  class Outside : public std::pmr::memory_resource {
   public:
    bool exhausted() const;

   private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

    std::size_t bytes_ = 0;
  };

  template <class T, class... Arguments>
  T* make(Arguments&&... arguments);

  alignas(std::max_align_t) std::array<std::byte, 2048> buffer_;
  Outside outside_;
  std::pmr::monotonic_buffer_resource arena_;
};

}  // namespace tendril
