#include "manifest/connector_title.h"

namespace tendril {
namespace {

std::string spelt_out(std::string_view name) {
  std::string title;
  bool at_start = true;
  for (const char c : name) {
    const bool raised = at_start && c >= 'a' && c <= 'z';
    title += c == '-' ? ' ' : raised ? static_cast<char>(c - 'a' + 'A') : c;
    at_start = c == '-';
  }
  return title;
}

}  // namespace

std::string connector_title(const ManifestDocument& document, std::string_view name) {
  std::string_view title = document.title;
  for (const std::string_view ending : {" Spec", " Source"}) {
    if (title.ends_with(ending)) {
      title.remove_suffix(ending.size());
    }
  }
  return title.empty() || title == "Spec" ? spelt_out(name) : std::string(title);
}

}  // namespace tendril
