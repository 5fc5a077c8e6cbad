import { CALL_FIELDS, RESULT_FIELDS, STATE_FIELDS, type UsageRecord } from '../../money/record';
import type { Item } from './attributes';
import { combinations } from './combinations';
import { blankItem, writable } from './request-record';

/** The id is the key. */
const { id: _id, ...BEFORE } = CALL_FIELDS;
const FIELDS = { ...BEFORE, ...RESULT_FIELDS };
const STATE = STATE_FIELDS.state.attribute;
/** Keys and what the store fills in; those that not every record has stand last. */
const PLACE = ['pk', 'sk', STATE, 'updated_at', 'ttl'];
const LISTED = ['feed', 'feed_at'];

const shapeOf = combinations(writable(FIELDS), (present, listed) =>
  blankItem([...PLACE, ...(listed === 1 ? LISTED : []), ...present.map(({ attribute }) => attribute)]),
);

/** The item of a record, whose keys and list the store fills in. */
export function writeUsageRecord(record: UsageRecord, listed: boolean): Item {
  const { present, made } = shapeOf(record, listed ? 1 : 0);
  const item: Item = { ...made };
  item[STATE] = { S: record.state };
  for (const { name, attribute, write } of present) item[attribute] = write(record[name as keyof UsageRecord]);
  return item;
}

const resultOf = combinations(writable(RESULT_FIELDS), (present) => {
  const attributes = present.map(({ attribute }) => attribute);
  return {
    expression: `SET ${[STATE, 'updated_at', ...attributes].map((name) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries([STATE, 'updated_at', ...attributes].map((name) => [`#${name}`, name])),
  };
});

/** The update that makes a record `adjusted`, with all that is known by now. */
export function writeAdjustment(record: UsageRecord) {
  const { present, made } = resultOf(record);
  const values: Item = { [`:${STATE}`]: { S: 'adjusted' }, ':charged': { S: 'expired_charged' } };
  for (const { name, placeholder, write } of present) values[placeholder] = write(record[name as keyof UsageRecord]);
  return {
    UpdateExpression: made.expression,
    ConditionExpression: `#${STATE} = :charged`,
    ExpressionAttributeNames: made.names,
    ExpressionAttributeValues: values,
  };
}
