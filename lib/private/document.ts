import { type Size, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ContentLog } from '../content-log';
import type { Deadlines } from '../deadlines';
import type { Guardrail } from '../guardrail';
import type { Level, UnknownPrice } from '../limits';
import { type Metrics, metricsLevel } from '../metrics';
import type { ModelOverride } from '../model-override';
import type { OtlpDestination } from '../otlp-destination';
import type { SensitiveTargets, Sensitivity } from '../placement';
import type { PriceAdjustment } from '../price-adjustment';
import type { Provider } from '../provider';
import type { ProviderBinding } from '../provider-binding';
import { ProviderNetwork } from '../provider-network';
import type { Route } from '../route';
import { checkBaseUrl } from './base-url';
import type { ContentLevel, ContentLogConfig, GatewayDocument, ProviderConfig, ProviderKind, RouteConfig } from './contract';
import { MAX_BODY_BYTES } from './contract';
import type { DeployValues } from './deploy-values';
import { bindGuardrails, checkRouteGuardrails } from './guardrail-configs';
import { mediaLocations } from './media-locations';
import { modelConfigs } from './model-configs';
import { capacityConfig, chargedByCapacity, probeConfig } from './own-servers';
import { checkArea, placementConfig, sensitiveTargetsConfig } from './placement-config';
import { priceAdjustmentConfigs } from './price-adjustments';
import { routeConfigs } from './route-configs';
import { bindTelemetry } from './telemetry';
import { checkGlob, deadlineConfig, levelConfig, unknownPriceConfig } from './validation';

/** What the gateway's props say about the document. */
export interface DocumentProps {
  readonly providers: Provider[];
  readonly routes: Route[];
  readonly models?: ModelOverride[];
  readonly priceAdjustments?: PriceAdjustment[];
  readonly deadlines?: Deadlines;
  readonly maxBodySize?: Size;
  readonly defaultMaxOutputTokens?: number;
  readonly unknownPrice?: UnknownPrice;
  readonly metrics?: Metrics;
  readonly spans?: OtlpDestination;
  readonly sensitivity?: Sensitivity;
  readonly sensitiveTargets?: SensitiveTargets;
  readonly residency?: string[];
  readonly guardrails?: Guardrail[];
  readonly contentLog?: ContentLog;
  readonly endUserHeader?: string;
  readonly gateway: Level;
  readonly keyDefaults?: Level;
  readonly teamDefaults?: Level;
  readonly projectDefaults?: Level;
  readonly userDefaults?: Level;
}

/** The document, and what its providers need around it. */
export interface BoundDocument {
  readonly document: GatewayDocument;
  readonly secrets: ISecret[];
  readonly statements: iam.PolicyStatement[];
  readonly network?: ProviderNetwork;
}

/** A target model that stands for the name the caller asked for. */
const ASKED_FOR = '*';

/** Makes and validates the configuration document. Throws, naming value and fix, when the props contradict each other. */
export function bindDocument(scope: Construct, props: DocumentProps, values: DeployValues): BoundDocument {
  if (props.providers.length === 0) {
    throw new Error(
      '"providers" is empty, so no call could be answered; leave it out for Bedrock in the stack\'s Region, or give at least one, for example Provider.bedrock()',
    );
  }
  const ids = checkIds(props.providers);
  const routes = routeConfigs(props.routes, ids);
  checkRouteGuardrails(routes, props.guardrails ?? []);

  const bindings = props.providers.map((provider) => ({
    id: provider.id,
    binding: provider.bind(scope, { models: modelsRoutedTo(provider.id, routes) }),
  }));

  const guardrails = bindGuardrails(Stack.of(scope), props.guardrails ?? [], ids, values);

  const providers = bindings.map(({ id, binding }) => providerConfig(id, binding, values));
  const charged = bindings.flatMap(({ id, binding }) =>
    binding.capacity?.charged === true ? chargedByCapacity(id, { ...binding, capacity: binding.capacity }) : [],
  );
  // What is said of a model itself goes before.
  const models = [...modelConfigs(props.models ?? [], ids), ...charged];
  const priceAdjustments = priceAdjustmentConfigs(props.priceAdjustments ?? [], ids);
  const telemetry = bindTelemetry(props, values);
  return {
    document: {
      version: 1,
      providers,
      routes,
      ...(models.length === 0 ? {} : { models }),
      ...(priceAdjustments.length === 0 ? {} : { priceAdjustments }),
      deadlines: deadlineConfig(props.deadlines),
      maxBodyBytes: maxBodyBytes(props.maxBodySize),
      ...(props.defaultMaxOutputTokens === undefined ? {} : { defaultMaxOutputTokens: maxOutputTokens(props.defaultMaxOutputTokens) }),
      unknownPrice: unknownPriceConfig(props.unknownPrice),
      ...(telemetry === undefined ? {} : { telemetry: telemetry.config }),
      ...(metricsLevel(props.metrics) === 'essential' ? {} : { metrics: metricsLevel(props.metrics) }),
      ...(props.sensitivity === undefined && props.residency === undefined
        ? {}
        : { placement: placementConfig('the gateway', props.sensitivity, props.residency) }),
      ...(props.sensitiveTargets === undefined ? {} : { sensitiveTargets: sensitiveTargetsConfig(props.sensitiveTargets) }),
      ...guardrails.fields,
      ...(props.contentLog === undefined ? {} : { contentLog: contentLogConfig(props.contentLog) }),
      ...(props.endUserHeader === undefined ? {} : { endUserHeader: endUserHeader(props.endUserHeader) }),
      gateway: levelConfig('gateway', props.gateway),
      defaults: {
        ...(props.keyDefaults === undefined ? {} : { key: levelConfig('key', props.keyDefaults) }),
        ...(props.teamDefaults === undefined ? {} : { team: levelConfig('team', props.teamDefaults) }),
        ...(props.projectDefaults === undefined ? {} : { project: levelConfig('project', props.projectDefaults) }),
        ...(props.userDefaults === undefined ? {} : { user: levelConfig('user', props.userDefaults) }),
      },
    },
    secrets: [
      ...bindings.flatMap(({ binding }) => (binding.apiKey === undefined ? [] : [binding.apiKey])),
      ...guardrails.secrets,
      ...(telemetry?.secrets ?? []),
    ],
    statements: [
      ...bindings.flatMap(({ binding }) => binding.statements ?? []),
      ...guardrails.statements,
      ...(telemetry?.statements ?? []),
    ],
    network: sharedNetwork([...bindings.map(({ id, binding }) => ({ id, network: binding.network })), ...guardrails.networks]),
  };
}

/** What carries credentials or means something to the gateway is no end user. */
const TAKEN_HEADER =
  /^(?:authorization|proxy-authorization|cookie|host|forwarded|content-.*|x-gateway-.*|x-amz.*|x-forwarded-.*|.*api-key|traceparent)$/;

function endUserHeader(name: string): string {
  const lower = name.toLowerCase();
  if (Token.isUnresolved(name) || !/^[a-z0-9-]{1,64}$/.test(lower) || TAKEN_HEADER.test(lower)) {
    throw new Error(
      `"endUserHeader" is ${JSON.stringify(name)}; give the name of a header that means nothing else, for example "x-end-user"`,
    );
  }
  return lower;
}

/** Names and globs of the models that routes send to one provider. */
function modelsRoutedTo(id: string, routes: readonly RouteConfig[]): string[] {
  const models = routes.flatMap(({ alias, targets, shadow }) =>
    [...targets, ...(shadow === undefined ? [] : [shadow])]
      .filter(({ provider }) => provider === id)
      .map(({ model }) => (model === ASKED_FOR ? alias : model)),
  );
  return [...new Set(models)];
}

function checkIds(providers: readonly Provider[]): Set<string> {
  const ids = new Set<string>();
  for (const { id } of providers) {
    if (ids.has(id)) throw new Error(`two providers have the id "${id}"; give one of them another "id", for example "${id}-2"`);
    ids.add(id);
  }
  return ids;
}

function providerConfig(id: string, binding: ProviderBinding, values: DeployValues): ProviderConfig {
  const network = (binding.network ?? ProviderNetwork.public()).kind as ProviderConfig['network'];
  const { baseUrl, apiKey, apiKeyField, regions, models, settings } = binding;
  for (const region of regions ?? []) {
    if (Token.isUnresolved(region) || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(region)) {
      throw new Error(
        `provider "${id}" names the Region or location "${region}"; give a plain name known at synth, for example "us-east-1", or leave it out`,
      );
    }
  }
  const url = baseUrl === undefined || Token.isUnresolved(baseUrl) ? baseUrl : checkBaseUrl(id, baseUrl, network);
  return {
    id,
    kind: binding.kind as ProviderKind,
    ...(url === undefined ? {} : { baseUrl: values.add(url) }),
    ...(apiKey === undefined
      ? {}
      : { credential: { secretArn: values.add(apiKey.secretArn), ...(apiKeyField === undefined ? {} : { field: apiKeyField }) } }),
    ...(binding.roleArn === undefined
      ? {}
      : { role: { arn: values.add(binding.roleArn), ...(binding.externalId === undefined ? {} : { externalId: binding.externalId }) } }),
    ...(regions === undefined || regions.length === 0 ? {} : { regions: [...regions] }),
    ...(models === undefined ? {} : { models: models.map((glob) => checkGlob(`"models" of provider "${id}"`, glob)) }),
    network,
    ...(binding.residency === undefined ? {} : { residency: checkArea(`"residency" of provider "${id}"`, binding.residency) }),
    ...(binding.free === undefined ? {} : { free: binding.free }),
    ...(binding.capacity === undefined ? {} : { capacity: capacityConfig(id, { ...binding, capacity: binding.capacity }) }),
    ...(binding.healthProbe === undefined ? {} : { probe: probeConfig(id, binding.kind, binding.healthProbe) }),
    ...(binding.mediaUrls === undefined ? {} : { mediaUrls: binding.mediaUrls }),
    ...(binding.mediaLocations === undefined ? {} : { mediaLocations: mediaLocations(id, binding.kind, binding.mediaLocations) }),
    ...(settings === undefined || Object.keys(settings).length === 0 ? {} : { settings: { ...settings } }),
  };
}

/** The one VPC that all private providers share: a function can be in one only. */
function sharedNetwork(
  places: readonly { readonly id: string; readonly network: ProviderNetwork | undefined }[],
): ProviderNetwork | undefined {
  const inVpc = places.filter(({ network }) => network?.virtualNetwork !== undefined);
  const [first, ...others] = inVpc;
  for (const other of others) {
    if (other.network?.virtualNetwork !== first?.network?.virtualNetwork) {
      throw new Error(
        `the providers "${first?.id}" and "${other.id}" are in different VPCs, and a function can be in one only; peer the VPCs and name one of them, or make a second gateway`,
      );
    }
  }
  return (inVpc.find(({ network }) => network?.endpoints) ?? first)?.network;
}

function maxBodyBytes(size: Size | undefined): number {
  const bytes = size?.toBytes() ?? MAX_BODY_BYTES;
  if (bytes < 1_024 || bytes > MAX_BODY_BYTES) {
    throw new Error(
      `"maxBodySize" is ${bytes} bytes; give 1024 to ${MAX_BODY_BYTES} bytes, because Lambda's limit of 6 MB counts the serialised event`,
    );
  }
  return bytes;
}

function maxOutputTokens(tokens: number): number {
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > 1_000_000) {
    throw new Error(`"defaultMaxOutputTokens" is ${tokens}; give a whole number from 1 to 1000000`);
  }
  return tokens;
}

function contentLogConfig(contentLog: ContentLog): ContentLogConfig {
  const { level, most, callersLeast, callersMost } = contentLog.bind();
  return {
    level: level as ContentLevel,
    most: most as ContentLevel,
    ...(callersLeast === undefined || callersMost === undefined
      ? {}
      : { callers: { least: callersLeast as ContentLevel, most: callersMost as ContentLevel } }),
  };
}
