/** Why the database at DATABASE_URL cannot be used, and what to do about it; null for what only we can mend. */
export function databaseSentence(error: unknown): string | null {
  const { code = '', message } = error as { code?: string; message?: string }
  if (/^(ECONNREFUSED|ENOTFOUND|CONNECT_TIMEOUT)$/.test(code))
    return `The database at DATABASE_URL does not answer (${code}): check the address and that PostgreSQL is running.`
  if (/^(28P01|28000|3D000)$/.test(code))
    return `The database at DATABASE_URL refuses: ${message}. Check its name, user and password.`
  if (code === 'CERT_HAS_EXPIRED')
    return 'The certificate of the database at DATABASE_URL has expired: renew it on the database server.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'The certificate of the database at DATABASE_URL is for another name: use the name that stands in the certificate.'
  if (UNTRUSTED.test(code))
    return 'The certificate of the database at DATABASE_URL is not trusted here: give the certificate of who signed it in NODE_EXTRA_CA_CERTS=/path/to/ca.pem.'
  return null
}

const UNTRUSTED =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/
