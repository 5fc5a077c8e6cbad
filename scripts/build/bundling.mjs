/** How everything that runs is bundled, and what stays out of which bundle. */
import { join } from 'node:path';
import { LEAN } from './lean.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const unused = join(here, 'unused-module.cjs');
const without = (...names) => Object.fromEntries(names.map((name) => [name, unused]));

/** Nothing of ours runs in a browser. */
const browserAliases = without('bowser');

/** A function's credentials are in its environment: whatever starts a program, asks a browser or another service for them stays out. */
export const FUNCTION_ALIASES = {
  ...browserAliases,
  ...without(
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-web-identity',
  ),
};

/** A process that is no function may have its credentials from elsewhere, but starts no program either. */
export const PROCESS_ALIASES = {
  ...browserAliases,
  ...Object.fromEntries(
    ['ini', 'process', 'sso', 'login'].map((kind) => [`@aws-sdk/credential-provider-${kind}`, join(here, 'absent-credentials.mjs')]),
  ),
};

/** What aws-lambda-stream would load although no pipeline of ours uses it, and a promise library that makes functions from strings. */
export const USAGE_ALIASES = {
  ...FUNCTION_ALIASES,
  ...without(
    '@aws-sdk/client-s3',
    '@aws-sdk/s3-request-presigner',
    '@aws-sdk/client-kms',
    '@aws-sdk/client-eventbridge',
    'aws-kms-ee',
    '@smithy/node-http-handler',
    '@smithy/util-retry',
  ),
  bluebird: join(here, 'native-promise.cjs'),
};

/** The local DynamoDB has a store of its own: no level database, whose addon is native, gets into the package. */
export const LOCAL_ALIASES = {
  level: join(root, 'local/dynamodb/absent-level.ts'),
  'memory-level': join(root, 'local/dynamodb/absent-level.ts'),
};

/** Minified ES modules for esbuild; what is loaded lazily is a chunk of its own. */
export function bundling(alias) {
  return {
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    splitting: true,
    legalComments: 'none',
    logLevel: 'warning',
    chunkNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    alias,
    plugins: LEAN,
    // CommonJS packages inside an ES module still call `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; let __require; const require = (id) => (__require ??= __createRequire(import.meta.url))(id);",
    },
  };
}
