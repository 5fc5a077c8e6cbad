/**
 * Writes `test/schemas/extracts`: what vendors' own packages say of the bodies that their APIs take, trimmed to facts (names, types, limits, words
 * of enumerations; no prose) and turned into JSON Schema. Fetches the packages with npm and pip, so it needs both, and a network.
 *
 * `node scripts/schemas/import.mjs [NAME ...]`; without names, all of them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { schemaOfOperations } from './of-botocore.mjs';
import { schemaOfMessages } from './of-discovery.mjs';
import { schemaOfProtos } from './of-protos.mjs';
import { schemaOfType } from './of-types.mjs';

/** By the name of the file that is written. Every licence lets facts be taken along with a notice, which `source` is. */
const SOURCES = {
  bedrock: {
    pip: 'botocore',
    license: 'Apache-2.0',
    read: (folder) => {
      const text = gunzipSync(readFileSync(join(folder, 'botocore/data/bedrock-runtime/2023-09-30/service-2.json.gz')));
      return schemaOfOperations(JSON.parse(text), ['Converse', 'ConverseStream', 'CountTokens']);
    },
  },
  vertex: {
    pip: 'google-api-python-client',
    license: 'Apache-2.0',
    read: (folder) =>
      schemaOfMessages(json(folder, 'googleapiclient/discovery_cache/documents/aiplatform.v1.json'), 'GoogleCloudAiplatformV1', [
        'GenerateContentRequest',
        'CountTokensRequest',
        'PredictRequest',
      ]),
  },
  gemini: {
    npm: '@google/genai',
    license: 'Apache-2.0',
    read: (folder) => geminiBody(schemaOfType(join(folder, 'package/dist/genai.d.ts'), 'GenerateContentParameters').definitions),
  },
  'gemini-protos': {
    npm: '@google-ai/generativelanguage',
    license: 'Apache-2.0',
    read: (folder) => {
      const { google } = json(folder, 'package/build/protos/protos.json').nested;
      const { nested } = google.nested.ai.nested.generativelanguage.nested.v1beta;
      return schemaOfProtos(nested, ['BatchEmbedContentsRequest']);
    },
  },
  mistral: {
    npm: '@mistralai/mistralai',
    license: 'Apache-2.0',
    read: (folder) =>
      withoutDefaults(
        ofTypes(folder, {
          chat: ['package/esm/models/components/chatcompletionrequest.d.ts', 'ChatCompletionRequest$Outbound', 'ChatCompletionRequest'],
          embeddings: ['package/esm/models/components/embeddingrequest.d.ts', 'EmbeddingRequest$Outbound', 'EmbeddingRequest'],
        }),
      ),
  },
  cohere: {
    npm: 'cohere-ai',
    license: 'MIT',
    read: (folder) =>
      ofTypes(folder, {
        chat: ['package/serialization/resources/v2/client/requests/V2ChatRequest.d.ts', 'V2ChatRequest.Raw'],
        stream: ['package/serialization/resources/v2/client/requests/V2ChatStreamRequest.d.ts', 'V2ChatStreamRequest.Raw'],
        embeddings: ['package/serialization/resources/v2/client/requests/V2EmbedRequest.d.ts', 'V2EmbedRequest.Raw'],
      }),
  },
  groq: {
    npm: 'groq-sdk',
    license: 'Apache-2.0',
    read: (folder) => ofTypes(folder, { chat: ['package/resources/chat/completions.d.ts', 'ChatCompletionCreateParams'] }),
  },
  cerebras: {
    npm: '@cerebras/cerebras_cloud_sdk',
    license: 'Apache-2.0',
    read: (folder) => ofTypes(folder, { chat: ['package/resources/chat/completions.d.ts', 'ChatCompletionCreateParams'] }),
  },
};

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
for (const name of wanted.length === 0 ? Object.keys(SOURCES) : wanted) {
  const { read, license, ...registry } = SOURCES[name];
  const at = mkdtempSync(join(folder, 'package-'));
  const source = { ...(registry.npm === undefined ? fromPip(registry.pip, at) : fromNpm(registry.npm, at)), license };
  const { bodies, definitions } = read(at);
  const lines = Object.keys(definitions)
    .sort()
    .map((one) => `${JSON.stringify(one)}:${JSON.stringify(definitions[one])}`);
  const text = `{"source":${JSON.stringify(source)},\n"bodies":${JSON.stringify(bodies)},\n"definitions":{\n${lines.join(',\n')}\n}}\n`;
  writeFileSync(join(import.meta.dirname, `../../test/schemas/extracts/${name}.json`), text);
  console.log(`${name}: ${source.package} ${source.version} of ${source.date}, ${Math.round(text.length / 1_024)} KB`);
}
rmSync(folder, { recursive: true });

function fromNpm(name, at) {
  const { version, time } = JSON.parse(execFileSync('npm', ['view', name, 'version', 'time', '--json'], { encoding: 'utf8' }));
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', `${name}@${version}`, '--json'], { cwd: at, encoding: 'utf8' }));
  execFileSync('tar', ['xzf', filename], { cwd: at });
  return { package: `npm ${name}`, version, date: time[version].slice(0, 10) };
}

/** The day is that of the newest file. */
function fromPip(name, at) {
  execFileSync('pip', ['download', '--quiet', '--no-deps', '--dest', at, name]);
  const [wheel] = readdirSync(at);
  const list = execFileSync('python3', ['-m', 'zipfile', '-l', wheel], { cwd: at, encoding: 'utf8', maxBuffer: 1 << 26 });
  execFileSync('python3', ['-m', 'zipfile', '-e', wheel, '.'], { cwd: at });
  const days = list.match(/\b20\d\d-\d\d-\d\d\b/g).sort();
  return { package: `PyPI ${name}`, version: wheel.split('-')[1], date: days.at(-1) };
}

function json(folder, path) {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}

/** @param types of each body its file and its type there, and more types that are needed */
function ofTypes(folder, types) {
  const schemas = Object.entries(types).map(([body, [file, ...names]]) => [
    body,
    names.map((name) => schemaOfType(join(folder, file), name)),
  ]);
  return {
    bodies: Object.fromEntries(schemas.map(([body, [{ $ref }]]) => [body, { $ref }])),
    definitions: Object.assign({}, ...schemas.flatMap(([, all]) => all.map(({ definitions }) => definitions))),
  };
}

/** Types of what Mistral's SDK writes require what it fills in itself; those of what it takes do not, and have names in camel case. */
function withoutDefaults({ bodies, definitions }) {
  const written = Object.entries(definitions).filter(([name]) => name.endsWith('$Outbound'));
  const corrected = written.map(([name, schema]) => {
    const taken = definitions[name.replace('$Outbound', '')]?.required?.map(snakeCase);
    const required = schema.required?.filter((field) => taken === undefined || taken.includes(field));
    return [name, required === undefined ? schema : { ...schema, required }];
  });
  // Messages have lost the name of their type.
  const text = JSON.stringify(reached(bodies, Object.fromEntries(corrected))).replaceAll(
    '"required":["prefix","role"]',
    '"required":["role"]',
  );
  return { bodies, definitions: JSON.parse(text) };
}

function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The SDK takes the settings flat, and has ways of its own to write contents and tools; the API takes them apart, and in one way each. */
function geminiBody(definitions) {
  const BESIDE = ['tools', 'toolConfig', 'safetySettings', 'cachedContent', 'serviceTier', 'store'];
  const OF_THE_SDK = ['httpOptions', 'abortSignal', 'automaticFunctionCalling', 'automaticContinuation', 'systemInstruction'];
  const OF_VERTEX = ['labels', 'routingConfig', 'modelSelectionConfig', 'modelArmorConfig', 'audioTimestamp'];
  const { properties } = definitions.GenerateContentConfig;
  const settings = Object.entries(properties).filter(([name]) => ![...BESIDE, ...OF_THE_SDK, ...OF_VERTEX].includes(name));
  const one = (name) => ({ $ref: `#/definitions/${name}` });
  const several = (name) => ({ type: 'array', items: one(name) });
  const body = {
    contents: several('Content'),
    systemInstruction: one('Content'),
    tools: several('Tool'),
    toolConfig: one('ToolConfig'),
    safetySettings: several('SafetySetting'),
    cachedContent: { type: 'string' },
    serviceTier: properties.serviceTier,
    store: { type: 'boolean' },
    generationConfig: { type: 'object', properties: Object.fromEntries(settings), additionalProperties: false },
  };
  const root = { type: 'object', properties: body, required: ['contents'], additionalProperties: false };
  return { bodies: { generateContent: root }, definitions: reached(root, definitions) };
}

function reached(root, definitions) {
  const found = {};
  const visit = (value) => {
    for (const [, name] of JSON.stringify(value).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      const plain = decodeURIComponent(name);
      if (plain in found) continue;
      found[plain] = definitions[plain];
      visit(definitions[plain]);
    }
  };
  visit(root);
  return found;
}
