// Parsers of bodies that are one JSON document, or text in lines.
// Source: manifest components "JsonDecoder", "JsonlDecoder" and "IterableDecoder".
#pragma once

#include <memory>

#include "manifest/body_parser.h"

namespace tendril {

// Hands the whole body over as one page.
std::unique_ptr<BodyParser> document_parser(ElementSink& sink, const DecodeLimits& limits);

// Hands each line over that is not blank.
std::unique_ptr<BodyParser> json_lines_parser(ElementSink& sink, const DecodeLimits& limits);

// Hands each line over as a row with one cell, "record". Empty lines count.
std::unique_ptr<BodyParser> text_lines_parser(ElementSink& sink, const DecodeLimits& limits);

}  // namespace tendril
