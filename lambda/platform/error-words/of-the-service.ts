import { explainedAt } from './words';

/** What went wrong behind a call that was right: in the gateway, in AWS, at a provider, or with the caller's patience. */
export const OF_THE_SERVICE = {
  ...explainedAt('errorrate', {
    internal_error: ['A fault of the gateway.', "Operators find the stack in the log by the request's id; report it."],
    gateway_unavailable: [
      'API Gateway could not have the call answered.',
      "Try again; operators look at the proxy's log and at its last deployment.",
    ],
    gateway_timeout: ['The call took longer than API Gateway waits.', 'Stream, or ask for less in one call.'],
    event_too_large: ['The provider sent one event of more than 32 megabytes.', 'Operators report it to the provider.'],
    upstream_conflict: ['The provider reported a conflict.', 'Try again.'],
    upstream_encoded: [
      'The provider answered in an encoding that was not asked for.',
      'Operators look at what stands between gateway and provider.',
    ],
    upstream_error: ['The provider failed.', 'Try again, unless `x-should-retry` says no.'],
    upstream_incomplete: ["The provider's stream ended before the answer did.", 'Try again; what came is charged.'],
    upstream_invalid_response: [
      'The provider did not answer in its documented format.',
      "Operators check the provider's base URL and kind.",
    ],
    upstream_overloaded: ['The provider is overloaded.', 'Try again later; operators add a target at another provider.'],
    upstream_redirect: ['The provider redirects, which is not followed.', 'Operators correct its base URL.'],
    upstream_reset: ['The provider broke the connection.', 'Try again.'],
    upstream_runaway: ['The provider went on beyond the output cap, so the answer was cut.', 'Operators report it to the provider.'],
    upstream_timeout: [
      'The provider did not answer in time, or not within `x-gateway-timeout-ms`.',
      'Try again, stream, or allow more time; `x-should-retry` says whether waiting helps.',
    ],
    upstream_tls: ['No secure connection to the provider could be made.', 'Operators look at its certificate and at proxies on the way.'],
    upstream_too_large: ["The provider's answer is larger than the gateway takes.", 'Ask for less in one call, or stream.'],
    upstream_unreachable: [
      "The provider's host cannot be found or takes no connection.",
      'Try again; operators look at its name and at the network.',
    ],
  }),
  ...explainedAt('providers-that-fail', {
    all_targets_failed: ['No place that serves the model answers just now.', 'Try again; operators add a target at another provider.'],
  }),
  ...explainedAt('throttled', {
    gateway_overloaded: ['Lambda has no concurrency left for the call.', 'Try again; operators ask for a higher quota.'],
    request_timeout: [
      'A self-hosted process waited too long for the body of the request, or had no room left to wait.',
      'Send it again, without pauses.',
    ],
  }),
  ...explainedAt('storedown', {
    store_unavailable: [
      'DynamoDB did not answer in time. Nothing was sent to a provider, nothing is charged.',
      'Wait as long as `Retry-After` says.',
    ],
  }),
  ...explainedAt('misconfigured', {
    guardrail_unavailable: [
      'A guardrail policy holds for the call and cannot be read, or its check came to no end. Nothing was sent to a provider.',
      'Try again; administrators look at the policy, and at the service that it asks.',
    ],
    misconfigured: ['A secret, a permission or a resource of the gateway is missing.', 'Operators find which in the log.'],
    provider_misconfigured: [
      "A provider's credential or address is missing or unusable.",
      'Operators put it right; the message says what.',
    ],
    secret_unavailable: ['Secrets Manager did not give a secret just now.', 'Wait as long as `Retry-After` says.'],
    egress_denied: ["The provider's name leads to an address that may not be called.", 'Operators give the provider the network it is on.'],
  }),
  ...explainedAt('providerkeybad', {
    upstream_auth: ["The provider refused the gateway's own credential.", "Operators put a working key into the provider's secret."],
  }),
  ...explainedAt('providers-that-refuse', {
    invalid_request: [
      "The provider refused the call as invalid, or API Gateway did. A provider's own code for it is shown in its place.",
      'Change the field in `param` as the message says.',
    ],
    content_policy_violation: ["The provider's content policy refused the prompt.", 'Change the prompt.'],
    context_length_exceeded: ['The prompt is too long for the model.', 'Shorten it, or ask a model with a larger window.'],
    all_targets_refused: [
      'Every place that serves the model refused the call, each for a reason of its own.',
      'See `attempts` in the usage record.',
    ],
    upstream_quota: ["The gateway's quota or credit at the provider is used up.", 'Operators raise it there.'],
  }),
  ...explainedAt('callers-who-left', {
    caller_timeout: [
      "In records: the caller's own `x-gateway-timeout-ms` passed; the caller was told `upstream_timeout`.",
      'Allow more time.',
    ],
    client_closed_request: ['In records: the caller hung up.', 'Nothing, unless it happens often.'],
  }),
};
