import type { Tool } from '../../model/request';

/** Between a namespace and the name of a tool in it, in the one flat name that other wire formats have. */
const SEPARATOR = '__';

export function qualifiedName(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}${SEPARATOR}${name}`;
}

/** The namespace and the name in it of one of the request's tools. */
export function splitName(qualified: string, tools: readonly Tool[] | undefined): { readonly name: string; readonly namespace?: string } {
  const namespace = tools?.find(({ name }) => name === qualified)?.namespace;
  return namespace === undefined ? { name: qualified } : { name: qualified.slice(namespace.length + SEPARATOR.length), namespace };
}
