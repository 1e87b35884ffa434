// Emitter: appends instructions to code, knows how deep the stack gets, and keeps the names
// that statements introduce.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/code.h"

namespace tendril {

class Emitter {
 public:
  struct Arguments {
    std::size_t operand = 0;
    std::size_t count = 0;
    std::uint8_t detail = 0;
  };

  // Appends an instruction that changes the height of the stack by `effect`. Returns its place.
  std::size_t emit(OpCode op, int effect, std::size_t offset, Arguments arguments);
  std::size_t emit(OpCode op, int effect, std::size_t offset, std::size_t operand = 0) {
    return emit(op, effect, offset, Arguments{operand});
  }
  // Makes the jump at `place` lead to the next instruction.
  void land(std::size_t place) { code.instructions[place].operand = next(); }
  std::uint32_t next() const { return static_cast<std::uint32_t>(code.instructions.size()); }
  // Tells that the stack is `effect` higher on the path that follows than on the one before.
  void adjust(int effect) { height_ += effect; }

  std::size_t constant(Value value);
  std::size_t text(std::string_view text);
  std::size_t name(std::string_view name);

  // Blocks: the names declared in one are forgotten at its end.
  void open_block() { blocks_.emplace_back(); }
  void close_block() { blocks_.pop_back(); }
  std::size_t declare(const std::string& name);
  std::size_t unnamed_local() { return code.locals++; }
  std::optional<std::size_t> local(const std::string& name) const;
  bool declared_in_block(const std::string& name) const { return blocks_.back().contains(name); }

  Code code;

 private:
  int height_ = 0;
  std::unordered_map<std::string, std::size_t> names_;  // Places in code.names.
  std::vector<std::unordered_map<std::string, std::size_t>> blocks_{1};
};

}  // namespace tendril
