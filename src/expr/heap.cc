#include "expr/heap.h"

#include <memory>
#include <utility>

#include "expr/limits.h"
#include "expr/loop_state.h"

namespace tendril {

// What is made here is never destroyed one by one: the arena takes all memory back at once, and
// nothing in it owns anything outside of it.
template <class T, class... Arguments>
T* TermHeap::make(Arguments&&... arguments) {
  void* const place = arena_.allocate(sizeof(T), alignof(T));
  return std::construct_at(static_cast<T*>(place), std::forward<Arguments>(arguments)...);
}

char* TermHeap::room(std::size_t size) { return static_cast<char*>(arena_.allocate(size + 1, 1)); }

std::string_view TermHeap::keep(std::string_view text) {
  char* const copy = room(text.size());
  text.copy(copy, text.size());
  return {copy, text.size()};
}

Term TermHeap::datetime(const Datetime& datetime) {
  return Term::datetime(make<Datetime>(datetime));
}

Term TermHeap::duration(const Duration& duration) {
  return Term::duration(make<Duration>(duration));
}

TermList* TermHeap::make_list() { return make<TermList>(&arena_); }

TermMap* TermHeap::make_map() { return make<TermMap>(&arena_); }

LoopState* TermHeap::make_loop() { return make<LoopState>(); }

Term* TermHeap::make_terms(std::size_t count) {
  auto* const terms =
      static_cast<Term*>(arena_.allocate(sizeof(Term) * (count + 1), alignof(Term)));
  std::uninitialized_default_construct_n(terms, count);
  return terms;
}

bool TermHeap::Outside::exhausted() const { return bytes_ > kHeapBytesMax; }

void* TermHeap::Outside::do_allocate(std::size_t bytes, std::size_t alignment) {
  bytes_ += bytes;
  return std::pmr::new_delete_resource()->allocate(bytes, alignment);
}

void TermHeap::Outside::do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) {
  std::pmr::new_delete_resource()->deallocate(pointer, bytes, alignment);
}

bool TermHeap::Outside::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  return this == &other;
}

}  // namespace tendril
