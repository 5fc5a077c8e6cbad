import { explainedAt } from './words';

/** What a call was refused for, before anything went to a provider or into a table. */
export const OF_CALLS = {
  ...explainedAt('calls-refused-as-wrong', {
    invalid_value: ['A field or parameter has a value that is not accepted.', 'Change the field in `param` as the message says.'],
    invalid_type: ['A field has a value of the wrong type.', 'Give the field in `param` the type that the message names.'],
    invalid_header: ['A header came twice, is too long or is not of its form.', 'Send the header in `param` once, as the message says.'],
    invalid_json: ['The body is no JSON object, or too deep or too wide.', 'Send one JSON object in UTF-8.'],
    invalid_model: ["`model` is not a model's name.", 'At most 256 letters, digits and `. _ : / @ + ~ -`.'],
    missing_field: ['A field that the admin API needs is missing.', 'Add the field in `param`.'],
    missing_required_parameter: ['A field that the dialect needs is missing.', 'Add the field in `param`.'],
    unknown_field: ['The admin API has no such field or parameter.', 'Leave it out; `docs/openapi.json` lists those it has.'],
    duplicate_field: ['A field stands twice in one object, and servers differ in which they read.', 'Send it once.'],
    forbidden_field: ['A field that is not taken: it refers to what a provider keeps, or only reads like a known one.', 'Leave it out.'],
    unsupported_parameter: [
      'The field is right, but the provider of this model has nothing like it.',
      'Leave it out, or ask another model.',
    ],
    operation_not_supported: ['The provider of this model does not offer this endpoint.', 'Ask another model, or call another endpoint.'],
    media_url_not_allowed: ['The server behind this model may not fetch media by URL.', 'Send the content itself, as base64.'],
    exceeds_parent: [
      'A level would get more than the level above it has.',
      'Stay within what the message names, or raise the parent first.',
    ],
    range_too_large: [
      'A report over this many days and groups does not fit into one answer.',
      'Narrow `start` and `end`, or group by less.',
    ],
    ambiguous_credentials: ['Two different keys came with one call.', 'Send one: in `Authorization`, `x-api-key` or `api-key`.'],
    idempotency_mismatch: ['An `Idempotency-Key` was used with another call before.', 'Use a new one for each call.'],
    request_too_large: ['The body is larger than the gateway or the provider takes.', 'Send less; 4 MB is safe.'],
    unsupported_media_type: ['The body is not JSON, or is compressed.', 'Send `application/json`, not compressed.'],
    not_found: ['There is no such path.', 'Compare the path with the list in `docs/openapi.json`.'],
    unknown_url: ['The admin API has no such path.', 'Compare the path with the list in `docs/openapi.json`.'],
    method_not_allowed: ['The path takes other methods.', 'Use one that the message names.'],
    upgrade_required: ['Responses are not offered over WebSockets.', 'Call with POST.'],
    model_not_found: [
      'No provider serves the model, several do under one name, or the provider does not offer it.',
      'Ask for one of `GET /v1/models`; operators add a route.',
    ],
    resource_not_found: ['There is no such entry, or it belongs to another team.', 'Look its id up in the list of its kind.'],
  }),
  ...explainedAt('priceunknown', {
    price_unknown: [
      'The model has no known price, so the call cannot be bounded.',
      'An operator sets its price, or marks its provider as free.',
    ],
  }),
  ...explainedAt('keybruteforce', {
    invalid_api_key: ['No key, or none of this gateway.', 'Send a key as `Authorization: Bearer sk-gw-...` or in `x-api-key`.'],
    key_expired: ["The key's time is over.", 'Ask for a new key.'],
    key_revoked: ['The key, or a level above it, was revoked for ever.', 'Ask for a new key.'],
  }),
  ...explainedAt('calls-that-are-not-allowed', {
    key_blocked: ['The key, or a level above it, is blocked.', 'Ask an administrator to unblock it.'],
    permission_denied: ["The key's role or team may not do this.", 'Call with a key that may; the message says what is lacking.'],
    access_denied: [
      'A policy or a firewall in front of the gateway refused the call.',
      "Operators look at the API's policy and its web ACL.",
    ],
    endpoint_not_allowed: ['The key may not use this endpoint.', "An administrator adds it to the key's `endpoints`."],
    model_not_allowed: ['The key, or a level above it, may not use this model.', 'An administrator adds it to `models`.'],
    target_not_allowed: [
      'No target of the model may take the call: it is too sensitive for them, or they are outside of where it has to stay.',
      'Ask for another model, or have the key, the route or the targets of its label changed.',
    ],
    server_tool_not_allowed: ['The key may not use a tool that the provider runs itself.', 'An administrator adds it to `server_tools`.'],
  }),
  ...explainedAt('budgets-and-limits', {
    insufficient_quota: [
      'What is left of a budget does not cover what the call may cost.',
      'Lower the output cap, wait for the reset, or have the budget raised.',
    ],
    rate_limit_exceeded: [
      'A limit of the key, of a level above it, of the stage or of the provider is reached, or open calls hold the rest of a budget.',
      'Wait as long as `Retry-After` says.',
    ],
    no_matching_target: [
      'An alias leads to targets that are each for other calls: other teams, shorter prompts, another time of day.',
      'Name another model; `llm-gateway route explain` shows an administrator what each target is for.',
    ],
    max_cost_exceeded: [
      'The call may cost more than its own `x-gateway-max-cost-usd`, or than a call of its alias may.',
      'Ask for less output, send a shorter prompt, name another model, or raise the maximum.',
    ],
  }),
  ...explainedAt('changes-that-are-refused', {
    already_exists: ['There is an entry with this id already.', 'Change that one, or choose another id.'],
    already_revoked: ['A revoked key cannot be changed.', 'Create another key.'],
    concurrent_change: ['Somebody else changed the entry at the same moment.', 'Read it again and repeat the call.'],
    doubtful_price_book: [
      'The price book to load differs from the one in force in a way that looks like a mistake.',
      'Check it, then say `force`.',
    ],
    older_price_book: ['The price book to load is older than the one in force.', 'Load a newer one, or say `force`.'],
    duplicate_request: ['A call with this `Idempotency-Key` runs, or was charged.', 'Look the first one up by the id in the message.'],
    idempotency_key_reused: ['An `idempotency-key` of the admin API came before with another body.', 'Use a new one for each entry.'],
    not_empty: ['Entries still belong to the level to be deleted.', 'Delete or move them first.'],
    precondition_failed: ['The entry is no longer the one that `if-match` names.', 'Read it again and repeat the change.'],
  }),
};
