/** The parts of dynalite 4.0.0 that the engine calls. They are its internals: the version is pinned and the tests hold them. */

declare module 'dynalite/db' {
  type Failure = Error | null | undefined;

  const db: {
    checkConditional(data: object, existing: object | undefined): Failure;
    compare(operator: string, value: object | undefined, others: readonly (object | undefined)[]): boolean;
    mapPath(path: readonly (string | number)[], item: object): object | undefined;
    createKey(item: object, table: object): string;
    updateIndexes(
      store: object,
      table: object,
      before: object | undefined,
      after: object | undefined,
      done: (error?: Failure) => void,
    ): void;
    validateItem(item: object, table: object): Failure;
    validateKey(key: object, table: object): Failure;
    itemSize(item: object): number;
  };
  export default db;
}

declare module 'dynalite/validations' {
  const validations: {
    /** @returns what is wrong */
    validateExpressions(data: object): string | undefined;
    checkTypes(data: object, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: object): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: Record<string, object>; readonly custom?: unknown };
  export default validation;
}

declare module 'dynalite/actions/*' {
  const action: (store: object, data: object, done: (error: Error | null | undefined, output?: Record<string, unknown>) => void) => void;
  export default action;
}
