#include "manifest/slice_view.h"

#include <utility>

#include "manifest/template_field.h"

namespace tendril {

Value slice_view_with(const StreamSlice& slice, const Map& more) {
  if (more.empty()) {
    return template_view(slice);
  }
  StreamSlice extended = slice;
  for (const auto& [name, value] : more.members()) {
    extended.extra_fields.set(name, value);
  }
  Value view = template_view(extended);
  Map& map = *view.as_map();
  if (map.find("extra_fields") == nullptr) {  // The slice is empty otherwise.
    map.set("partition", Map());
    map.set("extra_fields", std::move(extended.extra_fields));
    map.set("cursor_slice", Map());
  }
  return view;
}

void set_slice(Context& context, const Value& view) {
  set(context, Name::StreamSlice, &view);
  const Value* extra = view.find("extra_fields");
  for (const auto& [name, slot] : {std::pair{"creation_response", Name::CreationResponse},
                                   std::pair{"polling_response", Name::PollingResponse},
                                   std::pair{"download_target", Name::DownloadTarget}}) {
    const Value* value = extra == nullptr ? nullptr : extra->find(name);
    if (value != nullptr) {
      set(context, slot, value);
    }
  }
}

}  // namespace tendril
