#include "manifest/source_rules.h"

namespace tendril {
namespace {

using enum FieldKind;

constexpr std::string_view kStreams = "DeclarativeStream StateDelegatingStream";
constexpr std::string_view kConfigChanges = "ConfigAddFields ConfigRemoveFields ConfigRemapField";

constexpr FieldRule kCheckStream[] = {
    {"stream_names", Texts},
    {"dynamic_streams_check_configs", Components, "DynamicStreamCheckConfig",
     "DynamicStreamCheckConfig"},
    {"config_overrides", FreeForm},
};

constexpr FieldRule kDynamicStreamCheckConfig[] = {
    required({"dynamic_stream_name", Text}),
    {"stream_count", Integer},
};

constexpr FieldRule kCheckDynamicStream[] = {
    required({"stream_count", Integer}),
    {"use_check_availability", Flag},
    {"config_overrides", FreeForm},
};

constexpr FieldRule kStreamGroup[] = {
    required(
        {"streams", Components, "DeclarativeStream StateDelegatingStream", "DeclarativeStream"}),
    required({"action", Component, "BlockSimultaneousSyncsAction", "BlockSimultaneousSyncsAction"}),
};

constexpr FieldRule kDynamicDeclarativeStream[] = {
    {"name", Text},
    required({"stream_template", Component, kStreams, "DeclarativeStream"}),
    required({"components_resolver", Component,
              "HttpComponentsResolver ConfigComponentsResolver ParametrizedComponentsResolver"}),
    {"use_parent_parameters", Flag},
};

constexpr FieldRule kHttpComponentsResolver[] = {
    required({"retriever", Component, "SimpleRetriever", "SimpleRetriever"}),
    required({"components_mapping", Components, "ComponentMappingDefinition",
              "ComponentMappingDefinition"}),
};

constexpr FieldRule kConfigComponentsResolver[] = {
    required({"stream_config", OneOrMore, "StreamConfig", "StreamConfig"}),
    required({"components_mapping", Components, "ComponentMappingDefinition",
              "ComponentMappingDefinition"}),
};

constexpr FieldRule kParametrizedComponentsResolver[] = {
    required({"stream_parameters", Component, "StreamParametersDefinition",
              "StreamParametersDefinition"}),
    required({"components_mapping", Components, "ComponentMappingDefinition",
              "ComponentMappingDefinition"}),
};

constexpr FieldRule kStreamParametersDefinition[] = {
    required({"list_of_parameters_for_stream", FreeForm}),
};

constexpr FieldRule kStreamConfig[] = {
    required({"configs_pointer", Texts}),
    {"default_values", FreeForm},
};

constexpr FieldRule kComponentMappingDefinition[] = {
    required({"field_path", Texts}),
    required({"value", Any}),
    {"value_type", Choice, "string number integer boolean"},
    {"create_or_update", Flag},
    {"condition", Scalar},
};

constexpr FieldRule kConfigNormalizationRules[] = {
    {"config_migrations", Components, "ConfigMigration", "ConfigMigration"},
    {"transformations", Components, kConfigChanges},
    {"validations", Components, "DpathValidator PredicateValidator"},
};

constexpr FieldRule kConfigMigration[] = {
    required({"transformations", Components, kConfigChanges}),
    {"description", Ignored},
};

constexpr FieldRule kConfigAddFields[] = {
    required({"fields", Components, "AddedFieldDefinition", "AddedFieldDefinition"}),
    {"condition", Scalar},
};

constexpr FieldRule kConfigRemoveFields[] = {
    required({"field_pointers", Any}),
    {"condition", Scalar},
};

constexpr FieldRule kConfigRemapField[] = {
    required({"map", FreeForm}),
    required({"field_path", Texts}),
};

constexpr FieldRule kDpathValidator[] = {
    required({"field_path", Texts}),
    required({"validation_strategy", Component, "ValidateAdheresToSchema"}),
};

constexpr FieldRule kPredicateValidator[] = {
    {"value", FreeForm},
    required({"validation_strategy", Component, "ValidateAdheresToSchema"}),
};

constexpr FieldRule kValidateAdheresToSchema[] = {required({"base_schema", FreeForm})};

constexpr ComponentRule kRules[] = {
    {"BlockSimultaneousSyncsAction", {}},
    {"CheckDynamicStream", kCheckDynamicStream},
    {"CheckStream", kCheckStream},
    {"ComponentMappingDefinition", kComponentMappingDefinition},
    {"ConfigAddFields", kConfigAddFields},
    {"ConfigComponentsResolver", kConfigComponentsResolver},
    {"ConfigMigration", kConfigMigration},
    {"ConfigNormalizationRules", kConfigNormalizationRules},
    {"ConfigRemapField", kConfigRemapField},
    {"ConfigRemoveFields", kConfigRemoveFields},
    {"DpathValidator", kDpathValidator},
    {"DynamicDeclarativeStream", kDynamicDeclarativeStream},
    {"DynamicStreamCheckConfig", kDynamicStreamCheckConfig},
    {"HttpComponentsResolver", kHttpComponentsResolver},
    {"ParametrizedComponentsResolver", kParametrizedComponentsResolver},
    {"PredicateValidator", kPredicateValidator},
    {"StreamConfig", kStreamConfig},
    {"StreamGroup", kStreamGroup},
    {"StreamParametersDefinition", kStreamParametersDefinition},
    {"ValidateAdheresToSchema", kValidateAdheresToSchema},
};

}  // namespace

std::span<const ComponentRule> source_rules() { return kRules; }

}  // namespace tendril
