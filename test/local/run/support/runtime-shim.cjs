/** Stands in for the native client of aws-lambda-ric, which only a compiler can make. */
const Module = require('node:module');
const http = require('node:http');

const load = Module._load;
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { host, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent, headers: { ...headers, ...length } };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function post(path, body, headers) {
  call('POST', path, body, { 'content-type': 'application/json', ...headers }).catch(() => process.exit(1));
}

const client = {
  initializeClient() {},
  next: () => call('GET', 'next'),
  done: (id, body) => post(`${id}/response`, body),
  error: (id, body) => post(`${id}/error`, body, { 'lambda-runtime-function-error-type': 'Unhandled' }),
};

Module._load = (request, ...rest) => (request.endsWith('rapid-client.node') ? client : load.call(Module, request, ...rest));
