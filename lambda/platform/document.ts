import { readFileSync } from 'node:fs';
import { DEFAULT_DEADLINES, type DeployValue, type GatewayDocument, MAX_BODY_BYTES } from '../../lib/private/contract';
import { parseJson } from './json/json';

/**
 * Reads the configuration document that synthesis made and checked.
 *
 * @throws Error when the file is missing or not of this version: the layer does not belong to this code
 */
export function loadDocument(file: string): GatewayDocument {
  return readDocument(readFileSync(file, 'utf8'), file);
}

/** @param source named in errors */
export function readDocument(text: string, source: string): GatewayDocument {
  const value = parseJson(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`${source} is not a JSON object`);
  const document = value as unknown as GatewayDocument;
  if (document.version !== 1) throw new Error(`${source} has version ${String(document.version)}; this code reads version 1`);
  if (!Array.isArray(document.providers) || !Array.isArray(document.routes)) throw new Error(`${source} names no providers or routes`);
  return {
    ...document,
    deadlines: { ...DEFAULT_DEADLINES, ...document.deadlines },
    maxBodyBytes: document.maxBodyBytes ?? MAX_BODY_BYTES,
    gateway: document.gateway ?? {},
    defaults: document.defaults ?? {},
  };
}

/**
 * A value of the document: itself, or what the deployment put into the environment.
 *
 * @returns undefined when the environment lacks it
 */
export function deployedValue(value: DeployValue | undefined, deployValue: (name: string) => string | undefined): string | undefined {
  if (value?.value !== undefined) return value.value;
  return value?.env === undefined ? undefined : deployValue(value.env);
}
