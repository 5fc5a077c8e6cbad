import type { StreamEvent } from '../wire/model';

type Hide = (text: string) => string;

/**
 * An event without what is found in its identifiers, names of models and reasons, which a provider chooses freely; the same event where nothing is.
 * What is sealed, a signature or hidden thoughts, is left out as a whole: it is of no use with another content.
 */
export function withoutFinds<E extends StreamEvent>(event: E, hide: Hide): E {
  let changed: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(event)) {
    if (name === 'type') continue;
    const other = withoutFindsIn(name, value, hide);
    if (other === value) continue;
    changed ??= { ...event };
    if (other === undefined) delete changed[name];
    else changed[name] = other;
  }
  return (changed as E | undefined) ?? event;
}

function withoutFindsIn(name: string, value: unknown, hide: Hide): unknown {
  switch (name) {
    case 'id':
    case 'model':
      return typeof value === 'string' ? hide(value) : value;
    case 'signature':
    case 'redacted': {
      const sealed = (value as { readonly value: string }).value;
      return hide(sealed) === sealed ? value : undefined;
    }
    case 'reason':
    case 'usage':
      return eachHidden(value as object, hide);
    default:
      return value;
  }
}

/** Explanations are looked through as words of the model. */
function eachHidden(value: object, hide: Hide): object {
  let changed: Record<string, unknown> | undefined;
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== 'string' || name === 'unified' || name === 'explanation') continue;
    const other = hide(each);
    if (other === each) continue;
    changed ??= { ...value };
    changed[name] = other;
  }
  return changed ?? value;
}
