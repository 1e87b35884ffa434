// The part of ExpressionCompiler that compiles calls: it finds what is called and gives each
// argument its place, so that a call at run time is by position only.
#include <algorithm>

#include <fmt/format.h>

#include "expr/expression_compiler.h"

namespace tendril {
namespace {

constexpr std::size_t kArgumentsMax = 1000;

// The positional arguments of a call.
std::size_t positional_count(const Expression& call, std::size_t first) {
  return call.children.size() - first - call.keywords.size();
}

}  // namespace

Status ExpressionCompiler::compile_call(const Expression& call) {
  const Expression& callee = *call.children[0];
  if (callee.kind == ExpressionKind::Attribute) {
    return compile_method(call);
  }
  if (callee.kind != ExpressionKind::Name || emitter_.local(callee.name) ||
      scope_.slot(callee.name)) {
    return fail_at(callee.offset, "value is not a function");
  }
  const FunctionSpec* const spec = find_function(FunctionKind::Function, callee.name);
  if (spec == nullptr) {
    return fail_at(callee.offset, "function is unknown: " + callee.name);
  }
  const std::size_t count = TRY(compile_arguments(call, 1, 0, *spec));
  const std::size_t site = TRY(make_call_site(*spec, call, 1));
  emitter_.emit(OpCode::Call, 1 - static_cast<int>(count), call.offset,
                {.operand = site, .count = count});
  return {};
}

Status ExpressionCompiler::compile_named(const Expression& call, FunctionKind kind,
                                         std::string_view what) {
  const FunctionSpec* const spec = find_function(kind, call.name);
  if (spec == nullptr) {
    return fail_at(call.offset, fmt::format("{} is unknown: {}", what, call.name));
  }
  TRY(compile(*call.children[0]));
  const std::size_t count = TRY(compile_arguments(call, 1, 1, *spec));
  const std::size_t site = TRY(make_call_site(*spec, call, 0));
  emitter_.emit(OpCode::Call, 1 - static_cast<int>(count), call.offset,
                {.operand = site, .count = count});
  return {};
}

Status ExpressionCompiler::compile_method(const Expression& call) {
  const Expression& callee = *call.children[0];
  const FunctionSpec* const spec = method_for(call, callee.name);
  if (spec == nullptr) {
    return fail_at(callee.offset, "method is unknown: " + callee.name);
  }
  TRY(compile(*callee.children[0]));
  const std::size_t count = TRY(compile_arguments(call, 1, 1, *spec));
  CallSite site;
  site.methods = find_methods(callee.name);
  emitter_.code.calls.push_back(std::move(site));
  emitter_.emit(OpCode::CallMethod, 1 - static_cast<int>(count), call.offset,
                {.operand = emitter_.code.calls.size() - 1, .count = count});
  return {};
}

// The method that the call may mean: the receiver is not known yet, but all methods of a name
// that take the call's arguments give them the same places.
const FunctionSpec* ExpressionCompiler::method_for(const Expression& call,
                                                   const std::string& name) const {
  const std::vector<const FunctionSpec*> candidates = find_methods(name);
  for (const FunctionSpec* spec : candidates) {
    if (placed_arguments(call, 1, 1, *spec).ok()) {
      return spec;
    }
  }
  return candidates.empty() ? nullptr : candidates.front();
}

Result<std::vector<const Expression*>> ExpressionCompiler::placed_arguments(
    const Expression& call, std::size_t first, std::size_t already,
    const FunctionSpec& spec) const {
  const Signature signature = signature_of(spec);
  const std::size_t positional = positional_count(call, first);
  const auto refuse = [&](std::string_view why) {
    return fail_at(call.offset, fmt::format("{} {}", spec.name, why));
  };
  if (positional + already > (signature.variadic ? kArgumentsMax : signature.named)) {
    return refuse("takes fewer arguments");
  }
  std::vector<const Expression*> places;
  for (std::size_t i = 0; i < positional; ++i) {
    places.push_back(call.children[first + i].get());
  }
  for (std::size_t i = 0; i < call.keywords.size(); ++i) {
    const auto place = parameter_place(spec, call.keywords[i]);
    if (!place && signature.keywords) {
      continue;
    }
    if (!place || *place < already) {
      return refuse("has no parameter of the name " + call.keywords[i]);
    }
    places.resize(std::max(places.size(), *place - already + 1));
    const Expression*& argument = places[*place - already];
    if (argument != nullptr) {
      return refuse("is given twice: " + call.keywords[i]);
    }
    argument = call.children[first + positional + i].get();
  }
  // The required parameters are the first ones.
  for (std::size_t i = already; i < signature.required; ++i) {
    if (i - already >= places.size() || places[i - already] == nullptr) {
      return refuse("misses an argument");
    }
  }
  return places;
}

Result<std::size_t> ExpressionCompiler::compile_arguments(const Expression& call, std::size_t first,
                                                          std::size_t already,
                                                          const FunctionSpec& spec) {
  std::vector<const Expression*> places = TRY(placed_arguments(call, first, already, spec));
  const Signature signature = signature_of(spec);
  if (signature.keywords) {
    places.resize(std::max(places.size(), signature.named - already));
  }
  for (const Expression* argument : places) {
    if (argument == nullptr) {
      emitter_.emit(OpCode::Absent, +1, call.offset);
    } else {
      TRY(compile(*argument));
    }
  }
  std::size_t count = already + places.size();
  if (signature.keywords) {
    // What no parameter takes goes into a map, the last argument.
    std::size_t members = 0;
    const std::size_t positional = positional_count(call, first);
    for (std::size_t i = 0; i < call.keywords.size(); ++i) {
      if (!parameter_place(spec, call.keywords[i])) {
        emitter_.emit(OpCode::Constant, +1, call.offset, emitter_.constant(call.keywords[i]));
        TRY(compile(*call.children[first + positional + i]));
        members += 2;
      }
    }
    emitter_.emit(OpCode::MakeMap, 1 - static_cast<int>(members), call.offset, members);
    ++count;
  }
  return count;
}

Result<std::size_t> ExpressionCompiler::make_call_site(const FunctionSpec& spec,
                                                       const Expression& call, std::size_t first) {
  CallSite site;
  site.spec = &spec;
  if (spec.prepare != nullptr) {
    std::vector<const Value*> constants;
    for (std::size_t i = first; i < call.children.size() - call.keywords.size(); ++i) {
      const Expression& child = *call.children[i];
      constants.push_back(child.kind == ExpressionKind::Constant ? &child.constant : nullptr);
    }
    auto prepared = spec.prepare(constants);
    if (!prepared.ok()) {
      return fail_at(call.offset, prepared.error().message);
    }
    site.prepared = std::move(prepared).value();
  }
  emitter_.code.calls.push_back(std::move(site));
  return emitter_.code.calls.size() - 1;
}

}  // namespace tendril
