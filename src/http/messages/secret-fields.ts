/** Words in the names of fields whose values let in whoever has them. */
const SECRET_WORDS =
  /(?:^|[-_.])(?:cookie2?|auth|authorization|apikey|key|token|tokens|jwt|secret|password|passwd|passcode|credential|credentials|session|sessionid|sid|ticket|signature)(?:$|[-_.])/iu;
/** The key of the opening handshake is no secret (RFC 6455 section 1.3), and what else begins so is part of it too. */
const OF_THE_HANDSHAKE = /^sec-websocket-/iu;
/** Words written together: `X-AccessToken`, `X-ApiKey`. */
const SECRET_ENDINGS = /(?:token|apikey|secret|password|sessionid)$/iu;

/**
 * Whether the value of a field of HTTP may be a secret by itself, as its name tells: cookies, credentials, tokens, keys,
 * signatures. Names are compared without regard to case.
 */
export function isSecretField(name: string): boolean {
  if (OF_THE_HANDSHAKE.test(name)) return false;
  return SECRET_WORDS.test(name) || SECRET_ENDINGS.test(name);
}
