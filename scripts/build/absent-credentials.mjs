/**
 * Stands in for sources of AWS credentials that start a program or ask a browser. The SDK's chain goes on to the next source: the role of
 * the container, the pod or the machine.
 */
const absent = () => async () => {
  throw Object.assign(new Error('this source of credentials is not part of the gateway'), {
    name: 'CredentialsProviderError',
    tryNextLink: true,
  });
};

export { absent as fromIni, absent as fromLoginCredentials, absent as fromProcess, absent as fromSSO };
