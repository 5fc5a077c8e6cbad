/** One call of the admin API, free of Lambda's shapes. Bodies are small: the admin API neither streams nor takes files. */
export interface AdminRequest {
  readonly method: string;
  /** Below `/admin/v1`, as received: `/keys/abc/rotate`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. A header that came more than once is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a route answers; the application adds what every answer carries. */
export interface RouteAnswer {
  readonly status: number;
  /** JSON, unless `text` is given. */
  readonly json?: unknown;
  readonly text?: { readonly type: string; readonly body: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one value of a header. */
export function header(request: AdminRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
