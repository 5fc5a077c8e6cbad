/** A column of the spend export, as Parquet and Athena know it. */
export interface SpendColumn {
  /** FOCUS' name; what FOCUS does not know begins with `x_`. */
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'decimal' | 'time';
  readonly isOptional?: boolean;
}

/**
 * The columns of the spend export, by FOCUS 1.2 and in the order in which they stand in a file. New ones go to the end.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/
 */
export const SPEND_COLUMNS = [
  { name: 'BilledCost', kind: 'decimal' },
  { name: 'BillingAccountId', kind: 'text' },
  { name: 'BillingAccountName', kind: 'text', isOptional: true },
  { name: 'BillingCurrency', kind: 'text' },
  { name: 'BillingPeriodEnd', kind: 'time' },
  { name: 'BillingPeriodStart', kind: 'time' },
  { name: 'ChargeCategory', kind: 'text' },
  { name: 'ChargeClass', kind: 'text', isOptional: true },
  { name: 'ChargeDescription', kind: 'text' },
  { name: 'ChargeFrequency', kind: 'text' },
  { name: 'ChargePeriodEnd', kind: 'time' },
  { name: 'ChargePeriodStart', kind: 'time' },
  { name: 'ConsumedQuantity', kind: 'integer' },
  { name: 'ConsumedUnit', kind: 'text' },
  { name: 'ContractedCost', kind: 'decimal' },
  { name: 'EffectiveCost', kind: 'decimal' },
  { name: 'InvoiceIssuerName', kind: 'text', isOptional: true },
  { name: 'ListCost', kind: 'decimal' },
  { name: 'PricingCategory', kind: 'text' },
  { name: 'PricingQuantity', kind: 'integer' },
  { name: 'PricingUnit', kind: 'text' },
  { name: 'ProviderName', kind: 'text', isOptional: true },
  { name: 'PublisherName', kind: 'text', isOptional: true },
  { name: 'RegionId', kind: 'text', isOptional: true },
  { name: 'ResourceId', kind: 'text', isOptional: true },
  { name: 'ResourceName', kind: 'text', isOptional: true },
  { name: 'ResourceType', kind: 'text' },
  { name: 'ServiceCategory', kind: 'text' },
  { name: 'ServiceName', kind: 'text' },
  { name: 'ServiceSubcategory', kind: 'text' },
  { name: 'SkuId', kind: 'text', isOptional: true },
  { name: 'SubAccountId', kind: 'text', isOptional: true },
  { name: 'SubAccountName', kind: 'text', isOptional: true },
  { name: 'SubAccountType', kind: 'text' },
  { name: 'Tags', kind: 'text' },
  { name: 'x_ProjectId', kind: 'text', isOptional: true },
  { name: 'x_UserId', kind: 'text', isOptional: true },
  { name: 'x_Alias', kind: 'text', isOptional: true },
  { name: 'x_Requests', kind: 'integer' },
  { name: 'x_Errors', kind: 'integer' },
  { name: 'x_InputTokens', kind: 'integer' },
  { name: 'x_CacheReadInputTokens', kind: 'integer' },
  { name: 'x_CacheCreationInputTokens', kind: 'integer' },
  { name: 'x_OutputTokens', kind: 'integer' },
  { name: 'x_ReasoningOutputTokens', kind: 'integer' },
  { name: 'x_CacheCreation1hInputTokens', kind: 'integer' },
  { name: 'x_AudioInputTokens', kind: 'integer' },
  { name: 'x_ImageInputTokens', kind: 'integer' },
  { name: 'x_AudioOutputTokens', kind: 'integer' },
  { name: 'x_ImageOutputTokens', kind: 'integer' },
] as const satisfies readonly SpendColumn[];

/** How the keys of its objects begin; behind it stands the UTC day: `day=2026-11-24/`. */
export const SPEND_PREFIX = 'spend/';
