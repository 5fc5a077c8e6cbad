import { anthropicStyle } from './anthropic-style';

/** Any service that speaks Anthropic's Messages; configuration gives the base URL and the models. */
export const anthropicCompatible = anthropicStyle({
  kind: 'anthropic-compatible',
  telemetryName: 'anthropic_compatible',
  models: [],
  selfHosted: true,
});
