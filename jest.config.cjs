/** ES-module-only packages that the tests load; everything else in node_modules runs as it is. */
const transformed = [
  'openai',
  '@anthropic-ai',
  'ai',
  '@ai-sdk',
  '@langchain',
  '@openai',
  'eventsource-parser',
  '@pydantic',
  'gpt-tokenizer',
  '@cloud-copilot',
  'zod',
  '@workflow',
  '@vercel',
  '@standard-schema',
];

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: process.env.SOAK ? [] : ['/soak/'],
  transform: {
    '^.+\\.[cm]?[tj]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${transformed.join('|')})/)`],
  // As in the usage function's bundle (scripts/build.mjs): clients that nothing of ours calls, and a promise library of its own.
  moduleNameMapper: {
    '^@aws-sdk/(client-s3|client-kms|s3-request-presigner)$': '<rootDir>/scripts/build/unused-module.cjs',
    '^bluebird$': '<rootDir>/scripts/build/native-promise.cjs',
  },
  globalSetup: '<rootDir>/test/setup/global-setup.cjs',
  maxWorkers: 2,
  // A busy machine may be ten times slower; a test that hangs ends all the same.
  testTimeout: 60_000,
};
