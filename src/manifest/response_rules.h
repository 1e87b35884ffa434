// The rules of the components that read answers: decoders, extractors, filters, transformations.
// Part of component_rules.h. Source: the language's JSON schema.
#pragma once

#include <span>
#include <string_view>

#include "manifest/component_rules.h"

namespace tendril {

// The components that may stand where records are changed, and where bodies are read.
inline constexpr std::string_view kTransformations =
    "AddFields RemoveFields KeysToLower KeysToSnakeCase KeysReplace FlattenFields "
    "DpathFlattenFields";
inline constexpr std::string_view kDecoders =
    "JsonDecoder JsonItemsDecoder JsonlDecoder CsvDecoder XmlDecoder IterableDecoder GzipDecoder "
    "ZipfileDecoder";

std::span<const ComponentRule> response_rules();

}  // namespace tendril
