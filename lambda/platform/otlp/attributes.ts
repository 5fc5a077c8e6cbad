import { ProtobufMessage } from './protobuf';

/** What a measurement or a span is told apart by. Undefined: it has none of that name. */
export type Attributes = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Adds each as a `KeyValue`. */
export function addAttributes(message: ProtobufMessage, field: number, attributes: Attributes): ProtobufMessage {
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) message.message(field, new ProtobufMessage().text(1, name).message(2, anyValue(value)));
  }
  return message;
}

function anyValue(value: string | number | readonly string[]): ProtobufMessage {
  const message = new ProtobufMessage();
  if (typeof value === 'string') return message.text(1, value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? message.number(3, value) : message.double(4, value);
  const list = new ProtobufMessage();
  for (const one of value) list.message(1, anyValue(one));
  return message.message(5, list);
}

/** Of whom everything in a message tells, and by whom. */
export function scoped(resource: Attributes, items: readonly ProtobufMessage[]): ProtobufMessage {
  const scope = new ProtobufMessage().message(1, new ProtobufMessage().text(1, 'cdk-llm-gateway'));
  for (const item of items) scope.message(2, item);
  return new ProtobufMessage().message(
    1,
    new ProtobufMessage().message(1, addAttributes(new ProtobufMessage(), 1, resource)).message(2, scope),
  );
}

/** Epoch milliseconds as OTLP has times. */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}
