#include "expr/emitter.h"

#include <algorithm>

namespace tendril {

std::size_t Emitter::emit(OpCode op, int effect, std::size_t offset, Arguments arguments) {
  height_ += effect;
  CHECK(height_ >= 0);
  code.stack_max = std::max(code.stack_max, static_cast<std::size_t>(height_));
  code.instructions.push_back({op, arguments.detail, static_cast<std::uint16_t>(arguments.count),
                               static_cast<std::uint32_t>(arguments.operand),
                               static_cast<std::uint32_t>(offset)});
  return code.instructions.size() - 1;
}

std::size_t Emitter::constant(Value value) {
  code.constants.push_back(std::move(value));
  return code.constants.size() - 1;
}

std::size_t Emitter::text(std::string_view text) {
  code.texts.emplace_back(text);
  return code.texts.size() - 1;
}

std::size_t Emitter::name(std::string_view name) {
  const auto [place, is_new] = names_.try_emplace(std::string(name), code.names.size());
  if (is_new) {
    code.names.emplace_back(name);
  }
  return place->second;
}

std::size_t Emitter::declare(const std::string& name) {
  return blocks_.back().try_emplace(name, code.locals).second ? code.locals++
                                                              : blocks_.back().at(name);
}

std::optional<std::size_t> Emitter::local(const std::string& name) const {
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
    if (const auto found = block->find(name); found != block->end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

}  // namespace tendril
