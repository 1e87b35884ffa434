#include "manifest/source_fixture_test.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>

#include "manifest/manifest_document.h"

namespace tendril {

Status MemorySink::write(Batch batch) {
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    Row& texts = rows.emplace_back();
    for (int i = 0; i < batch.rows->num_columns(); ++i) {
      const auto scalar = batch.rows->column(i)->GetScalar(row).ValueOrDie();
      texts[batch.schema->columns[static_cast<std::size_t>(i)].name] = scalar->ToString();
    }
  }
  batches.push_back(std::move(batch));
  return {};
}

Status MemorySink::checkpoint(Value progress) {
  checkpoints.push_back({rows.size(), std::move(progress)});
  return {};
}

Status MemorySink::reject(RejectedRow row) {
  rejected.push_back(std::move(row));
  return {};
}

std::vector<std::string> column(const std::vector<MemorySink::Row>& rows, const std::string& name) {
  std::vector<std::string> values;
  for (const MemorySink::Row& row : rows) {
    const auto found = row.find(name);
    values.push_back(found == row.end() ? "(none)" : found->second);
  }
  return values;
}

SourceFixture::SourceFixture()
    : log_(LogLevel::Debug, LogFormat::Text, clock_, redactor_, lines_),
      transport_(curl_transport({}).value()) {}

Result<std::unique_ptr<Source>> SourceFixture::try_source(std::string_view streams, Map config) {
  std::string text =
      "version: 6.0.0\n"
      "type: DeclarativeSource\n"
      "check:\n"
      "  type: CheckStream\n"
      "  stream_names: [items]\n"
      "streams:\n";
  text += streams;
  text +=
      "\nspec:\n"
      "  type: Spec\n"
      "  connection_specification:\n"
      "    type: object\n"
      "    properties: {}\n";
  return try_manifest(text, std::move(config));
}

Result<std::unique_ptr<Source>> SourceFixture::try_manifest(std::string_view manifest, Map config) {
  ManifestDocument document = TRY(parse_manifest(manifest, "test.yaml"));
  config.set("url", imposter_.origin());
  ConfigSaver save = [this](std::string_view pointer, const Value& value) -> Status {
    saved_[std::string(pointer)] = value;
    return {};
  };
  return manifest_source(
      std::move(document), Value(std::move(config)),
      ManifestRuntime{*transport_, clock_, log_, redactor_, nullptr, files_directory_, sharing_},
      std::move(save));
}

std::unique_ptr<Source> SourceFixture::source(std::string_view streams, Map config) {
  auto made = try_source(streams, std::move(config));
  EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
  return std::move(made).value();
}

StreamRead SourceFixture::run(Source& source, const StreamRequest& request) {
  StreamRead run;
  auto reader = source.open(request, {});
  if (!reader.ok()) {
    run.error = reader.error();
    return run;
  }
  run.plan = (*reader)->plan();
  for (;;) {
    auto slice = (*reader)->next_slice({});
    if (!slice.ok()) {
      run.error = slice.error();
      return run;
    }
    if (!slice.value()) {
      break;
    }
    run.slices.push_back(**slice);
    auto result = (*reader)->read(**slice, Value(), run.sink, {});
    if (!result.ok()) {
      run.error = result.error();
      return run;
    }
    run.results.push_back({**slice, std::move(result).value()});
  }
  run.state = (*reader)->finish(run.results);
  return run;
}

}  // namespace tendril
