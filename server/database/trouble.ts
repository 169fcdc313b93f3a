/** One plain sentence about a database that cannot be used as it is, and what to do about it. */
export class DatabaseRefusal extends Error {}

/** What the one who runs the service can mend, with PostgreSQL's own reason; null where it is something else. */
export function explainDatabase(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseRefusal) return cause.message
    const sentence = sentenceOf((cause as { code?: string }).code ?? '', cause.message)
    if (sentence) return sentence
  }
  return null
}

function sentenceOf(code: string, reason: string): string | null {
  if (/^(ECONNREFUSED|ENOTFOUND|CONNECT_TIMEOUT)$/.test(code) || /^connect (ENOENT|EACCES)/.test(reason))
    return `The database at DATABASE_URL does not answer (${code}): check the address and that PostgreSQL is running.`
  if (/^(28P01|28000|3D000)$/.test(code))
    return `The database at DATABASE_URL refuses: ${reason}. Check its name, user and password.`
  // What the address carries beside those of postgres.js goes to PostgreSQL as it is.
  if (code === '42704' && /configuration parameter/.test(reason))
    return `PostgreSQL refuses: ${reason}. It stands in DATABASE_URL: leave it out there. Of a certificate of your own, give the path in NODE_EXTRA_CA_CERTS.`
  if (/^(42501|3F000)$/.test(code))
    return `PostgreSQL refuses: ${reason}. Incontro needs a schema that belongs to its role: make one, for example CREATE SCHEMA incontro AUTHORIZATION its_role, and start with DATABASE_SCHEMA=incontro.`
  if (code === '25006')
    return `PostgreSQL refuses: ${reason}. The database can only be read: give the address of the primary server, or end its read-only state (default_transaction_read_only), and start again.`
  if (code === '53100')
    return `PostgreSQL refuses: ${reason}. Its disk is full: free some space there and start again.`
  if (code === '53300')
    return `PostgreSQL refuses: ${reason}. Raise its max_connections, or set DATABASE_CONNECTIONS so low that all processes together fit.`
  if (code === 'CERT_HAS_EXPIRED')
    return 'The certificate of the database at DATABASE_URL has expired: renew it on the database server.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'The certificate of the database at DATABASE_URL is for another name: use the name that stands in the certificate.'
  if (UNTRUSTED.test(code))
    return 'The certificate of the database at DATABASE_URL is not trusted here: give the certificate of who signed it in NODE_EXTRA_CA_CERTS=/path/to/ca.pem.'
  // A pooler in front gives all its reasons this code.
  if (code === '08P01') return `The database at DATABASE_URL refuses: ${reason}.`
  return null
}

const UNTRUSTED =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/
