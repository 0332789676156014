export { Configuration } from './configuration.js';
export type { MutateHook, ReloadResult } from './configuration.js';
export type { ConfigurationState, SourcePaths } from './configuration-state.js';
export { makeDirectory } from './make-directory.js';
export { watchConfiguration } from './watch-configuration.js';
export type { WatchInput } from './watch-configuration.js';
export { loadConfiguration } from './load-configuration.js';
export type { LoadInput } from './load-configuration.js';
export type { ProgramDeclaration } from './program-declaration.js';
export { runMain } from './run-main.js';
export type { ProcessSurroundings, ProgramDescription } from './run-main.js';
export { loadInspection } from './load-inspection.js';
export type { ConfigurationInspection } from './load-inspection.js';
export type { CheckReport } from './inspect/check.js';
export type { ConfigurationDifference } from './inspect/diff.js';
export type { LayerValue, OptionExplanation } from './inspect/explain.js';
export { formatChange } from './internal/change.js';
export type { OptionChange } from './internal/change.js';
export type {
  DefaultContext,
  GroupDeclaration,
  Half,
  OptionAttributes,
  OptionDeclaration,
  OptionGroupClass,
} from './internal/declaration.js';
export { declarationOf, groupNamed, isOptionGroup } from './internal/declaration-registry.js';
export type { ForeignOptions } from './internal/unknown-options.js';
export { nearestName } from './internal/suggestion.js';
export { ownAddress } from './internal/own-address.js';
export { normalizeGroup, settingKey } from './internal/sources/setting.js';
export { booleanType } from './internal/types/boolean-type.js';
export { floatType, integerType } from './internal/types/number-type.js';
export { OptionTextError } from './internal/types/option-type.js';
export type { OptionType } from './internal/types/option-type.js';
export { stringType } from './internal/types/string-type.js';
export { ConfigOptions } from './config.options.js';
export { OptionTable } from './internal/option-table.js';
export { displayValue } from './internal/masking.js';
export { valueLines } from './internal/types/list-type.js';
export {
  BoolOpt,
  DictOpt,
  DurationOpt,
  FloatOpt,
  HostAddressOpt,
  IntOpt,
  IpOpt,
  ListOpt,
  MultiDictOpt,
  MultiStrOpt,
  OptionGroup,
  PortOpt,
  StrOpt,
  UriOpt,
} from './internal/decorators.js';
export { ConfigurationError, HelpRequested, StartError, UsageError, VersionRequested } from './internal/errors.js';
export { formatFault } from './internal/errors.js';
export type { ConfigurationFault } from './internal/errors.js';
export { maskUrls } from './internal/masking.js';
export type { OptionValue } from './internal/option-value.js';
export type { ConditionalRequirement, OptionReader, Requirement } from './internal/requirement.js';
export type { ProgramDefaults } from './internal/resolver.js';
