import { Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { MAX_ENVIRONMENT_BYTES } from './contract';

/** Longest values of the pseudo parameters, in bytes. */
const PSEUDO_PARAMETERS: Record<string, number> = {
  'AWS::Partition': 10,
  'AWS::Region': 14,
  'AWS::AccountId': 12,
  'AWS::URLSuffix': 16,
  'AWS::StackName': 64,
};

/** A name or ARN that CloudFormation fills in is taken to be this long, in bytes. */
const REFERENCE_BYTES = 120;

/** Says what is wrong when a function's environment may not fit into what Lambda allows. */
export function environmentProblem(fn: lambda.Function, name: string): string[] {
  const resource = fn.node.defaultChild as lambda.CfnFunction;
  const environment = Stack.of(fn).resolve(resource.environment) as { variables?: Record<string, unknown> } | undefined;
  const bytes = Object.entries(environment?.variables ?? {}).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + length(value), 0);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return [];
  return [
    `the environment of the ${name} function may need ${bytes} bytes, more than the ${MAX_ENVIRONMENT_BYTES} that are safe below Lambda's limit of 4,096; ` +
      'keep several providers\' keys as fields of one secret (the same "apiKey" with different "apiKeyField"s) or configure fewer providers',
  ];
}

/** Upper estimate of a resolved value's length in bytes. */
function length(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(String(value ?? ''));
  const [intrinsic, argument] = Object.entries(value)[0] ?? ['', ''];
  if (intrinsic === 'Ref' && typeof argument === 'string') return PSEUDO_PARAMETERS[argument] ?? REFERENCE_BYTES;
  if (intrinsic === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument as [string, unknown[]];
    if (Array.isArray(parts)) return parts.reduce<number>((sum, part) => sum + length(part) + Buffer.byteLength(separator), 0);
  }
  return REFERENCE_BYTES;
}
