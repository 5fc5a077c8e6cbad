import type { JsonObject } from '../../platform/json';
import { nonEmptyText } from './lenient';

/** An address that every reader of URLs takes for the same host: nothing stands between it and the path, and nothing in the path bends it. */
const ADDRESS = /^https?:\/\/([a-z0-9.-]+(?::\d{1,5})?)(?:\/[\x21-\x5b\x5d-\x7e]*)?$/i;

/**
 * What permissions call a remote MCP server: by where the call sends the provider, its host or the provider's own connector. A label is the
 * caller's to choose and names a server only where nothing else does, so that the provider must know it.
 */
export function mcpServerNames({ url, connector, label }: Readonly<Record<'url' | 'connector' | 'label', unknown>>): string[] {
  const names: string[] = [];
  if (url !== undefined && url !== null) names.push(ADDRESS.exec(typeof url === 'string' ? url : '')?.[1]?.toLowerCase() ?? '');
  if (connector !== undefined && connector !== null) names.push(typeof connector === 'string' ? connector : '');
  if (names.length === 0) names.push(typeof label === 'string' ? label : '');
  return names.map((name) => `mcp:${name}`);
}

/** The same of a tool of OpenAI's. */
export function mcpToolNames(tool: JsonObject): string[] {
  const { server_url: url, connector_id: connector, server_label: label } = tool;
  return mcpServerNames({ url, connector, label: nonEmptyText(label) });
}
