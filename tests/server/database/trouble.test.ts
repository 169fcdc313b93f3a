import { expect, test } from 'vitest'
import { explainDatabase } from '../../../server/database/trouble.ts'

test.each([
  ['ECONNREFUSED', /does not answer \(ECONNREFUSED\): check the address/],
  ['28P01', /refuses: .* Check its name, user and password/],
  ['CERT_HAS_EXPIRED', /has expired: renew it/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /is for another name/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /is not trusted here: .*NODE_EXTRA_CA_CERTS/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /is not trusted here/],
])('%s is said in a sentence with what to do', (code, sentence) => {
  expect(explainDatabase(Object.assign(new Error('words'), { code }))).toMatch(sentence)
})

test('what only we can mend is not made a sentence of', () => {
  expect(explainDatabase(new TypeError('x'))).toBe(null)
})
