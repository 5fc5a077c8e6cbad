import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import type { BusEvent } from '../../lambda/aws/events';

const schema = JSON.parse(readFileSync(join(__dirname, '../../docs/events.json'), 'utf8'));
const ajv = new Ajv2020({
  allErrors: true,
  strictTypes: false,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, date: /^\d{4}-\d\d-\d\d$/ },
});
const isPublished = ajv.compile(schema);

/** Whatever is put on the bus is as `docs/events.json` says. */
export function checkPublished({ type, detail }: BusEvent): void {
  const event = { source: 'llm-gateway', 'detail-type': type, detail: JSON.parse(JSON.stringify(detail)) };
  if (!isPublished(event)) throw new Error(`${JSON.stringify(event)} is not as published: ${ajv.errorsText(isPublished.errors)}`);
}
