import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { MediaLocation } from '../provider-props';

/** The IAM actions behind Converse, InvokeModel, Responses, Chat Completions and Messages, whole and streamed. */
const ACTIONS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/**
 * Regions that a cross-Region inference profile may send a call to, by the profile's prefix. AWS adds destinations to a
 * geography over time, so the geography is named, not each Region; `''` is the form without a Region that global profiles use.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const GEOGRAPHIES: Record<string, string[]> = {
  us: ['us-*'],
  eu: ['eu-*'],
  apac: ['ap-*'],
  jp: ['ap-northeast-*'],
  au: ['ap-southeast-*'],
  ca: ['ca-*', 'us-*'],
  in: ['ap-south-*'],
  'us-gov': ['us-gov-*'],
  global: ['*', ''],
};
/** Of a geography that we don't know, its profile alone says where it leads: the models are allowed through the profile only. */
const ANYWHERE = ['*', ''];
/** These makers' models are called in no wire format of OpenAI's. */
const WITHOUT_OPENAI_FORMATS = /^(?:[a-z-]+\.)?(?:amazon|anthropic)\./;
/** Whose prompts Bedrock counts, behind whatever profile. */
const COUNTED = /^(?:[a-z-]+\.)?(anthropic\..+)$/;
const UNKNOWN_PROFILE = /^[a-z]{2}(?:-[a-z]+)?\.[a-z][a-z0-9]*\.[^.]/;

/**
 * What a role needs to call models at Bedrock and to have their prompts counted: exactly the named ones, or every model when none is named
 * or one is `*`.
 *
 * @param regions Regions that are called; the stack's own when absent
 * @param models model ids, inference profile ids, ARNs, or globs of those
 */
export function bedrockStatements(stack: Stack, regions: readonly string[] | undefined, models: readonly string[]): iam.PolicyStatement[] {
  const called = calledRegions(stack, regions);
  return [...callStatements(stack, called, models), ...projectStatements(stack, called, models), ...countStatements(stack, called, models)];
}

function callStatements(stack: Stack, called: readonly string[], models: readonly string[]): iam.PolicyStatement[] {
  const arn = arnOf(stack);
  if (models.length === 0 || models.includes('*')) {
    const profiles = called.flatMap((region) =>
      ['inference-profile/*', 'application-inference-profile/*'].map((resource) => arn(region, stack.account, resource)),
    );
    const direct = called.map((region) => arn(region, '', 'foundation-model/*'));
    return [allow([...direct, ...profiles]), allow([arn('*', '', 'foundation-model/*'), arn('', '', 'foundation-model/*')], profiles)];
  }
  const direct = new Set<string>();
  const statements: iam.PolicyStatement[] = [];
  for (const model of [...new Set(models)].sort()) {
    const [, geography = '', foundationModel = ''] = /^([a-z-]+)\.(.+)$/.exec(model) ?? [];
    const destinations = GEOGRAPHIES[geography] ?? (UNKNOWN_PROFILE.test(model) ? ANYWHERE : undefined);
    if (model.startsWith('arn:')) {
      direct.add(model);
      if (/:(application-)?inference-profile\//.test(model)) statements.push(allow([arn('*', '', 'foundation-model/*')], [model]));
    } else if (destinations !== undefined) {
      const profiles = called.map((region) => arn(region, stack.account, `inference-profile/${model}`));
      for (const profile of profiles) direct.add(profile);
      const destined = destinations.map((region) => arn(region, '', `foundation-model/${foundationModel}`));
      statements.push(allow(destined, profiles));
    } else {
      for (const region of called) direct.add(arn(region, '', `foundation-model/${model}`));
    }
  }
  return [allow([...direct]), ...statements];
}

/**
 * Responses and Chat Completions ask for the account's default project beside the model. It opens no model by itself.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
 */
function projectStatements(stack: Stack, called: readonly string[], models: readonly string[]): iam.PolicyStatement[] {
  if (models.length > 0 && !models.some(mayHaveOpenAiFormats)) return [];
  const arn = arnOf(stack);
  const resources = called.map((region) => arn(region, stack.account, 'project/default'));
  return [new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources })];
}

/**
 * Tokens are counted by the foundation model in the Region that is called, not through a profile.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
function countStatements(stack: Stack, called: readonly string[], models: readonly string[]): iam.PolicyStatement[] {
  const all = models.length === 0 || models.includes('*');
  const counted = all ? ['anthropic.*'] : models.flatMap((model) => COUNTED.exec(modelId(model))?.[1] ?? []);
  if (counted.length === 0) return [];
  const arn = arnOf(stack);
  const resources = [...new Set(counted)].sort().flatMap((model) => called.map((region) => arn(region, '', `foundation-model/${model}`)));
  return [new iam.PolicyStatement({ actions: ['bedrock:CountTokens'], resources })];
}

/** Application inference profiles and bought throughput are called by Converse and InvokeModel alone. */
function mayHaveOpenAiFormats(model: string): boolean {
  const opaque = model.startsWith('arn:') && !/:(?:foundation-model|inference-profile)\//.test(model);
  return !opaque && !WITHOUT_OPENAI_FORMATS.test(modelId(model));
}

/** What an ARN of a model or of a profile names. */
function modelId(model: string): string {
  return model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model;
}

function arnOf(stack: Stack): (region: string, account: string, resource: string) => string {
  return (region, account, resource) => `arn:${stack.partition}:bedrock:${region}:${account}:${resource}`;
}

/** What a role needs to have its calls pass a guardrail, given by id or ARN. */
export function guardrailStatement(stack: Stack, regions: readonly string[] | undefined, guardrail: string): iam.PolicyStatement {
  const arn = arnOf(stack);
  const arns = calledRegions(stack, regions).map((region) => arn(region, stack.account, `guardrail/${guardrail}`));
  return new iam.PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: guardrail.startsWith('arn:') ? [guardrail] : arns });
}

/** What a role needs for Bedrock to read media for it: the objects of the named places alone, in buckets of the named accounts. */
export function mediaStatements(stack: Stack, locations: readonly MediaLocation[]): iam.PolicyStatement[] {
  return locations.map(
    ({ uri, bucketOwner = stack.account }) =>
      new iam.PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [`arn:${stack.partition}:s3:::${uri.replace(/^s3:\/\//, '').replace(/\/$/, '')}/*`],
        conditions: { StringEquals: { 'aws:ResourceAccount': bucketOwner } },
      }),
  );
}

function calledRegions(stack: Stack, regions: readonly string[] | undefined): string[] {
  return regions === undefined || regions.length === 0 ? [stack.region] : [...regions];
}

/** @param throughProfiles the foundation models may be reached through these inference profiles only */
function allow(resources: string[], throughProfiles?: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ACTIONS,
    resources,
    conditions: throughProfiles === undefined ? undefined : { StringLike: { 'bedrock:InferenceProfileArn': throughProfiles } },
  });
}
