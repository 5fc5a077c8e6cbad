/** Sockets. Apart from `http`, so that what is loaded later does not pull them out of a function's entry. */
export { createTransport, type SocketTransport, type TransportOptions } from './http/transport';
