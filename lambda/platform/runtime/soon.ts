/** At hand, or promised. Who calls asks which (`instanceof Promise`): to wait for what is at hand costs a promise and a turn. */
export type Soon<T> = T | Promise<T>;
