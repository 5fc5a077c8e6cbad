import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { MediaLocation } from '../provider-props';

/** The IAM actions behind Converse, ConverseStream and InvokeModel. */
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
const UNKNOWN_PROFILE = /^[a-z]{2}(?:-[a-z]+)?\.[a-z][a-z0-9]*\.[^.]/;

/**
 * What a role needs to call models at Bedrock: exactly the named ones, or every model when none is named or one is `*`.
 *
 * @param regions Regions that are called; the stack's own when absent
 * @param models model ids, inference profile ids, ARNs, or globs of those
 */
export function bedrockStatements(stack: Stack, regions: readonly string[] | undefined, models: readonly string[]): iam.PolicyStatement[] {
  const called = calledRegions(stack, regions);
  const arn = (region: string, account: string, resource: string): string =>
    `arn:${stack.partition}:bedrock:${region}:${account}:${resource}`;
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

/** What a role needs to have its calls pass a guardrail, given by id or ARN. */
export function guardrailStatement(stack: Stack, regions: readonly string[] | undefined, guardrail: string): iam.PolicyStatement {
  const arns = calledRegions(stack, regions).map(
    (region) => `arn:${stack.partition}:bedrock:${region}:${stack.account}:guardrail/${guardrail}`,
  );
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
